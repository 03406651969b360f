export { cachePath, makeOnce, workspaceRoot } from "./cache.ts";
export { programs, programsFolder, stageProgram, whyNot, type Program } from "./programs.ts";
export type { PythonFacts, PythonVersion } from "./python-facts.ts";
export { anyPython, pythons, type Python } from "./pythons.ts";
export type { LegalFrame, Ready, ReadyFrame, ReadyThread, ReadyValue } from "./ready.ts";
export { startTarget, type Target, type TargetOptions } from "./target.ts";
