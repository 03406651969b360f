import { fileSource, openBinary } from "@pyspy/binary";
for (const p of process.argv.slice(2)) {
  try {
  using s = fileSource(p); let n=0,c=0;
  const b = openBinary({name:s.name,size:s.size,read(o,l){n+=l;c++;return s.read(o,l)}});
  const t=performance.now();
  console.log(p, b.format,b.architecture,b.pointerSize,b.positionIndependent,b.buildId,b.debugLink,b.pythonRuntimeSection(), b.dataRanges().length, n,c);
  console.log([...b.symbols(["_PyRuntime"]).values()], n,c);
  console.log([...b.symbols(["_PyRuntime","interp_head","Py_GetVersion","napi_register_module_v1"]).values()], n,c, performance.now()-t, [...b.allSymbols()].length);
  console.log(b.segments)
  } catch(e){console.log(p,e)}
}
