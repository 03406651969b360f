export { cachePath, makeOnce, workspaceRoot } from "./cache.ts";
export { hide, type HiddenPython, whyNotHidden } from "./hidden.ts";
export { nodeFolder, nodeVersions, whyNoNodes } from "./nodes.ts";
export { programs, programsFolder, stageProgram, whyNot, type Program } from "./programs.ts";
export type { PythonFacts, PythonVersion } from "./python-facts.ts";
export { pythonPackage } from "./python-package.ts";
export { anyPython, type Origin, pythons, type Python } from "./pythons.ts";
export type { LegalFrame, Ready, ReadyFrame, ReadyThread, ReadyValue } from "./ready.ts";
export { startTarget, type Target, type TargetOptions } from "./target.ts";
