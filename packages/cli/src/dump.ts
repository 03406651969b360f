import { openProcess, type Process } from "@pyspy/process";
import { attach, formatVersion, type Python, type PythonFrame, readStacks, type ThreadStack } from "@pyspy/sampler";
import { pausingOf } from "./option-values.ts";
import { type Style, styleFor } from "./style.ts";

export interface DumpOptions {
  readonly pid: number;
  readonly fullFilenames?: boolean;
  readonly blocking?: boolean;
  readonly nonblocking?: boolean;
}

/** `pyspy dump`: the stacks of all threads, now. */
export function dump(options: DumpOptions): void {
  using target = openProcess(options.pid);
  const python = attach(target);
  const stacks = readStacks(python, { pausing: pausingOf(options) });
  process.stdout.write(dumpText(target, python, stacks, options.fullFilenames ?? false, styleFor(process.stdout)));
}

function dumpText(target: Process, python: Python, stacks: readonly ThreadStack[], fullFilenames: boolean, style: Style): string {
  const lines = [
    `Process ${style.pid(String(target.pid))}: ${target.commandLine().join(" ")}`,
    `Python v${style.bold(formatVersion(python.version))} (${style.dim(target.executable())})`,
    "",
  ];
  // Oldest first: CPython's list has the newest thread at its head.
  for (const stack of stacks.toReversed()) lines.push(threadLine(stack), ...stack.frames.map((frame) => frameLine(frame, fullFilenames, style)));
  return `${lines.join("\n")}\n`;
}

function threadLine(stack: ThreadStack): string {
  const id = stack.osThreadId === 0 ? `0x${stack.threadId.toString(16).toUpperCase()}` : String(stack.osThreadId);
  const state = !stack.active ? "idle" : stack.holdsGil ? "active+gil" : "active";
  const interpreter = stack.interpreter === 0 ? "" : ` in interpreter ${stack.interpreter}`;
  return `Thread ${id} (${state})${interpreter}${stack.name === "" ? "" : `: "${stack.name}"`}`;
}

function frameLine(frame: PythonFrame, fullFilenames: boolean, style: Style): string {
  const file = fullFilenames ? frame.file : frame.shortFile;
  const line = frame.line === 0 ? "" : `:${style.dim(String(frame.line))}`;
  return `    ${style.name(frame.name)} (${style.file(file)}${line})`;
}
