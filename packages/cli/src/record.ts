import { basename } from "node:path";
import { type Format, formats, type FrameView } from "@pyspy/formatters";
import { type SpawnedProcess, spawnProcess } from "@pyspy/process";
import type { Profile } from "@pyspy/profile";
import { type RecordingEnd, record as startRecording } from "@pyspy/sampler";
import { passOn } from "./exit-status.ts";
import { message } from "./message.ts";
import { pausingOf, UsageError } from "./option-values.ts";
import { defaultOutput, writeOutput } from "./output.ts";
import { showProgress } from "./progress-line.ts";
import { onStopSignals } from "./stop-signals.ts";

export interface RecordOptions {
  readonly pid?: number;
  readonly output?: string;
  readonly format: string;
  /** Seconds. */
  readonly duration: number;
  readonly rate: number;
  readonly function?: boolean;
  readonly nolineno?: boolean;
  readonly threads?: boolean;
  readonly gil?: boolean;
  readonly idle?: boolean;
  readonly fullFilenames?: boolean;
  readonly blocking?: boolean;
  readonly nonblocking?: boolean;
}

/** Seconds that a program that was started has until it must be a running Python. */
const START_TIMEOUT = 20;

const END: Readonly<Record<RecordingEnd, string>> = {
  duration: "",
  stopped: "Stopped sampling because Control-C pressed",
  "process-ended": "Stopped sampling because process exited",
};

/** `pyspy record`: options, then samples, then one writer. */
export async function record(program: readonly string[], options: RecordOptions): Promise<void> {
  if (options.pid === undefined && program.length === 0) throw new UsageError("nothing to record: give --pid PID, or a program to start, as in: pyspy record -- python program.py");
  if (options.function && options.nolineno) throw new Error("--function and --nolineno exclude each other");
  // If both are given, the pid wins, as it does in py-spy.
  const child = options.pid === undefined ? spawnProcess(program) : undefined;
  const pid = options.pid ?? (child as SpawnedProcess).pid;
  const { profile, end, signal } = await sample(pid, child, options);
  const output = options.output ?? defaultOutput(child ? basename(program[0] as string) : String(pid), formatOf(options));
  say(options, END[end]);
  writeOutput(output, formatOf(options).write(profile, viewOf(options)));
  summarize(output, profile, options);
  if (child) await passOn(child, signal);
}

interface Sampled {
  readonly profile: Profile;
  readonly end: RecordingEnd;
  /** The signal that ended the recording, if one did. */
  readonly signal: NodeJS.Signals | undefined;
}

async function sample(pid: number, child: SpawnedProcess | undefined, options: RecordOptions): Promise<Sampled> {
  const { rate, duration, idle = false, gil = false } = options;
  const length = Number.isFinite(duration) ? ` for ${duration} seconds` : "";
  say(options, `Sampling process ${rate} times a second${length}. Press Control-C to exit.`);
  const recording = startRecording({ pid, rate, duration, idle, gil, pausing: pausingOf(options), wait: child ? START_TIMEOUT : 0 });
  const signals = onStopSignals(() => recording.stop());
  const progress = showProgress(recording.progress, duration);
  try {
    return { ...(await recording.result), signal: signals.received };
  } catch (error) {
    // It was started to be recorded only.
    child?.kill("SIGTERM");
    throw error;
  } finally {
    progress.end();
    signals.end();
  }
}

function formatOf(options: RecordOptions): Format {
  return formats.find(({ name }) => name === options.format) as Format;
}

function viewOf(options: RecordOptions): FrameView {
  return {
    lines: options.function ? "function" : options.nolineno ? "none" : "current",
    files: options.fullFilenames ? "full" : "short",
    threads: options.threads ?? false,
    processes: false,
  };
}

function summarize(output: string, profile: Profile, options: RecordOptions): void {
  const { errors, torn, late } = profile.counts;
  const more = `${torn > 0 ? ` Torn: ${torn}` : ""}${late > 0 ? ` Late: ${late}` : ""}`;
  const { title, hint } = WRITTEN[options.format] ?? { title: options.format, hint: "" };
  const where = output === "-" ? "standard output" : `'${output}'`;
  say(options, `Wrote ${title} to ${where}. Samples: ${profile.sampleCount} Errors: ${errors}${more}`);
  say(options, hint);
}

/** What py-spy calls its files, and where it sends people to see them. */
const WRITTEN: Readonly<Record<string, { readonly title: string; readonly hint: string }>> = {
  flamegraph: { title: "flamegraph data", hint: "" },
  speedscope: { title: "speedscope file", hint: "Visit https://www.speedscope.app/ to view" },
  raw: { title: "raw flamegraph data", hint: "You can use the flamegraph.pl script from https://github.com/brendangregg/flamegraph to generate a SVG" },
  chrometrace: { title: "chrome trace", hint: "Visit chrome://tracing or https://ui.perfetto.dev/ to view" },
};

/** On standard output, unless the profile itself goes there. */
function say(options: RecordOptions, text: string): void {
  if (text === "") return;
  if (options.output === "-") message(`pyspy> ${text}`);
  else process.stdout.write(`pyspy> ${text}\n`);
}
