import { constants } from "node:os";
import { basename } from "node:path";
import type { ExitStatus } from "@pyspy/process";
import type { Profile } from "@pyspy/profile";
import { type Recording, type RecordingEnd, type RecordingResult, record as startRecording } from "@pyspy/sampler";
import { endAs, exitText } from "../exit-status.ts";
import { message } from "../message.ts";
import { pausingOf } from "../pausing-options.ts";
import { StopSignals } from "../stop-signals.ts";
import { styleFor } from "../style.ts";
import { writeAll } from "../write.ts";
import { CapturedProgram } from "./captured-program.ts";
import { type Line, paint } from "./styled-line.ts";
import type { TopInfo } from "./top-header.ts";
import type { TopOptions } from "./top-options.ts";
import { reportData, reportText } from "./top-report.ts";
import { reportLines } from "./top-screen.ts";
import { TopSession } from "./top-session.ts";
import { TopStatistics } from "./top-statistics.ts";
import type { TopView } from "./top-view.ts";

export type { TopOptions } from "./top-options.ts";

const STDOUT = 1;
/** Seconds that a program that was started has until it must be a running Python. */
const START_TIMEOUT = 20;
/** How often to look whether the recording has begun, in milliseconds. */
const START_INTERVAL = 10;
/** Parts of a delay in which numbers come. */
const PARTS = 4;
const MAX_UPDATE_INTERVAL = 0.25;
/** Lines of the screen that a report left behind does not take, for the shell and what is said below it. */
const LINES_BELOW = 3;

/** `pyspy top`: a screen that shows where a process spends its time, or one report of it. */
export async function top(argv: readonly string[], options: TopOptions): Promise<void> {
  const status = await topOnce(argv, options);
  if (status) endAs(status);
}

/** Returns how to end, if not with success. */
async function topOnce(argv: readonly string[], options: TopOptions): Promise<ExitStatus | undefined> {
  // Before the program starts, which may be interrupted at once. Signals are told of when all of this has run.
  using signals = new StopSignals((signal, isFirst) => {
    recording.stop();
    program?.passOn(signal);
    // A program has its own time to end; without one, the second signal need not wait for anything.
    if (!program && !isFirst) process.exit(128 + constants.signals[signal]);
  });
  using program = options.pid === undefined ? new CapturedProgram(argv) : undefined;
  const pid = program?.pid ?? (options.pid as number);
  const recording = start(pid, program !== undefined, options);
  try {
    const end = await watch(recording, options, program ? basename(program.name) : String(pid));
    if (end === "process-ended") message(`process ${pid} ended`);
    return await endProgram(end, program, signals);
  } catch (error) {
    return await failed(error, program, signals);
  }
}

function start(pid: number, isOurs: boolean, options: TopOptions): Recording {
  return startRecording({
    pid,
    rate: options.rate,
    duration: isReport(options) ? options.delay : Number.POSITIVE_INFINITY,
    // Idle threads are counted, too; what is shown of them is decided later.
    idle: true,
    subprocesses: options.subprocesses ?? false,
    strict: options.strict ?? false,
    pausing: pausingOf(options),
    ...(options.maxOverhead !== undefined && { maxOverhead: options.maxOverhead }),
    ...(options.pythonVersion !== undefined && { pythonVersion: options.pythonVersion }),
    updateInterval: Math.min(options.delay / PARTS, MAX_UPDATE_INTERVAL),
    wait: isOurs ? START_TIMEOUT : 0,
  });
}

/** A screen takes a terminal that can do more than print. */
function isReport({ once, json }: TopOptions): boolean {
  return once === true || json === true || !process.stdout.isTTY || process.env["TERM"] === "dumb";
}

/** Shows the recording until it ends, or the user leaves; returns why. `name` is for files that are saved. */
async function watch(recording: Recording, options: TopOptions, name: string): Promise<RecordingEnd> {
  const files = options.fullFilenames ? "full" : "short";
  const { idle = false, gil = false, subprocesses = false, delay } = options;
  const statistics = new TopStatistics({ idle, gil }, files);
  const profile = await started(recording);
  if (isReport(options)) {
    const { end } = await recording.result;
    printReport(statistics, profile, options);
    return end;
  }
  const session = new TopSession(recording, profile, statistics, { delay, files, subprocesses, name });
  await session.run();
  const { end } = await recording.result;
  if (session.hasQuit) return "stopped";
  if (end === "process-ended") leaveReport(statistics, profile, { ...profile.info, subprocesses }, session.reportView);
  return end;
}

/** The profile, as soon as the process has been attached to; rejects as the recording does. */
async function started(recording: Recording): Promise<Profile> {
  let timer: NodeJS.Timeout | undefined;
  const found = new Promise<undefined>((resolve) => {
    timer = setInterval(() => recording.profile && resolve(undefined), START_INTERVAL);
  });
  try {
    const result: RecordingResult | undefined = await Promise.race([recording.result, found]);
    return result?.profile ?? (recording.profile as Profile);
  } finally {
    clearInterval(timer);
  }
}

function printReport(statistics: TopStatistics, profile: Profile, { json, subprocesses = false }: TopOptions): void {
  statistics.take(profile);
  statistics.finish(profile);
  if (json) writeAll(STDOUT, `${JSON.stringify(reportData(statistics, profile.info), null, 2)}\n`);
  else writeLines(reportText(statistics, { ...profile.info, subprocesses }));
}

/** The last numbers, over all time, where the screen was. */
function leaveReport(statistics: TopStatistics, profile: Profile, info: TopInfo, view: TopView): void {
  const { columns, rows } = process.stdout;
  statistics.take(profile);
  statistics.select(undefined, profile);
  statistics.finish(profile);
  const maxRows = Math.max(rows - LINES_BELOW, 1);
  writeLines(reportLines(statistics, info, view, columns, maxRows).slice(0, maxRows));
}

function writeLines(lines: readonly Line[]): void {
  const isColoured = styleFor(process.stdout.isTTY).name("x") !== "x";
  const isTerminal = process.stdout.isTTY;
  const text = lines.map((line) => (isTerminal || isColoured ? paint(line, isColoured) : line.map((part) => part.text).join("")));
  writeAll(STDOUT, `${text.join("\n")}\n`);
}

/** A program that ended before there was anything to see has the last word. */
async function failed(error: unknown, program: CapturedProgram | undefined, signals: StopSignals): Promise<ExitStatus | undefined> {
  if (!program) {
    // Attaching was given up because it was asked to be.
    if (signals.received !== undefined) return endOf(signals);
    throw error;
  }
  const status = program.exited();
  if (status === undefined && signals.received === undefined) {
    await program.end();
    program.replay();
    throw error;
  }
  const last = status ?? (await program.wait());
  program.replay();
  message(`Error: ${JSON.stringify(program.name)} ended (${exitText(last)}) before anything could be seen of it: it is no Python, or has run too short`);
  return last;
}

/** A program that has ended tells how; one that was only started to be watched is ended. */
async function endProgram(end: RecordingEnd, program: CapturedProgram | undefined, signals: StopSignals): Promise<ExitStatus | undefined> {
  if (!program) return endOf(signals);
  const status = end === "process-ended" ? await program.wait() : program.exited();
  if (status === undefined) await program.end();
  program.replay();
  return status ?? endOf(signals);
}

/** Ctrl-C is a way to leave; any other signal is what ended us. */
function endOf({ received }: StopSignals): ExitStatus | undefined {
  return received === undefined || received === "SIGINT" ? undefined : { signal: received };
}
