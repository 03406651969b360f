import { openProcess } from "@pyspy/process";
import { attach, type LocalVariable, readStacks, type ReadStacksOptions, type ThreadStack } from "@pyspy/sampler";
import { pythons, type ReadyValue, startTarget, type Target, whyNot } from "@pyspy/test-fixtures";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asRepr } from "./as-repr.ts";
import { unsupported } from "./supported.ts";

/** Nothing in values.py is longer. */
const ALL = 1_000_000;
const namesOfArguments = ["positional", "normal", "default", "keyword", "captured", "rest", "options"];

const supported = pythons().filter((python) => (unsupported(python) || whyNot(python, "values.py")) === "");

describe.each(supported.map((python) => [python.label, python] as const))("variables of %s", (_, python) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  let target: Target;
  let said: Readonly<Record<string, ReadyValue>>;
  beforeAll(async () => {
    target = await startTarget(python, "values.py", [seed]);
    said = target.ready.values ?? {};
  });
  afterAll(async () => target.stop());

  it("are what values.py says, random numbers and strings among them", () => {
    const read = holderOf(target, { locals: { limit: ALL } });
    const seen = new Map(read.map(({ name, kind, repr }) => [name, { kind, text: said[name]?.shaped ? repr : asRepr(repr) }]));
    expect([...seen.keys()].toSorted()).toEqual(Object.keys(said).toSorted());
    for (const [name, { kind, text }] of Object.entries(said)) expect(seen.get(name), `${name}, seed ${seed}`).toEqual({ kind, text });
  });

  it("come in the order of their kinds, arguments as they are declared", () => {
    const read = holderOf(target, { locals: { limit: 128 } });
    expect(read.filter(({ kind }) => kind === "argument").map(({ name }) => name)).toEqual(namesOfArguments);
    const kinds = read.map(({ kind }) => ["argument", "local", "cell", "free"].indexOf(kind));
    expect(kinds).toEqual(kinds.toSorted());
    expect(new Set(kinds).size).toBe(4);
  });

  it("are the same without a pause", () => {
    const paused = holderOf(target, { locals: { limit: 128 } });
    expect(holderOf(target, { locals: { limit: 128 }, pausing: "never" })).toEqual(paused);
  });

  it("are none in modules, and absent when not asked for", () => {
    expect(readAll(target, { locals: { limit: 128 } })[0]?.frames.at(-1)).toMatchObject({ name: "<module>", locals: [] });
    const frames = readAll(target, {}).flatMap((stack) => stack.frames);
    expect(frames.filter((frame) => "locals" in frame)).toEqual([]);
  });

  it("are at most a little longer than the limit", () => {
    for (const limit of [0, 5, 6, 7, 20, 128, 256]) {
      const long = holderOf(target, { locals: { limit } }).filter(({ repr }) => repr.length > longest(limit));
      expect(long, `limit ${limit}`).toEqual([]);
    }
  });
});

/** Escapes take up to ten characters for one; names, types and addresses are not cut. */
function longest(limit: number): number {
  return limit <= 5 ? 3 : limit * 10 + 80;
}

function holderOf(target: Target, options: ReadStacksOptions): readonly LocalVariable[] {
  const holder = readAll(target, options).flatMap(({ frames }) => frames).find(({ name }) => name === "holder");
  if (!holder?.locals) throw new Error("no variables of holder were read");
  return holder.locals;
}

function readAll(target: Target, options: ReadStacksOptions): ThreadStack[] {
  using process = openProcess(target.pid);
  return readStacks(attach(process), options);
}
