import { chromium } from "playwright-core";
const b=await chromium.launch({executablePath:"/usr/bin/chromium",args:["--no-sandbox","--disable-gpu","--disable-quic","--no-first-run","--disable-background-networking","--disable-component-update","--disable-sync"]});
for(const scheme of ["light","dark"] as const){
 const page=await b.newPage({colorScheme:scheme,viewport:{width:1200,height:700}});
 page.on("console",m=>console.log("console",m.text()));page.on("pageerror",e=>console.log("pageerror",e.message));
 await page.goto("file:///tmp/fg/big.svg");
 await page.screenshot({path:`/tmp/fg/${scheme}.png`});
 await page.hover("#frames g:nth-of-type(6) rect");
 await page.fill("#search","encode|fetch");
 await page.screenshot({path:`/tmp/fg/${scheme}-search.png`});
 const gs=await page.$$("#frames g"); await gs[12]!.click();
 await page.screenshot({path:`/tmp/fg/${scheme}-zoom.png`});
 await page.setViewportSize({width:390,height:700});
 await page.screenshot({path:`/tmp/fg/${scheme}-phone.png`});
 console.log(page.url());
}
const ctx=await b.newContext({javaScriptEnabled:false,viewport:{width:1200,height:500}});const page=await ctx.newPage();await page.goto("file:///tmp/fg/small.svg");await page.screenshot({path:"/tmp/fg/nojs.png"});
await b.close();
