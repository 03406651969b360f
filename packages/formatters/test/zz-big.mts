import { Profile } from "@pyspy/profile";
import { writeFlamegraph, formats } from "@pyspy/formatters";
import { info, pythonFrame, sampleProfile } from "/work/main/packages/formatters/test/sample-profile.ts";
import { writeFileSync } from "node:fs";
let seed=42; const rnd=()=>{seed=(Math.imul(seed,1664525)+1013904223)>>>0; return seed/2**32};
const p=new Profile({...info,title:"python -m uvicorn service.main:app --host 0.0.0.0 --port 8080 --workers 1 --log-level warning --timeout-keep-alive 120 --limit-concurrency 500"});
const words=["handle","request","parse","load","dumps","encode","query","fetch","execute","render","template","resolve","validate","authenticate","serialize_response_body","compile","match","_run","__call__","<listcomp>","get_session"];
const dirs=[["/srv/app/",""],["/srv/venv/lib/python3.13/site-packages/",""],["/usr/lib/python3.13/",""]];
const mods=["service/api.py","sqlalchemy/engine/base.py","json/encoder.py","starlette/routing.py","asyncio/base_events.py","re/_compiler.py"];
const fr=(d:number)=>{const k=Math.floor(rnd()*words.length);const m=mods[(k*7+d)%mods.length]!;const dir=m.startsWith("service")?0:(m.startsWith("json")||m.startsWith("asyncio")||m.startsWith("re/")?2:1);
 if(rnd()<.06) return {...pythonFrame("_PyEval_Vector","",0),kind:"native" as const,file:"",shortFile:"",module:"/usr/lib/libpython3.13.so"};
 return pythonFrame(words[k]!,m,10+k*13+d,dirs[dir]![0]!);};
const tid=p.threadId({pid:100,interpreter:0,osThreadId:100,threadId:1,name:"MainThread"});
// random tree
interface N{f:number;kids:N[]}
const grow=(d:number):N=>({f:p.frameId(fr(d)),kids:d>24||rnd()<d/40?[]:Array.from({length:1+Math.floor(rnd()*rnd()*5)},()=>grow(d+1))});
const root:N={f:p.frameId(pythonFrame("<module>","service/main.py",88)),kids:[grow(1),grow(1),grow(1)]};
for(let i=0;i<48213;i++){let n=root,s=p.stackId(0,n.f);while(n.kids.length&&rnd()>.03){n=n.kids[Math.floor(rnd()*rnd()*n.kids.length)]!;s=p.stackId(s,n.f);}p.addSample(tid,s,i/100,1,0);}
p.counts.errors=3;
console.time("w"); const svg=[...writeFlamegraph(p)].join("");console.timeEnd("w");
writeFileSync("/tmp/fg/big.svg",svg);console.log(svg.length,svg.split("<g class").length);
for(const f of formats) writeFileSync("/tmp/fg/small."+f.extension,[...f.write(sampleProfile())].join(""));
