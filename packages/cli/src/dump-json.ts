import type { LocalVariable, PythonFrame, ThreadStack } from "@pyspy/sampler";
import type { DumpedProcess, ParentProcess } from "./dumped-process.ts";

export interface DumpJsonOptions {
  readonly fullFilenames: boolean;
  /** When the stacks were read. */
  readonly time: Date;
}

/**
 * `dump --json`: py-spy's array of traces, one for each thread, newest first, with its fields in its order; of several
 * processes one after the other.
 *
 * Two additions, for readers that know them: `process_info` of a child process is {pid, command_line, parent}, as in
 * py-spy's own type, where py-spy has null; and after the known fields each trace has `pyspy`, see {@link TraceDetails}.
 * A variable that py-spy does not show, one of a cell or of a function around, has a fifth field `kind`.
 */
export function dumpJson(processes: readonly DumpedProcess[], options: DumpJsonOptions): string {
  const traces = processes.flatMap((process) => process.stacks.map((stack) => traceOf(process, stack, options)));
  return JSON.stringify(traces, null, 2);
}

/** Version 1 of what a trace has beyond py-spy's fields. Later versions only add. */
interface TraceDetails {
  readonly schema: 1;
  readonly python_version: string;
  readonly command_line: readonly string[];
  /** ISO 8601, UTC. */
  readonly time: string;
  /** 0 is the main interpreter. */
  readonly interpreter: number;
  /** False when the stack moved while it was read. */
  readonly exact: boolean;
}

function traceOf(process: DumpedProcess, stack: ThreadStack, options: DumpJsonOptions): object {
  return {
    pid: process.pid,
    thread_id: stack.threadId,
    thread_name: stack.name === "" ? null : stack.name,
    os_thread_id: stack.osThreadId === 0 ? null : stack.osThreadId,
    active: stack.active,
    owns_gil: stack.holdsGil,
    frames: stack.frames.map((frame, index) => frameOf(frame, index === stack.frames.length - 1, process.hasShims, options)),
    process_info: process.parent ? processInfo(process) : null,
    pyspy: details(process, stack, options),
  };
}

function frameOf(frame: PythonFrame, isOutermost: boolean, hasShims: boolean, options: DumpJsonOptions): object {
  const entry = frame.entry === true;
  return {
    name: frame.name,
    filename: frame.file,
    module: null,
    short_filename: options.fullFilenames ? frame.file : frame.shortFile,
    line: frame.line,
    locals: frame.locals ? frame.locals.map(localOf) : null,
    is_entry: entry && !hasShims,
    is_shim_entry: isOutermost || (entry && hasShims),
  };
}

function localOf({ name, kind, address, repr }: LocalVariable): object {
  const known = { name, addr: address, arg: kind === "argument", repr };
  return kind === "cell" || kind === "free" ? { ...known, kind } : known;
}

function processInfo({ pid, commandLine, parent }: ParentProcess): object {
  return { pid, command_line: commandLine.join(" "), parent: parent ? processInfo(parent) : null };
}

function details(process: DumpedProcess, stack: ThreadStack, { time }: DumpJsonOptions): TraceDetails {
  return {
    schema: 1,
    python_version: process.version,
    command_line: process.commandLine,
    time: time.toISOString(),
    interpreter: stack.interpreter,
    exact: stack.exact,
  };
}
