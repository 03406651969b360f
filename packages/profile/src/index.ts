export * from "./frame.ts";
export * from "./profile.ts";
