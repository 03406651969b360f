import type { ProcessErrorCode } from "../errors.ts";
import type { Architecture, MemoryMap, Process, ThreadInfo, ThreadState } from "../process.ts";
import { pageSize, type Run } from "./pages.ts";
import { factNames, type Answer, type Facts, type Recording } from "./recording.ts";

/** The JSON of a recording: everything but the bytes of its pages. */
export interface Header {
  readonly pid: number;
  readonly platform: Process["platform"];
  readonly architecture: Architecture;
  readonly threadStates: boolean;
  readonly cpuTimes: boolean;
  readonly facts: Recording["facts"];
  readonly fileExists: readonly (readonly [path: string, answer: Answer<boolean>])[];
  readonly files: readonly (readonly [path: string, answer: Answer<number>])[];
  readonly mappedFiles: readonly (readonly [key: string, answer: Answer<number>])[];
  readonly states: readonly (readonly [id: number, state: ThreadState])[];
  readonly memory: readonly Run[];
  readonly contents: readonly { readonly name: string; readonly size: number; readonly pages: readonly Run[] }[];
}

/** Turns an unchecked value into what it should be, or throws. `path` says where it stands. */
type Check<Value> = (value: unknown, path: string) => Value;

/** Checks parsed JSON; everything that passes is what its type says. `fail` makes the error to throw. */
export function parseHeader(json: unknown, fail: (reason: string) => Error): Header {
  try {
    const header = checkHeader(json, "header");
    checkIndices(header);
    return header;
  } catch (error) {
    throw error instanceof Mismatch ? fail(error.message) : error;
  }
}

class Mismatch extends Error {}

function checkIndices(header: Header): void {
  for (const [key, file] of [...header.files, ...header.mappedFiles]) {
    if ("value" in file && file.value >= header.contents.length) throw new Mismatch(`${key} has no content`);
  }
  for (const { name, size, pages } of header.contents) {
    const last = pages.at(-1);
    if (last !== undefined && (last[0] + last[1] - 1) * pageSize >= size) throw new Mismatch(`${name} has pages past its end`);
  }
}

const text: Check<string> = (value, path) => {
  if (typeof value === "string") return value;
  throw new Mismatch(`${path} is no string`);
};

const flag: Check<boolean> = (value, path) => {
  if (typeof value === "boolean") return value;
  throw new Mismatch(`${path} is no boolean`);
};

const count: Check<number> = (value, path) => {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Mismatch(`${path} is no count`);
};

/** Inode numbers and times may be past what a number holds exactly. */
const amount: Check<number> = (value, path) => {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw new Mismatch(`${path} is no amount`);
};

function oneOf<const Value extends string>(values: readonly Value[]): Check<Value> {
  return (value, path) => {
    const found = values.find((each) => each === value);
    if (found !== undefined) return found;
    throw new Mismatch(`${path} is none of ${values.join(", ")}`);
  };
}

function list<Value>(check: Check<Value>): Check<Value[]> {
  return (value, path) => {
    if (Array.isArray(value)) return value.map((each, index) => check(each, `${path}[${index}]`));
    throw new Mismatch(`${path} is no array`);
  };
}

function pair<First, Second>(first: Check<First>, second: Check<Second>): Check<readonly [First, Second]> {
  return (value, path) => {
    if (!Array.isArray(value) || value.length !== 2) throw new Mismatch(`${path} is no pair`);
    return [first(value[0], `${path}[0]`), second(value[1], `${path}[1]`)];
  };
}

function object<Shape extends object>(members: { readonly [Name in keyof Shape]-?: Check<Shape[Name]> }): Check<Shape> {
  const names = Object.keys(members) as (keyof Shape & string)[];
  return (value, path) => {
    const given = record(value, path);
    const checked: Partial<Shape> = {};
    for (const name of names) checked[name] = members[name](Object.hasOwn(given, name) ? given[name] : undefined, `${path}.${name}`);
    return checked as Shape;
  };
}

function record(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Mismatch(`${path} is no object`);
}

const errorCodes: readonly ProcessErrorCode[] = [
  "no-such-process",
  "permission-denied",
  "unsupported",
  "spawn-failed",
  "pause-failed",
  "file-not-found",
  "invalid-recording",
  "system-error",
];

function answer<Value>(check: Check<Value>): Check<Answer<Value>> {
  const error = object({ code: oneOf(errorCodes), message: text });
  return (value, path) => {
    const given = record(value, path);
    if (Object.hasOwn(given, "error")) return { error: error(given["error"], `${path}.error`) };
    return { value: check(given["value"], `${path}.value`) };
  };
}

const state: Check<ThreadState> = oneOf(["running", "sleeping", "waiting", "stopped", "dead", "unknown"]);

const memoryMap: Check<MemoryMap> = object<MemoryMap>({
  start: count,
  end: count,
  readable: flag,
  writable: flag,
  executable: flag,
  offset: amount,
  path: text,
  deleted: flag,
  device: text,
  inode: amount,
});

const threadInfo: Check<ThreadInfo> = object<ThreadInfo>({ id: count, name: text, state, cpuTime: amount });

const texts: Check<Readonly<Record<string, string>>> = (value, path) => {
  const entries = Object.entries(record(value, path)).map(([name, each]) => [name, text(each, `${path}.${name}`)] as const);
  return Object.fromEntries(entries);
};

const factChecks: { readonly [Name in keyof Facts]: Check<Facts[Name]> } = {
  executable: text,
  commandLine: list(text),
  workingDirectory: text,
  parent: count,
  children: list(count),
  namespaces: texts,
  memoryMaps: list(memoryMap),
  threads: list(threadInfo),
  innerThreadIds: list(pair(count, count)),
};

/** A fact that was not asked for is absent. */
const facts: Check<Recording["facts"]> = (value, path) => {
  const given = record(value, path);
  const checked: Record<string, Answer<unknown>> = {};
  for (const name of factNames) {
    const check: Check<unknown> = factChecks[name];
    if (Object.hasOwn(given, name)) checked[name] = answer(check)(given[name], `${path}.${name}`);
  }
  return checked as Recording["facts"];
};

/** Ascending runs that neither overlap nor leave the range of exact addresses. */
const runs: Check<Run[]> = (value, path) => {
  const checked = list(pair(count, count))(value, path);
  let next = 0;
  for (const [first, length] of checked) {
    next = first < next || length === 0 ? Infinity : first + length;
    if (next * pageSize > Number.MAX_SAFE_INTEGER) throw new Mismatch(`${path} is not in order`);
  }
  return checked;
};

const checkHeader: Check<Header> = object<Header>({
  pid: count,
  platform: oneOf(["linux", "darwin", "win32"]),
  architecture: oneOf(["x64", "arm64", "arm", "ia32"]),
  threadStates: flag,
  cpuTimes: flag,
  facts,
  fileExists: list(pair(text, answer(flag))),
  files: list(pair(text, answer(count))),
  mappedFiles: list(pair(text, answer(count))),
  states: list(pair(count, state)),
  memory: runs,
  contents: list(object({ name: text, size: count, pages: runs })),
});
