import type { Process } from "@pyspy/process";
import { formatVersion, type Python, type PythonFrame, type ThreadStack } from "@pyspy/sampler";
import type { Style } from "./style.ts";
import { visible } from "./visible.ts";

/** The text that py-spy writes: two lines on the process, then its threads, the oldest first. */
export function dumpText(target: Process, python: Python, stacks: readonly ThreadStack[], fullFilenames: boolean, style: Style): string {
  const lines = [
    `Process ${style.pid(String(target.pid))}: ${visible(target.commandLine().join(" "))}`,
    `Python v${style.bold(formatVersion(python.version))} (${style.dim(visible(target.executable()))})`,
    "",
  ];
  // CPython's list has the newest thread at its head.
  for (const stack of stacks.toReversed()) {
    lines.push(threadLine(stack, style), ...stack.frames.map((frame) => frameLine(frame, fullFilenames, style)));
  }
  return `${lines.join("\n")}\n`;
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
