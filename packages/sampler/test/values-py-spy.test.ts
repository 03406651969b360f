import { spawnSync } from "node:child_process";
import { openProcess } from "@pyspy/process";
import { attach, readStacks } from "@pyspy/sampler";
import { isReadByPySpy, pySpy, pythons, startTarget, whyNoPySpy } from "@pyspy/test-fixtures";
import { describe, expect, it } from "vitest";

/** Variables of values.py that py-spy 0.4 has right, cut where it cuts them. */
const right = [
  "normal", "default", "options", "keyword", "zero", "one", "minus", "two_digits", "below_three", "own_int", "level", "true",
  "false", "none", "text", "empty_text", "latin", "wide", "astral", "own_text", "empty_list", "empty_tuple", "empty_dict",
  "own_list", "several", "text_keys", "thinned", "refilled", "many", "own_dict", "ordered", "defaults", "nested_plain", "bare",
  "thing", "iterator", "deque", "generator", "long_text", "long_list", "long_dict", "long_texts", "exact_text", "deep_list",
];
/** Those that it shows otherwise than they are, each with its text there. */
const wrong: readonly (readonly [string, RegExp, RegExp])[] = [
  ["three_digits", /^\+bigint$/, /^1152921504606846976$/],
  ["minus_three", /^(\+|-)bigint$/, /^-1152921504606846976$/],
  ["floats", /^\[0, -0, 1, 1\.5/, /^\[0\.0, -0\.0, 1\.0, 1\.5/],
  ["single", /^\("one"\)$/, /^\("one",\)$/],
  ["pair", /^\(1, "two"\)$/, /^Pair\(left=1, right="two"\)$/],
  ["raws", /^\[<bytes at/, /^\[b'', b'bytes'/],
  ["one_set", /^<set at/, /^\{"only"\}$/],
  ["quotes", /^\["it\\"s"/, /^\["it's"/],
  ["function", /^<function at 0x[0-9a-f]+>$/, /^<function told at 0x[0-9a-f]+>$/],
];
const starred: ReadonlySet<string> = new Set(["keyword", "captured", "rest", "options"]);

const reason = whyNoPySpy();
const read = pythons().filter((python) => isReadByPySpy(python) && python.version.major === 3 && python.version.minor >= 8);

describe.skipIf(reason !== "").each(read.map((python) => [python.label, python] as const))(
  `variables of %s by py-spy${reason && ` [${reason}]`}`,
  (_, python) => {
    it("are ours, where it has them right", async () => {
      await using target = await startTarget(python, "values.py");
      const theirs = byPySpy(target.pid);
      const ours = byUs(target.pid);
      for (const name of right) {
        const { address, repr } = theirs.get(name) as Seen;
        expect(ours.get(name), name).toMatchObject({ address, repr });
      }
      for (const [name, there, here] of wrong) {
        expect(theirs.get(name)?.repr, `${name} by py-spy`).toMatch(there);
        expect(ours.get(name)?.repr, name).toMatch(here);
      }
      const unlikeOurs = [...theirs].filter(([name, { isArgument }]) => isArgument !== ours.get(name)?.isArgument).map(([name]) => name);
      expect(unlikeOurs.filter((name) => !starred.has(name))).toEqual([]);
      expect(unlikeOurs).toContain("rest");
      expect([...theirs.keys()].filter((name) => !ours.has(name))).toEqual([]);
    });
  },
);

interface Seen {
  readonly address: number;
  readonly repr: string;
  readonly isArgument: boolean;
}

interface Trace {
  readonly frames: readonly { readonly name: string; readonly locals: readonly { name: string; addr: number; arg: boolean; repr: string }[] | null }[];
}

function byPySpy(pid: number): Map<string, Seen> {
  const { stdout, stderr } = spawnSync(pySpy() as string, ["dump", "--json", "-l", "--pid", String(pid)], { encoding: "utf8", timeout: 60_000 });
  if (!stdout.startsWith("[")) throw new Error(`py-spy: ${stderr}`);
  const frames = (JSON.parse(stdout) as Trace[]).flatMap((trace) => trace.frames);
  const holder = frames.find(({ name }) => /(^|\.)holder$/.test(name));
  return new Map(holder?.locals?.map(({ name, addr, arg, repr }) => [name, { address: addr, repr, isArgument: arg }]));
}

function byUs(pid: number): Map<string, Seen> {
  using process = openProcess(pid);
  const frames = readStacks(attach(process), { locals: { limit: 128 } }).flatMap((stack) => stack.frames);
  const holder = frames.find(({ name }) => name === "holder");
  return new Map(holder?.locals?.map(({ name, kind, address, repr }) => [name, { address, repr, isArgument: kind === "argument" }]));
}
