import type { FormatName } from "@pyspy/formatters";
import type { Profile } from "@pyspy/profile";
import type { ProcessCounts, RecordingEnd, RecordingProgress } from "@pyspy/sampler";
import { FORMAT_TITLES } from "./format-titles.ts";
import { isTerminal } from "./is-terminal.ts";
import { tell } from "./message.ts";
import { OwnCpu } from "./own-cpu.ts";
import { pausingText, type PausingOptions } from "./pausing-options.ts";
import { speakerPrefix } from "./style.ts";

export interface ReportedOptions extends PausingOptions {
  readonly output?: string;
  readonly format: FormatName;
  readonly duration: number;
  readonly rate: number;
  /** Share of one core. */
  readonly maxOverhead?: number;
  readonly gil?: boolean;
  readonly idle?: boolean;
  readonly subprocesses?: boolean;
  readonly strict?: boolean;
}

const STDOUT = 1;
const STDERR = 2;
/** From this share of ticks on, being late is worth a word. */
const MANY_LATE = 0.1;
/** Samples a second that --max-overhead does not go below by much. */
const SLOWEST = 1.5;

/** What `record` says around a recording: what py-spy says, on standard output unless the profile itself goes there. */
export class RecordReport {
  readonly #options: ReportedOptions;
  readonly #fd: number;
  readonly #prefix: string;
  #hasStarted = false;
  #cpu = new OwnCpu();
  /** Share of a core that the recording took. */
  #cpuShare = 0;

  constructor(options: ReportedOptions) {
    this.#options = options;
    this.#fd = options.output === "-" ? STDERR : STDOUT;
    this.#prefix = speakerPrefix(isTerminal(this.#fd));
  }

  started(): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    this.#cpu = new OwnCpu();
    this.#say(`${startText(this.#options)}\n`);
  }

  ended(end: RecordingEnd | undefined, signal: NodeJS.Signals | undefined): void {
    this.started();
    this.#cpuShare = this.#cpu.share();
    const text = endText(end, signal);
    if (text === "") return;
    tell(this.#fd, "\n");
    this.#say(text);
  }

  /** `place` is the file's name in quotes. */
  written(place: string, profile: Profile, progress: RecordingProgress): void {
    const { format, gil, idle, maxOverhead, subprocesses } = this.#options;
    const { title, hint } = FORMAT_TITLES[format];
    const { late } = profile.counts;
    this.#say(`Wrote ${title} to ${place}. Samples: ${profile.sampleCount} Errors: ${profile.counts.errors}`);
    this.#say(this.#ticksText(profile, progress));
    if (subprocesses) this.#say(processesText(progress.processes));
    if (hint !== "") this.#say(hint);
    if (profile.sampleCount === 0 && progress.ticks > 0) this.#say(emptyText(profile.counts.errors, gil ?? false, idle ?? false));
    const ticks = progress.ticks + progress.skipped + late;
    if (late > MANY_LATE * ticks) this.#say(`${late} of ${ticks} samples came too late to be taken. Try reducing the sampling rate`);
    const stopped = shareOf(progress.pausedTime / 1000, profile.duration);
    const isSlowest = shareOf(progress.ticks, profile.duration) < SLOWEST;
    if (maxOverhead && isSlowest && Math.max(this.#cpuShare, stopped) > maxOverhead) this.#say(`${limitText(maxOverhead)} was exceeded: a sample a second is the least that is taken`);
  }

  #ticksText(profile: Profile, progress: RecordingProgress): string {
    const { rate, strict, maxOverhead } = this.#options;
    const { duration } = profile;
    const limited = maxOverhead && progress.skipped > 0 ? ` (limited by ${limitText(maxOverhead)})` : "";
    const stopped = maxOverhead ? `, ${percent(shareOf(progress.pausedTime / 1000, duration))} of the time` : "";
    return [
      `Torn: ${profile.counts.torn}${strict ? " (left out)" : ""}`,
      lateText(profile, progress.skipped),
      `Rate: ${rounded(shareOf(progress.ticks, duration))} of ${rate}/s${limited}`,
      `CPU: ${percent(this.#cpuShare)}`,
      `Pausing: ${pausingText(this.#options)}${stopped}`,
    ].join(" ");
  }

  #say(text: string): void {
    tell(this.#fd, `${this.#prefix}${text}\n`);
  }
}

function startText({ rate, maxOverhead, duration }: ReportedOptions): string {
  const length = Number.isFinite(duration) ? ` for ${duration} seconds` : "";
  const most = maxOverhead ? "up to " : "";
  return `Sampling process ${most}${rate} times a second${length}. Press Control-C to exit.`;
}

/** A signal that came tells more than whether the process ended by it before we did. */
function endText(end: RecordingEnd | undefined, signal: NodeJS.Signals | undefined): string {
  if (signal === "SIGINT") return "Stopped sampling because Control-C pressed";
  if (signal !== undefined) return `Stopped sampling because ${signal} was received`;
  return end === "process-ended" ? "Stopped sampling because process exited" : "";
}

/** A sample stands for the ticks before it that were late or skipped, so that the file's counts are more than samples. */
function lateText(profile: Profile, skipped: number): string {
  const total = Math.round(totalWeight(profile));
  const weighed = total > profile.sampleCount ? ` (counted with the samples after them: ${total} in the file)` : "";
  return `Late: ${profile.counts.late}${skipped > 0 ? ` Skipped: ${skipped}` : ""}${weighed}`;
}

function totalWeight(profile: Profile): number {
  let sum = 0;
  const samples = profile.samples();
  while (samples.next()) sum += samples.weight;
  return sum;
}

function processesText({ recorded, others, unread, unseen }: ProcessCounts): string {
  const parts = [`${recorded} recorded`];
  if (others > 0) parts.push(`${others} not Python`);
  if (unread > 0) parts.push(`${unread} not recorded, having ended too soon or being unreadable`);
  if (unseen > 0) parts.push(`at least ${unseen} too short-lived to be seen`);
  return `Processes: ${parts.join(", ")}`;
}

function limitText(maxOverhead: number): string {
  return `--max-overhead ${Number((maxOverhead * 100).toPrecision(6))}%`;
}

/** A part of the recording's seconds, or something for each of them. */
function shareOf(value: number, duration: number): number {
  return duration > 0 ? value / duration : 0;
}

function percent(share: number): string {
  return `${rounded(share * 100)}%`;
}

function rounded(value: number): string {
  return value.toFixed(1).replace(/\.0$/, "");
}

function emptyText(errors: number, gil: boolean, idle: boolean): string {
  if (errors > 0) return "No sample could be taken: the process could not be read";
  if (gil) return "No thread held the GIL at any sample. Leave --gil out to record the others as well";
  return idle ? "No thread was in Python code at any sample" : "All threads were idle at every sample. Use --idle to record them nevertheless";
}
