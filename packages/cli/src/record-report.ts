import { isatty } from "node:tty";
import type { FormatName } from "@pyspy/formatters";
import type { Profile } from "@pyspy/profile";
import type { RecordingEnd } from "@pyspy/sampler";
import { FORMAT_TITLES } from "./format-titles.ts";
import { tell } from "./message.ts";
import { styleFor } from "./style.ts";

export interface ReportedOptions {
  readonly output?: string;
  readonly format: FormatName;
  readonly duration: number;
  readonly rate: number;
  readonly gil?: boolean;
  readonly idle?: boolean;
}

const STDOUT = 1;
const STDERR = 2;
/** From this share of ticks on, being late is worth a word. */
const MANY_LATE = 0.1;

/** What `record` says around a recording: what py-spy says, on standard output unless the profile itself goes there. */
export class RecordReport {
  readonly #options: ReportedOptions;
  readonly #fd: number;
  readonly #prefix: string;
  #hasStarted = false;

  constructor(options: ReportedOptions) {
    this.#options = options;
    this.#fd = options.output === "-" ? STDERR : STDOUT;
    const style = styleFor(isatty(this.#fd));
    this.#prefix = `${style.speaker("pyspy")}${style.dim(">")} `;
  }

  started(): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    this.#say(`${startText(this.#options)}\n`);
  }

  ended(end: RecordingEnd | undefined, signal: NodeJS.Signals | undefined): void {
    this.started();
    const text = endText(end, signal);
    if (text === "") return;
    tell(this.#fd, "\n");
    this.#say(text);
  }

  /** `place` is the file's name in quotes; `ticks`, how often the process was read. */
  written(place: string, profile: Profile, ticks: number): void {
    const { format, gil, idle } = this.#options;
    const { title, hint } = FORMAT_TITLES[format];
    this.#say(`Wrote ${title} to ${place}. ${countsText(profile)}`);
    if (hint !== "") this.#say(hint);
    const { late } = profile.counts;
    if (profile.sampleCount === 0 && ticks > 0) this.#say(emptyText(gil ?? false, idle ?? false));
    if (late > MANY_LATE * (ticks + late)) this.#say(`${late} of ${ticks + late} samples came too late to be taken. Try reducing the sampling rate`);
  }

  #say(text: string): void {
    tell(this.#fd, `${this.#prefix}${text}\n`);
  }
}

function startText({ rate, duration }: ReportedOptions): string {
  const length = Number.isFinite(duration) ? ` for ${duration} seconds` : "";
  return `Sampling process ${rate} times a second${length}. Press Control-C to exit.`;
}

/** A signal that came tells more than whether the process ended by it before we did. */
function endText(end: RecordingEnd | undefined, signal: NodeJS.Signals | undefined): string {
  if (signal === "SIGINT") return "Stopped sampling because Control-C pressed";
  if (signal !== undefined) return `Stopped sampling because ${signal} was received`;
  return end === "process-ended" ? "Stopped sampling because process exited" : "";
}

function countsText({ sampleCount, counts: { errors, torn, late } }: Profile): string {
  const more = `${torn > 0 ? ` Torn: ${torn}` : ""}${late > 0 ? ` Late: ${late}` : ""}`;
  return `Samples: ${sampleCount} Errors: ${errors}${more}`;
}

function emptyText(gil: boolean, idle: boolean): string {
  if (gil) return "No thread held the GIL at any sample. Leave --gil out to record the others as well";
  return idle ? "No thread was in Python code at any sample" : "All threads were idle at every sample. Use --idle to record them nevertheless";
}
