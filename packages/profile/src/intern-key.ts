import type { Frame, Thread } from "./frame.ts";

/** Equal for equal frames only: the lengths say where each text ends. */
export function frameKey(frame: Frame): string {
  const { kind, name, qualifiedName, file, shortFile, line, column, firstLine, module } = frame;
  return (
    `${kind} ${line} ${column} ${firstLine} ${name.length} ${qualifiedName.length} ${file.length} ${shortFile.length} ` +
    name + qualifiedName + file + shortFile + module
  );
}

export function threadKey(thread: Thread): string {
  return `${thread.pid} ${thread.interpreter} ${thread.osThreadId} ${thread.threadId} ${thread.name}`;
}
