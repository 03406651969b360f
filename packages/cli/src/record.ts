import { basename } from "node:path";
import { type Format, type FormatName, formats, type FrameView } from "@pyspy/formatters";
import type { ExitStatus } from "@pyspy/process";
import type { Profile } from "@pyspy/profile";
import { type Recording, type RecordingEnd, type RecordingProgress, record as startRecording } from "@pyspy/sampler";
import { advise } from "./advice.ts";
import { endAs, exitText } from "./exit-status.ts";
import { message } from "./message.ts";
import { outputName } from "./output-name.ts";
import { Output } from "./output.ts";
import { pausingOf, type PausingOptions } from "./pausing-options.ts";
import { Program } from "./program.ts";
import { type ProgressLine, showProgress } from "./progress-line.ts";
import { RecordReport } from "./record-report.ts";
import { saveProfile } from "./save-profile.ts";
import { Snapshots } from "./snapshots.ts";
import { StopSignals } from "./stop-signals.ts";

export interface RecordOptions extends PausingOptions {
  readonly pid?: number;
  readonly output?: string;
  readonly format: FormatName;
  /** Seconds. */
  readonly duration: number;
  readonly rate: number;
  /** Share of one core. */
  readonly maxOverhead?: number;
  readonly function?: boolean;
  readonly nolineno?: boolean;
  readonly threads?: boolean;
  readonly gil?: boolean;
  readonly idle?: boolean;
  readonly subprocesses?: boolean;
  readonly strict?: boolean;
  readonly fullFilenames?: boolean;
  readonly pythonVersion?: string;
  readonly hideprogress?: boolean;
}

/** Seconds that a program that was started has until it must be a running Python. */
const START_TIMEOUT = 20;
/** How often to look whether the recording has begun, in milliseconds. */
const START_INTERVAL = 20;

/** `pyspy record`: options, then samples, then one writer. `argv` is the program to start; it may be empty if there is a pid. */
export async function record(argv: readonly string[], options: RecordOptions): Promise<void> {
  if (options.function && options.nolineno) throw new Error("--function and --nolineno can't be used together");
  const status = await recordOnce(argv, options);
  if (status) endAs(status);
}

/** Returns how to end: as the program that was started, or by the signal that did not want to wait. */
async function recordOnce(argv: readonly string[], options: RecordOptions): Promise<ExitStatus | undefined> {
  const name = outputName(String(options.pid ?? basename(argv[0] as string)), formatOf(options).extension);
  using output = new Output(options.output ?? name);
  // Before the program starts, which may be interrupted at once.
  using signals = new StopSignals((signal) => {
    recording.stop();
    program?.passOn(signal);
  });
  // If both are given, the pid wins, as it does in py-spy.
  const program = options.pid === undefined ? new Program(argv) : undefined;
  const recording = start(options, program);
  const report = new RecordReport(options);
  const ending = await watch(recording, options, report, { output, name }, program ? undefined : signals.insisted);
  const { profile } = recording;
  if (!profile || (ending.error !== undefined && profile.sampleCount === 0)) return await endWithout(ending, program, signals);
  report.ended(ending.end, signals.received);
  if (ending.error !== undefined) await fail(ending.error);
  await save(profile, recording.progress, output, name, options, report);
  // Waited for here, since from here on signals have their usual meaning again.
  return program ? await program.wait() : ending.status;
}

function start(options: RecordOptions, program: Program | undefined): Recording {
  const { rate, duration, maxOverhead, idle = false, gil = false, subprocesses = false, strict = false, pythonVersion } = options;
  const pid = options.pid ?? (program as Program).pid;
  const optional = { ...(pythonVersion !== undefined && { pythonVersion }), ...(maxOverhead !== undefined && { maxOverhead }) };
  return startRecording({ pid, rate, duration, idle, gil, subprocesses, strict, ...optional, pausing: pausingOf(options), wait: program ? START_TIMEOUT : 0 });
}

/** How a recording came to its end. */
interface Ending {
  readonly end?: RecordingEnd;
  /** It failed; what was recorded before is there. */
  readonly error?: unknown;
  /** It would not end at the first signal, and the second came. */
  readonly status?: ExitStatus;
}

/** Waits for the end of the recording, or that somebody insists on it, shows how it gets on and writes snapshots. */
async function watch(recording: Recording, options: RecordOptions, report: RecordReport, place: Place, insisted?: Promise<NodeJS.Signals>): Promise<Ending> {
  using progress = options.hideprogress ? undefined : showProgress(recording.progress, options.duration);
  using _snapshots = takeSnapshots(recording, options, place, progress);
  const timer = setInterval(() => {
    if (recording.progress.ticks === 0) return;
    clearInterval(timer);
    progress?.clear();
    report.started();
  }, START_INTERVAL);
  try {
    const result = await Promise.race(insisted ? [recording.result, insisted] : [recording.result]);
    return typeof result === "string" ? { status: { signal: result } } : { end: result.end };
  } catch (error) {
    return { error };
  } finally {
    clearInterval(timer);
  }
}

/** Where a profile goes. */
interface Place {
  readonly output: Output;
  /** What it is called if nobody says. */
  readonly name: string;
}

function takeSnapshots(recording: Recording, options: RecordOptions, { output, name }: Place, progress: ProgressLine | undefined): Disposable {
  const write = (profile: Profile): Iterable<string> => formatOf(options).write(profile, viewOf(options));
  return new Snapshots(recording, { output, fallbackName: name, write, clear: () => progress?.clear() });
}

/** Nothing was recorded. A program that has ended, by itself or by a signal, has the last word. */
async function endWithout({ error, status }: Ending, program: Program | undefined, signals: StopSignals): Promise<ExitStatus | undefined> {
  if (!program) {
    if (status) return status;
    throw error;
  }
  if (signals.received === undefined && program.exited() === undefined) {
    // It was started to be recorded only.
    program.end();
    throw error;
  }
  const ended = await program.wait();
  message(`Error: ${JSON.stringify(program.name)} ended (${exitText(ended)}) before it could be recorded: it is no Python, or has run too short`);
  return ended;
}

async function save(profile: Profile, progress: RecordingProgress, output: Output, name: string, options: RecordOptions, report: RecordReport): Promise<void> {
  try {
    saveProfile(output, () => formatOf(options).write(profile, viewOf(options)), name);
    report.written(output.label, profile, progress);
  } catch (error) {
    await fail(error);
  }
}

async function fail(error: unknown): Promise<void> {
  message(`Error: ${await advise(error)}`);
  process.exitCode = 1;
}

function formatOf({ format }: RecordOptions): Format {
  return formats.find(({ name }) => name === format) as Format;
}

/** Whether paths are short or full is the format's own choice unless the user says. */
function viewOf(options: RecordOptions): Partial<FrameView> {
  return {
    lines: options.function ? "function" : options.nolineno ? "none" : "current",
    threads: options.threads ?? false,
    processes: options.subprocesses ?? false,
    ...(options.fullFilenames ? { files: "full" as const } : {}),
  };
}
