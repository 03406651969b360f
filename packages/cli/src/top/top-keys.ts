import type { SortColumn, TopView, ViewAction } from "./top-view.ts";

/** What a key asks for: a change of the view, or something to be done. */
export type TopAction = ViewAction | { readonly do: "quit" | "reset" | "save" | "redraw" | "suspend" };

const ESCAPE = "\u001b";
/** What follows an escape: ECMA-48 5.4, parameters and intermediates up to a final character; or O and one character. */
const SEQUENCE = /^(?:O|\[[0-?]*[ -/]*)[@-~]/;
/** Longer than any key's. */
const MAX_SEQUENCE = 32;

/** Names of keys that terminals send as escape sequences, by what follows `ESC [` or `ESC O`: xterm, VT220, Linux. */
const SEQUENCES: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  H: "home",
  F: "end",
  "1~": "home",
  "4~": "end",
  "5~": "page-up",
  "6~": "page-down",
  "7~": "home",
  "8~": "end",
};

const CONTROLS: Readonly<Record<string, string>> = {
  "\u0003": "ctrl-c",
  "\u0008": "backspace",
  "\u000c": "ctrl-l",
  "\u000d": "enter",
  "\u000a": "enter",
  "\u0015": "ctrl-u",
  "\u001a": "ctrl-z",
  "\u001b": "escape",
  "\u007f": "backspace",
};

/** Splits what a terminal sends into keys: names as above, or the character typed. */
export class KeyDecoder {
  #rest = "";

  /** An escape at the end may be a key or begin a sequence: it waits for what follows, or for `flush`. */
  decode(text: string): string[] {
    this.#rest += text;
    const keys: string[] = [];
    for (let key = this.#next(); key !== undefined; key = this.#next()) if (key !== "") keys.push(key);
    return keys;
  }

  get isWaiting(): boolean {
    return this.#rest !== "";
  }

  /** Nothing more has come: an escape was the key. */
  flush(): string[] {
    const isEscape = this.#rest === ESCAPE;
    this.#rest = "";
    return isEscape ? ["escape"] : [];
  }

  /** "" for what is no key that is known; undefined when there is no whole key. */
  #next(): string | undefined {
    if (this.#rest === "") return undefined;
    if (this.#rest.startsWith(ESCAPE)) return this.#nextSequence();
    const character = String.fromCodePoint(this.#rest.codePointAt(0) as number);
    this.#rest = this.#rest.slice(character.length);
    return CONTROLS[character] ?? (character < " " ? "" : character);
  }

  #nextSequence(): string | undefined {
    const second = this.#rest[1];
    if (second === undefined) return undefined;
    if (second === ESCAPE) return this.#cut(1, "escape");
    // Alt and a key.
    if (second !== "[" && second !== "O") return this.#cut(2, "");
    const match = SEQUENCE.exec(this.#rest.slice(1));
    if (!match) return this.#rest.length > MAX_SEQUENCE ? this.#cut(2, "") : undefined;
    // Modifiers, as in "1;5A", make no difference.
    const body = match[0].slice(1).replace(/^1;\d+(?=[A-Z])/, "");
    return this.#cut(1 + match[0].length, SEQUENCES[body] ?? "");
  }

  #cut(length: number, key: string): string {
    this.#rest = this.#rest.slice(length);
    return key;
  }
}

/** What a key does in a view; undefined for nothing. */
export function actionOf(key: string, view: TopView): TopAction | undefined {
  if (key === "ctrl-c") return { do: "quit" };
  const always = ALWAYS[key];
  if (always) return always;
  if (view.isSearching) return searchAction(key);
  if (/^[1-4]$/.test(key)) return { do: "sort", by: Number(key) as SortColumn };
  return COMMANDS[key.length === 1 ? key.toLowerCase() : key];
}

function searchAction(key: string): TopAction | undefined {
  if (key === "backspace") return { do: "erase" };
  if (key === "ctrl-u") return { do: "erase-all" };
  return [...key].length === 1 ? { do: "type", text: key } : undefined;
}

/** Keys that mean the same while text is typed. */
const ALWAYS: Readonly<Record<string, TopAction>> = {
  enter: { do: "enter" },
  escape: { do: "escape" },
  up: { do: "scroll", by: "line", down: false },
  down: { do: "scroll", by: "line", down: true },
  "page-up": { do: "scroll", by: "page", down: false },
  "page-down": { do: "scroll", by: "page", down: true },
  home: { do: "scroll", by: "all", down: false },
  end: { do: "scroll", by: "all", down: true },
  "ctrl-l": { do: "redraw" },
  "ctrl-z": { do: "suspend" },
};

const COMMANDS: Readonly<Record<string, TopAction>> = {
  q: { do: "quit" },
  l: { do: "lines" },
  r: { do: "reset" },
  "?": { do: "help" },
  x: { do: "close-help" },
  "/": { do: "search" },
  t: { do: "threads" },
  i: { do: "reverse" },
  p: { do: "pause" },
  " ": { do: "pause" },
  s: { do: "save" },
};
