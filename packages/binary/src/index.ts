export * from "./binary.ts";
export * from "./byte-source.ts";
