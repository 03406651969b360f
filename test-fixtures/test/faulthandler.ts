import { setTimeout as delay } from "node:timers/promises";

import type { Target } from "../src/index.ts";

/** A thread's stack as `faulthandler` prints it, innermost frame first: "line file name". */
export type PrintedStacks = ReadonlyMap<number, readonly string[]>;

/** The interpreter's own account of all its threads' stacks, by ident: programs print it on SIGUSR1. */
export async function printedStacks(target: Target, threads: number): Promise<PrintedStacks> {
  const before = target.stderr().length;
  process.kill(target.pid, "SIGUSR1");
  for (let tries = 0; tries < 5_000; tries += 1) {
    const stacks = parse(target.stderr().slice(before));
    if (stacks !== undefined && stacks.size >= threads) return stacks;
    await delay(2);
  }
  throw new Error(`faulthandler did not print ${threads} stacks: ${target.stderr().slice(before)}`);
}

/** undefined while the text isn't all there: the last line is a whole outermost frame. */
function parse(text: string): PrintedStacks | undefined {
  if (!/(<module>|_bootstrap|\.\.\.)\n$/.test(text)) return undefined;
  const stacks = new Map<number, string[]>();
  let stack: string[] = [];
  for (const line of text.split("\n")) {
    const head = /^(?:Current thread|Thread) (0x[0-9a-f]+)/.exec(line);
    if (head?.[1] !== undefined) stacks.set(Number(head[1]), (stack = []));
    const frame = /^ {2}File "(?<file>.*)", line (?<line>\d+) in (?<name>.*)$/.exec(line)?.groups;
    if (frame !== undefined) stack.push(`${frame["line"]} ${frame["file"]} ${frame["name"]}`);
  }
  return stacks;
}

/** As faulthandler prints a str: not ASCII as `\x`, `\u`, `\U`; cut after 500 characters. */
export function printed(text: string): string {
  const cut = [...text].length > 500 ? `${[...text].slice(0, 500).join("")}...` : text;
  return cut.replaceAll(/[^ -~]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
  });
}
