import type { Frame } from "@pyspy/profile";

/** How frames are shown. Frames that look equal become one. */
export interface FrameView {
  /** The line being executed, the line its function starts at, or none. */
  readonly lines: "current" | "function" | "none";
  /** Paths relative to the package, or as the code object has them. */
  readonly files: "short" | "full";
  /** Whether a root frame stands for each thread. Formats that keep threads apart by themselves ignore it. */
  readonly threads: boolean;
  /** Whether root frames stand for each process and its ancestors; in speedscope, whether names tell the process. */
  readonly processes: boolean;
}

/** What each writer fills in where an option is not given. */
export const defaultFrameView: FrameView = { lines: "current", files: "short", threads: false, processes: false };

/** A frame as a view shows it. */
export interface ViewedFrame {
  readonly kind: Frame["kind"];
  readonly name: string;
  /** "" if none. */
  readonly file: string;
  /** 0 if none. */
  readonly line: number;
}

export function viewFrame(frame: Frame, view: FrameView): ViewedFrame {
  const file = viewedFile(frame, view.files);
  const line = view.lines === "current" ? frame.line : view.lines === "function" ? frame.firstLine : 0;
  return { kind: frame.kind, name: frame.name, file, line };
}

/** `name (file:line)`, `name (file)` without a line, and the bare name without a file: the text that py-spy writes. */
export function frameText({ name, file, line }: Pick<ViewedFrame, "name" | "file" | "line">): string {
  if (file === "") return name === "" ? "<unknown>" : name;
  return line === 0 ? `${name} (${file})` : `${name} (${file}:${line})`;
}

function viewedFile(frame: Frame, files: FrameView["files"]): string {
  if (frame.file === "" && frame.shortFile === "") {
    return files === "full" ? frame.module : frame.module.slice(frame.module.lastIndexOf("/") + 1);
  }
  return files === "full" ? frame.file || frame.shortFile : frame.shortFile || frame.file;
}
