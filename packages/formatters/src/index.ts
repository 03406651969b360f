export { FormatError } from "./format-error.ts";
export * from "./formats.ts";
export { defaultFrameView, frameText, type FrameView, viewFrame, type ViewedFrame } from "./frame-view.ts";
export { readRaw, type ReadRawOptions } from "./read-raw.ts";
export { version } from "./version.ts";
export { writeChromeTrace } from "./write-chrome-trace.ts";
export { type FlamegraphOptions, writeFlamegraph } from "./write-flamegraph.ts";
export { writeRaw } from "./write-raw.ts";
export { writeSpeedscope } from "./write-speedscope.ts";
