import { StringDecoder } from "node:string_decoder";
import { tell } from "../message.ts";
import { KeyDecoder } from "./top-keys.ts";
import type { ScreenSize } from "./top-screen.ts";

const STDOUT = 1;
/** How long an escape waits for the rest of its sequence, in milliseconds. */
const ESCAPE_TIME = 50;
/** How long a stop may take to come about, in milliseconds. */
const RESUME_TIME = 20;
const DEFAULT_SIZE: ScreenSize = { columns: 80, rows: 24 };

/** ECMA-48 and DEC private modes: 1049 alternate screen, 25 cursor, 7 wrapping at the right edge, 2026 drawn at once. */
const ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J";
const LEAVE = "\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l";
const BEGIN_FRAME = "\u001b[?2026h\u001b[H";
const END_FRAME = "\u001b[?2026l";
const CLEAR_TO_END_OF_LINE = "\u001b[K";

export interface TerminalEvents {
  readonly onKey: (key: string) => void;
  /** The size has changed, or what is on the screen is lost. */
  readonly onRedraw: () => void;
  /** Nobody is there to press keys any more. */
  readonly onHangUp: () => void;
}

/** The terminal as a full screen. Disposing of it, or any end of this process but by SIGKILL, puts it back as it was. */
export class Terminal implements Disposable {
  readonly #events: TerminalEvents;
  readonly #characters = new StringDecoder("utf8");
  readonly #keys = new KeyDecoder();
  #escapeTimer: NodeJS.Timeout | undefined;
  #isEntered = false;

  constructor(events: TerminalEvents) {
    this.#events = events;
    process.on("exit", this.#leave);
    process.on("SIGCONT", this.#resume);
    process.stdout.on("resize", this.#redraw);
    if (process.stdin.isTTY) {
      process.stdin.on("data", this.#read).on("end", this.#hangUp).on("error", this.#hangUp);
    }
    this.#enter();
  }

  get size(): ScreenSize {
    const { columns, rows } = process.stdout;
    return columns > 0 && rows > 0 ? { columns, rows } : DEFAULT_SIZE;
  }

  /** Shows lines, with their escape sequences, from the top; in one write and over what is there, so nothing flickers. */
  draw(lines: readonly string[]): void {
    if (!this.#isEntered) return;
    // Cleared before the text: after a character in the last column, the cursor is still on it.
    const text = lines.map((line) => `${CLEAR_TO_END_OF_LINE}${line}`).join("\r\n");
    tell(STDOUT, `${BEGIN_FRAME}${text}${END_FRAME}`);
  }

  /** Gives the terminal back to the shell until the process is continued. */
  suspend(): void {
    this.#leave();
    // The whole job, as the terminal itself does it.
    process.kill(0, "SIGTSTP");
    // Now it has been continued, or nobody is there who could do that and nothing has stopped: setpgid(2), orphans.
    setTimeout(this.#resume, RESUME_TIME);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#escapeTimer);
    process.off("exit", this.#leave);
    process.off("SIGCONT", this.#resume);
    process.stdout.off("resize", this.#redraw);
    process.stdin.off("data", this.#read).off("end", this.#hangUp).off("error", this.#hangUp);
    this.#leave();
  }

  #enter(): void {
    this.#isEntered = true;
    if (process.stdin.isTTY) process.stdin.setRawMode(true).resume();
    tell(STDOUT, ENTER);
  }

  readonly #leave = (): void => {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    if (process.stdin.isTTY) process.stdin.setRawMode(false).pause();
    tell(STDOUT, LEAVE);
  };

  /** After a stop, by Ctrl-Z or from outside: a shell has set the terminal's modes as it wants them. */
  readonly #resume = (): void => {
    this.#leave();
    this.#enter();
    this.#events.onRedraw();
  };

  readonly #redraw = (): void => this.#events.onRedraw();
  readonly #hangUp = (): void => this.#events.onHangUp();

  readonly #read = (bytes: Uint8Array): void => {
    clearTimeout(this.#escapeTimer);
    for (const key of this.#keys.decode(this.#characters.write(Buffer.from(bytes)))) this.#events.onKey(key);
    if (!this.#keys.isWaiting) return;
    this.#escapeTimer = setTimeout(() => {
      for (const key of this.#keys.flush()) this.#events.onKey(key);
    }, ESCAPE_TIME);
  };
}
