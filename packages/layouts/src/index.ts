export type { Layout, LayoutVersion, Offsets, Target, Traits } from "./layout.ts";
export { LayoutError } from "./layout-error.ts";
export { layoutFor, supportedVersions } from "./layout-for.ts";
export type { LayoutOptions, SupportedVersion } from "./layout-for.ts";
export { DEBUG_OFFSETS_MAX_SIZE, debugOffsetsSize, debugOffsetsVersion } from "./debug-offsets.ts";
export type { DebugOffsetsVersion } from "./debug-offsets.ts";
export { selfDescribedLayout } from "./self-described.ts";
