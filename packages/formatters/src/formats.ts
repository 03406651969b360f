import type { Profile } from "@pyspy/profile";
import type { FrameView } from "./frame-view.ts";
import { writeChromeTrace } from "./write-chrome-trace.ts";
import { writeFlamegraph } from "./write-flamegraph.ts";
import { writeRaw } from "./write-raw.ts";
import { writeSpeedscope } from "./write-speedscope.ts";

export type FormatName = "flamegraph" | "speedscope" | "raw" | "chrometrace";

/** A format that a profile can be written in. */
export interface Format {
  readonly name: FormatName;
  /** Of file names, without the leading dot; one that viewers know. */
  readonly extension: string;
  /** The file's text in pieces. */
  readonly write: (profile: Profile, options?: Partial<FrameView>) => Iterable<string>;
}

/** All formats, the usual one first. */
export const formats: readonly Format[] = [
  { name: "flamegraph", extension: "svg", write: writeFlamegraph },
  { name: "speedscope", extension: "speedscope.json", write: writeSpeedscope },
  { name: "raw", extension: "collapsedstack.txt", write: writeRaw },
  { name: "chrometrace", extension: "trace.json", write: writeChromeTrace },
];
