import { openProcess, spawnProcess } from "@pyspy/process";
const c = spawnProcess(["/tmp/thr"]);
using p = openProcess(c.pid);
console.log("start", p.threads().length);
for (let i=0;i<20;i++){ const t=performance.now(); try { using s=p.pause(); console.log(i, s.threads.length, performance.now()-t); const a=p.threads(); } catch(e){console.log(String(e), performance.now()-t)} await new Promise(r=>setTimeout(r,5)) }
c.kill("SIGKILL"); console.log(await c.wait());
