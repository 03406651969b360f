import type { PythonFrame, ThreadStack } from "@pyspy/sampler";
import { localsLines } from "./dump-locals.ts";
import type { DumpedProcess } from "./dumped-process.ts";
import type { Style } from "./style.ts";
import { visible } from "./visible.ts";

/** Where standard output is no terminal. */
const DEFAULT_WIDTH = 80;

/** The text that py-spy writes: processes with a rule between them. */
export function dumpText(processes: readonly DumpedProcess[], fullFilenames: boolean, style: Style, width: number = DEFAULT_WIDTH): string {
  const rule = `\n${style.dim("-".repeat(width))}\n`;
  return processes.map((process) => `${processLines(process, fullFilenames, style).join("\n")}\n`).join(rule);
}

/** Two lines on the process, then its threads, the oldest first. */
function processLines(process: DumpedProcess, fullFilenames: boolean, style: Style): string[] {
  const lines = [`Process ${style.pid(String(process.pid))}: ${visible(process.commandLine.join(" "))}`];
  lines.push(`Python v${style.bold(process.version)} (${style.dim(visible(process.executable))})`);
  for (let { parent } = process; parent; { parent } = parent) {
    lines.push(`Parent Process ${style.pid(String(parent.pid))}: ${visible(parent.commandLine.join(" "))}`);
  }
  lines.push("");
  // CPython's list has the newest thread at its head.
  for (const stack of process.stacks.toReversed()) {
    lines.push(threadLine(stack, style));
    for (const frame of stack.frames) lines.push(frameLine(frame, fullFilenames, style), ...localsLines(frame, style.dim));
  }
  return lines;
}

export function threadLine({ osThreadId, threadId, active, holdsGil, interpreter, name }: ThreadStack, style: Style): string {
  const id = osThreadId === 0 ? `0x${threadId.toString(16).toUpperCase()}` : String(osThreadId);
  const state = !active ? "idle" : holdsGil ? "active+gil" : "active";
  const where = interpreter === 0 ? "" : ` in interpreter ${interpreter}`;
  return `Thread ${style.pid(id)} (${state})${where}${name === "" ? "" : `: "${visible(name)}"`}`;
}

export function frameLine(frame: PythonFrame, fullFilenames: boolean, style: Style): string {
  const file = fullFilenames ? frame.file : frame.shortFile;
  const line = frame.line === 0 ? "" : `:${style.dim(String(frame.line))}`;
  return `    ${style.name(visible(frame.name))} (${style.file(visible(file))}${line})`;
}
