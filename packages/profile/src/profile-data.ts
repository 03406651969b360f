import type { Frame, Thread } from "./frame.ts";
import type { ProfileCounts, ProfileInfo } from "./profile.ts";
import { ProfileDataError } from "./profile-data-error.ts";
import type { ProfiledProcess } from "./profiled-process.ts";
import { type SampleBlocks, validateSamples } from "./sample-blocks.ts";
import type { StackColumns } from "./stack-table.ts";

/** A profile as plain data. The typed arrays are of their exact length; ids are places in `frames`, `threads`, `stacks`. */
export interface ProfileData {
  readonly version: 1;
  readonly info: ProfileInfo;
  readonly counts: ProfileCounts;
  readonly duration: number;
  readonly processes: readonly ProfiledProcess[];
  readonly frames: readonly Frame[];
  readonly threads: readonly Thread[];
  readonly stacks: StackColumns;
  readonly samples: SampleBlocks;
}

/** Throws a ProfileDataError unless `data` has the shape of a profile and every id in it leads somewhere. */
export function validateProfileData(data: unknown): asserts data is ProfileData {
  const root = object(data, "profile");
  if (root["version"] !== 1) fail("version", "1", root["version"]);
  fields(root["info"], "info", infoFields);
  fields(root["counts"], "counts", { errors: count, torn: count, late: count });
  seconds(root["duration"], "duration");
  list(root["processes"], "processes", processFields);
  const frames = list(root["frames"], "frames", frameFields);
  const threads = list(root["threads"], "threads", threadFields);
  const stacks = validateStacks(root["stacks"], frames);
  validateSamples(samplesIn(root["samples"]), threads, stacks);
}

type Check = (value: unknown, where: string) => void;

const infoFields: Record<string, Check> = {
  interval: (value, where) => {
    seconds(value, where);
    if (value === 0) fail(where, "a number above 0", value);
  },
  startTime: finite,
  title: text,
  pythonVersion: text,
  pid: count,
  commandLine: texts,
};

const processFields: Record<string, Check> = { pid: count, parentPid: count, commandLine: texts };

const frameKinds: ReadonlySet<unknown> = new Set(["python", "native", "thread", "process", "synthetic"]);

const frameFields: Record<string, Check> = {
  kind: (value, where) => {
    if (!frameKinds.has(value)) fail(where, "a kind of frame", value);
  },
  name: text,
  qualifiedName: text,
  file: text,
  shortFile: text,
  line: count,
  column: count,
  firstLine: count,
  module: text,
};

const threadFields: Record<string, Check> = {
  pid: count,
  interpreter: count,
  osThreadId: count,
  threadId: count,
  name: text,
};

function validateStacks(value: unknown, frameCount: number): number {
  const stacks = object(value, "stacks");
  const parents = column(stacks["parents"], "stacks.parents", Uint32Array);
  const frames = column(stacks["frames"], "stacks.frames", Uint32Array, parents.length);
  if (parents.length === 0) fail("stacks.parents", "the empty stack first", "no element");
  for (let stack = 1; stack < parents.length; stack++) {
    if (parents[stack]! >= stack) fail(`stacks.parents[${stack}]`, `a number below ${stack}`, parents[stack]);
    if (frames[stack]! >= frameCount) fail(`stacks.frames[${stack}]`, `a number below ${frameCount}`, frames[stack]);
  }
  return parents.length;
}

function samplesIn(value: unknown): SampleBlocks {
  const samples = object(value, "samples");
  count(samples["count"], "samples.count");
  const blocks = samples["blocks"];
  if (!Array.isArray(blocks)) return fail("samples.blocks", "an array", blocks);
  for (let index = 0; index < blocks.length; index++) column(blocks[index], `samples.blocks[${index}]`, Uint8Array);
  return value as SampleBlocks;
}

function fields(value: unknown, where: string, checks: Record<string, Check>): void {
  const record = object(value, where);
  for (const [name, check] of Object.entries(checks)) check(record[name], `${where}.${name}`);
}

function list(value: unknown, where: string, checks: Record<string, Check>): number {
  if (!Array.isArray(value)) return fail(where, "an array", value);
  for (let index = 0; index < value.length; index++) fields(value[index], `${where}[${index}]`, checks);
  return value.length;
}

function column<T extends Uint8Array | Uint32Array>(value: unknown, where: string, type: new () => T, length?: number): T {
  if (!(value instanceof type)) return fail(where, `a ${type.name}`, value);
  if (length !== undefined && value.length !== length) return fail(where, `${length} elements`, value.length);
  return value;
}

function object(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null) return fail(where, "an object", value);
  return value as Record<string, unknown>;
}

function texts(value: unknown, where: string): void {
  if (!Array.isArray(value)) fail(where, "an array", value);
  for (const [index, element] of (value as unknown[]).entries()) text(element, `${where}[${index}]`);
}

function text(value: unknown, where: string): void {
  if (typeof value !== "string") fail(where, "a string", value);
}

function count(value: unknown, where: string): void {
  if (!Number.isSafeInteger(value) || (value as number) < 0) fail(where, "a whole number from 0", value);
}

function seconds(value: unknown, where: string): void {
  finite(value, where);
  if ((value as number) < 0) fail(where, "a number from 0", value);
}

function finite(value: unknown, where: string): void {
  if (typeof value !== "number" || !Number.isFinite(value)) fail(where, "a finite number", value);
}

function fail(where: string, expected: string, found: unknown): never {
  const shown = typeof found === "object" && found !== null ? "an object" : String(found).slice(0, 80);
  throw new ProfileDataError(`${where}: expected ${expected}, found ${shown}`);
}
