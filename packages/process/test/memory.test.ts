import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import koffi from "koffi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MemoryMethod, MemoryError, openProcess, type Process, ProcessError } from "@pyspy/process";
import { hasSetpriv } from "./present.ts";
import { Target } from "./target.ts";

const page = 4096;
const hole = 3;
const pages = 8;
const methods: readonly MemoryMethod[] = ["process_vm_readv", "/proc/pid/mem"];

let target: Target;
let start: number;

beforeAll(async () => {
  target = new Target([process.execPath, fileURLToPath(new URL("programs/memory.cjs", import.meta.url))]);
  start = (JSON.parse(await target.line()) as { address: number }).address;
});

afterAll(() => target[Symbol.asyncDispose]());

/** What the program has written; 0 bytes where nothing is mapped. */
function expected(offset: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => {
    const at = offset + index;
    return (at * 31 + (at >> 8) * 7) & 0xff;
  });
}

/** How many bytes from there on are mapped. */
function readable(offset: number, length: number): number {
  for (let done = 0; done < length; done++) {
    const at = offset + done;
    if (at < 0 || at >= pages * page || Math.floor(at / page) === hole) return done;
  }
  return length;
}

function expectError(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("it did not throw");
}

describe.each(methods)("%s", (method) => {
  let opened: Process;
  beforeAll(() => {
    opened = openProcess(target.pid, { memory: method });
  });
  afterAll(() => opened[Symbol.dispose]());

  it("names itself", () => expect(opened.memory.method).toBe(method));

  it("reads exact bytes at any alignment and size", () => {
    for (const [offset, length] of [[0, 1], [1, 16], [4095, 2], [13, 3 * page - 13], [4 * page, 4 * page]] as const) {
      expect(opened.memory.read(start + offset, length)).toEqual(expected(offset, length));
    }
    expect(opened.memory.read(start, 0)).toEqual(new Uint8Array(0));
  });

  it("gives copies", () => {
    const first = opened.memory.read(start, 16);
    opened.memory.read(start + page, 16);
    expect(first).toEqual(expected(0, 16));
  });

  it("tells how much of a cut-off read came", () => {
    const error = expectError(() => opened.memory.read(start + 2 * page + 100, 2 * page));
    expect(error).toBeInstanceOf(MemoryError);
    expect(error).toMatchObject({ address: start + 2 * page + 100, length: 2 * page, lengthRead: page - 100 });
    expect(expectError(() => opened.memory.read(start + hole * page, 8))).toMatchObject({ lengthRead: 0 });
  });

  it.each([-1, -4096, 0, 8, 2 ** 47, 2 ** 53 - 1, 2 ** 53, 2 ** 64, 1.6e19, NaN, Infinity, 0.5])("finds nothing at %d", (address) => {
    expect(expectError(() => opened.memory.read(address, 8))).toMatchObject({ name: "MemoryError", lengthRead: 0 });
  });

  it.each([-1, NaN, 2 ** 31, Infinity])("refuses a length of %d without allocating it", (length) => {
    expect(expectError(() => opened.memory.read(start, length))).toMatchObject({ name: "MemoryError", lengthRead: 0 });
  });

  it("goes on after spans that cannot be read", () => {
    const batch = opened.memory.batch(6 * page, 7);
    batch.add(start + 5, 20);
    batch.add(start + hole * page, 8);
    batch.add(start + 2 * page + 4000, page);
    batch.add(start + 4 * page, 100);
    batch.add(1e19, 8);
    batch.add(start + 4 * page, 0);
    batch.add(start + 7 * page + 4090, 10);
    expect(opened.memory.readBatch(batch)).toBe(3);
    const lengths = Array.from({ length: batch.count }, (_, index) => batch.lengthRead(index));
    expect(lengths).toEqual([20, 0, 96, 100, 0, 0, 6]);
    expect(batch.bytes.slice(batch.offset(0), batch.offset(0) + 20)).toEqual(expected(5, 20));
    expect(batch.bytes.slice(batch.offset(3), batch.offset(3) + 100)).toEqual(expected(4 * page, 100));
    expect(batch.address(4)).toBe(1e19);
  });

  it("reads more spans than one call takes", () => {
    const batch = opened.memory.batch(2500 * 9, 2500);
    for (let index = 0; index < 2500; index++) batch.add(start + ((index * 37) % (3 * page - 9)), 9);
    expect(batch.fits(0)).toBe(false);
    expect(() => batch.add(start, 0)).toThrow(RangeError);
    const before = opened.memory.calls;
    expect(opened.memory.readBatch(batch)).toBe(2500);
    expect(opened.memory.calls - before).toBe(method === "process_vm_readv" ? 3 : 2500);
    for (let index = 0; index < 2500; index++) {
      const offset = batch.offset(index);
      expect(offset % 16).toBe(0);
      expect(batch.bytes.slice(offset, offset + 9)).toEqual(expected((index * 37) % (3 * page - 9), 9));
    }
  });

  it("is bounded when no span can be read", () => {
    const batch = opened.memory.batch(1500 * 8, 1500);
    for (let index = 0; index < 1500; index++) batch.add(start + hole * page, 8);
    const before = opened.memory.calls;
    expect(opened.memory.readBatch(batch)).toBe(0);
    expect(opened.memory.calls - before).toBe(1500);
  });

  it("reuses a batch", () => {
    const batch = opened.memory.batch(64, 2);
    batch.add(start, 64);
    opened.memory.readBatch(batch);
    batch.clear();
    expect(batch.count).toBe(0);
    expect(() => batch.lengthRead(0)).toThrow(RangeError);
    expect(batch.add(start + page, 8)).toBe(0);
    expect(batch.lengthRead(0)).toBe(0);
    expect(opened.memory.readBatch(batch)).toBe(1);
    expect(batch.view.getUint8(0)).toBe(expected(page, 1)[0]);
    expect(batch.view.buffer).toBe(batch.bytes.buffer);
    expect(batch.view.byteOffset).toBe(batch.bytes.byteOffset);
  });

  it("reads any spans as they are mapped", () => {
    const span = fc.record({ offset: fc.integer({ min: -page, max: 9 * page }), length: fc.integer({ min: 0, max: 3 * page }) });
    const around = fc.array(span, { maxLength: 20 });
    fc.assert(
      fc.property(around, (spans) => {
        // What lies before and after the eight pages is not ours to know.
        const known = spans.filter(({ offset, length }) => offset >= 0 && offset + length <= pages * page);
        const batch = opened.memory.batch(20 * 3 * page, 20);
        for (const { offset, length } of known) batch.add(start + offset, length);
        opened.memory.readBatch(batch);
        for (const [index, { offset, length }] of known.entries()) {
          const count = readable(offset, length);
          expect(batch.lengthRead(index)).toBe(count);
          const at = batch.offset(index);
          expect(Buffer.compare(batch.bytes.subarray(at, at + count), expected(offset, count))).toBe(0);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("says so when the process has gone", async () => {
    await using short = new Target(["cat"]);
    using gone = openProcess(short.pid, { memory: method });
    const map = gone.memoryMaps()[0]!;
    expect(gone.memory.read(map.start, 4)).toEqual(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46));
    await short[Symbol.asyncDispose]();
    expect(expectError(() => gone.memory.read(map.start, 4))).toMatchObject({ name: "ProcessError", code: "no-such-process" });
    expect(gone.isAlive()).toBe(false);
  });

  it("reads the new program after an exec", async () => {
    await using shell = new Target(["/bin/sh", "-c", "echo ready; read line; exec cat"]);
    await shell.line();
    using replaced = openProcess(shell.pid, { memory: method });
    const before = replaced.memoryMaps()[0]!;
    expect(replaced.memory.read(before.start, 4)).toHaveLength(4);
    const shellPath = replaced.executable();
    shell.child.stdin!.write("\nhello\n");
    expect(await shell.line()).toBe("hello");
    expect(replaced.executable()).not.toBe(shellPath);
    const after = replaced.memoryMaps()[0]!;
    expect(replaced.memory.read(after.start, 4)).toEqual(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46));
  });

  it("refuses a batch of another memory", () => {
    const foreign = { ...opened.memory.batch(8, 1) };
    expect(() => opened.memory.readBatch(foreign as never)).toThrow(TypeError);
  });
});

it("both methods give the same bytes of every map of code", () => {
  using first = openProcess(target.pid, { memory: "process_vm_readv" });
  using second = openProcess(target.pid, { memory: "/proc/pid/mem" });
  // Maps of code, which unlike relocated data stay as they are in the file.
  const files = first.memoryMaps().filter((map) => map.readable && map.executable && !map.writable && map.inode !== 0);
  expect(files.length).toBeGreaterThan(3);
  for (const map of files) {
    const length = Math.min(map.end - map.start, page);
    const bytes = first.memory.read(map.start, length);
    expect(Buffer.compare(bytes, second.memory.read(map.start, length))).toBe(0);
    expect(Buffer.compare(bytes, first.mappedFile(map).read(map.offset, length))).toBe(0);
  }
});

it("reads this very process", () => {
  const bytes = Buffer.alloc(100_000, "own memory ");
  using self = openProcess(process.pid);
  expect(self.memory.read(Number(koffi.address(bytes)), bytes.length)).toEqual(new Uint8Array(bytes));
});

it.skipIf(!hasSetpriv)("says permission-denied to another user [needs root and setpriv]", async () => {
  const script = fileURLToPath(new URL("programs/read-denied.ts", import.meta.url));
  const argv = ["--reuid=65534", "--regid=65534", "--clear-groups", process.execPath, "--conditions=@pyspy/source", script, String(target.pid)];
  const { stdout } = await promisify(execFile)("setpriv", argv, { timeout: 30_000 });
  expect(JSON.parse(stdout)).toEqual({
    "process_vm_readv": "permission-denied",
    "/proc/pid/mem": "permission-denied",
    "automatic": "permission-denied",
    "maps": "permission-denied",
    "executable": "permission-denied",
    "pause": "permission-denied",
    "mappedFile": "file-not-found",
    "alive": true,
    "threads": true,
  });
});

it.each([
  ["seccomp", { spawn: "done", forced: "permission-denied", pause: true }],
  ["hidden koffi", { spawn: "unsupported", forced: "unsupported", pause: false }],
])("falls back to the file: %s", async (kind, rest) => {
  const script = fileURLToPath(new URL("programs/without-call.ts", import.meta.url));
  const argv = ["--conditions=@pyspy/source", script, kind, String(target.pid), String(start)];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { timeout: 30_000 });
  const sum = expected(0, 5000).reduce((total, byte) => total + byte, 0);
  expect(JSON.parse(stdout)).toEqual({ method: "/proc/pid/mem", sum, whole: 1, ...rest });
});

it.each([0, -1, 1.5, NaN, 2 ** 31, 2 ** 22 + 1])("knows no process %d", (pid) => {
  const error = expectError(() => openProcess(pid));
  expect(error).toBeInstanceOf(ProcessError);
  expect(error).toMatchObject({ code: "no-such-process", pid });
});
