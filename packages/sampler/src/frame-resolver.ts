import type { Layout } from "@pyspy/layouts";
import type { Process } from "@pyspy/process";
import type { CodeCache } from "./code-cache.ts";
import { LineTables } from "./code-object.ts";
import { ShortFilenames } from "./short-filename.ts";
import type { PythonFrame } from "./thread-stack.ts";

/** Turns (code, instruction), all that a sample keeps of a frame, into names and lines. */
export class FrameResolver {
  readonly #codes: CodeCache;
  readonly #layout: Layout;
  #lineTables: LineTables;
  /** Of the code objects that the line tables are known for. */
  #generation = 0;
  readonly #shortFilenames: ShortFilenames;

  constructor(process: Process, layout: Layout, codes: CodeCache) {
    this.#codes = codes;
    this.#layout = layout;
    this.#lineTables = new LineTables(layout);
    this.#shortFilenames = new ShortFilenames(process);
  }

  /** The frame, or `undefined` for one that CPython made for itself and that no source has. */
  resolve(codeId: number, instruction: number): PythonFrame | undefined {
    if (this.#generation !== this.#codes.generation) this.#forgetLineTables();
    const code = this.#codes.byId(codeId);
    if (isTrampoline(code.name, code.filename)) return undefined;
    const { line, column } = this.#lineTables.position(code, instruction);
    const firstLine = Math.max(code.firstLine, 0);
    return {
      name: code.name,
      qualifiedName: code.qualifiedName,
      file: code.filename,
      shortFile: this.#shortFilenames.of(code.filename),
      // Instructions before the first line (making cells, say) belong to none: the frame is at its "def".
      line: line || firstLine,
      column,
      firstLine,
    };
  }

  #forgetLineTables(): void {
    this.#generation = this.#codes.generation;
    this.#lineTables = new LineTables(this.#layout);
  }
}

/** 3.12's `<shim>`, and the clean-up frame below a specialised constructor call (`_Py_InitCleanup`, 3.13). */
function isTrampoline(name: string, filename: string): boolean {
  return filename === "<shim>" || (name === "__init__" && filename === "__init__");
}
