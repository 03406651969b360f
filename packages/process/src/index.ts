export * from "./byte-source.ts";
export * from "./errors.ts";
export * from "./memory.ts";
export * from "./process.ts";
