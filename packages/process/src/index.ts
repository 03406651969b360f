export * from "./byte-source.ts";
export * from "./errors.ts";
export * from "./memory.ts";
export * from "./open-process.ts";
export * from "./process.ts";
export { openRecording } from "./recorded/recorded-process.ts";
export { recordProcess, type RecordingProcess } from "./recorded/recording-process.ts";
export * from "./spawned-process.ts";
