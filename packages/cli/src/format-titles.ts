import type { FormatName } from "@pyspy/formatters";

interface FormatTitle {
  /** What py-spy calls the file. */
  readonly title: string;
  /** Where to see it. */
  readonly hint: string;
}

/** Every format, the usual one first. Known without loading the formats themselves, which only `record` needs. */
export const FORMAT_TITLES: Readonly<Record<FormatName, FormatTitle>> = {
  flamegraph: { title: "flamegraph data", hint: "" },
  raw: { title: "raw flamegraph data", hint: "You can use the flamegraph.pl script from https://github.com/brendangregg/flamegraph to generate a SVG" },
  speedscope: { title: "speedscope file", hint: "Visit https://www.speedscope.app/ to view" },
  chrometrace: { title: "chrome trace", hint: "Visit chrome://tracing or https://ui.perfetto.dev/ to view" },
};

export const FORMAT_NAMES: readonly FormatName[] = Object.keys(FORMAT_TITLES) as FormatName[];
