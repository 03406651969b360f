export * from "./frame.ts";
export * from "./profile.ts";
export { type ProfileData, ProfileDataError } from "./profile-data.ts";
export { applyIncrement, drainProfile, PROFILE_START, type ProfileCursor, type ProfileIncrement } from "./profile-increment.ts";
export * from "./profiled-process.ts";
export * from "./sample-flags.ts";
export type { SampleColumns } from "./sample-table.ts";
export { type StackColumns, StackTable } from "./stack-table.ts";
