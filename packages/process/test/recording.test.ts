import { deflateSync, inflateSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import koffi from "koffi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MemoryError, openProcess, openRecording, type Process, ProcessError, recordProcess, type RecordingProcess } from "@pyspy/process";
import { Target, until } from "./target.ts";

const page = 4096;
let target: Target;
let start: number;
let live: Process;
let recording: RecordingProcess;

beforeAll(async () => {
  target = new Target([process.execPath, fileURLToPath(new URL("programs/memory.cjs", import.meta.url))]);
  start = (JSON.parse(await target.line()) as { address: number }).address;
  live = openProcess(target.pid);
  // Node's own memory maps change from moment to moment.
  target.child.kill("SIGSTOP");
  await until("the stop", () => live.threads().every(({ state }) => state === "stopped"));
  recording = recordProcess(openProcess(target.pid));
});

afterAll(async () => {
  live[Symbol.dispose]();
  recording[Symbol.dispose]();
  await target[Symbol.asyncDispose]();
});

/** What the functions return or throw, one after the other. */
function outcomes(of: Process): unknown[] {
  const map = of.memoryMaps().find(({ path }) => path === process.execPath)!;
  const id = of.threads()[0]!.id;
  const questions: (() => unknown)[] = [
    () => of.pid,
    () => of.platform,
    () => of.architecture,
    () => of.executable(),
    () => of.commandLine(),
    () => of.workingDirectory(),
    () => of.parent(),
    () => of.children(),
    () => of.namespaces(),
    () => of.memoryMaps(),
    () => of.threads(),
    () => of.innerThreadIds(),
    () => of.threadStates().read(id),
    () => of.threadStates().cpuTime(id),
    () => of.threadStates().cpuTime(2 ** 22 + 3),
    () => of.threadStates().read(2 ** 22 + 3),
    () => of.isAlive(),
    () => of.fileExists("/etc/passwd"),
    () => of.fileExists("/no such file"),
    () => of.file("/no such file"),
    () => of.file("/etc/passwd").read(3, 20),
    () => of.file("/etc/passwd").size,
    () => of.mappedFile(map).read(1, 10_000),
    () => of.mappedFile(map).read(of.mappedFile(map).size - 5, 100),
    () => of.mappedFile(map).read(of.mappedFile(map).size, 100),
    () => of.mappedFile(map).name,
    () => of.mappedFile({ ...map, path: "x", inode: 1, start: 4096, end: 8192 }),
    () => of.memory.read(start + 100, 2 * page),
    () => of.memory.read(start + 2 * page + 5, 2 * page),
    () => of.memory.read(start + 4 * page + 5, 0),
    () => of.memory.read(NaN, 8),
    () => of.memory.read(start, 2 ** 31),
    () => spans(of),
  ];
  return questions.map((question) => {
    try {
      return question();
    } catch (error) {
      if (error instanceof ProcessError) return { code: error.code, message: error.message, pid: error.pid };
      if (error instanceof MemoryError) return [error.address, error.length, error.lengthRead];
      throw error;
    }
  });
}

function spans(of: Process): unknown {
  const batch = of.memory.batch(64 * 1024, 8);
  batch.add(start + 7 * page + 4000, 200);
  batch.add(start + 3 * page, 8);
  batch.add(start + 4 * page - 8, 16);
  batch.add(start + 6 * page - 4, 8);
  batch.add(-8, 8);
  const whole = of.memory.readBatch(batch);
  const read = Array.from({ length: batch.count }, (_, index) => {
    const offset = batch.offset(index);
    return batch.bytes.slice(offset, offset + batch.lengthRead(index));
  });
  return { whole, read };
}

/** Without what changes in a live process from one moment to the next. */
function withoutTimes(outcome: unknown): unknown {
  return JSON.parse(JSON.stringify(outcome, (key, value: unknown) => (key === "cpuTime" || key === "state" ? 0 : value)));
}

it("answers as the process did, while recording and afterwards", () => {
  const first = outcomes(recording);
  expect(first.filter((outcome) => (outcome as { code?: string }).code !== undefined)).toHaveLength(2);
  expect(first).toHaveLength(33);
  expect(outcomes(recording)).toEqual(first);
  const replay = openRecording(recording.save());
  expect(outcomes(replay)).toEqual(first);
  expect(withoutTimes(outcomes(live))).toEqual(withoutTimes(first));
});

it("says what a recording is and is not", () => {
  const replay = openRecording(recording.save());
  expect(replay.capabilities).toEqual({ live: false, pause: false, threadStates: true, cpuTimes: true });
  expect(replay.memory.method).toBe("recording");
  expect(() => replay.pause()).toThrow(expect.objectContaining({ code: "unsupported" }));
  expect(() => replay.pauser()).toThrow(expect.objectContaining({ code: "unsupported" }));
  expect(() => replay.fileExists("/never asked")).toThrow(expect.objectContaining({ code: "unsupported" }));
  expect(() => replay.file("/never asked")).toThrow(expect.objectContaining({ code: "file-not-found" }));
  const map = replay.memoryMaps().find(({ path }) => path === process.execPath)!;
  expect(() => replay.mappedFile(map).read(1_000_000, 10)).toThrow(expect.objectContaining({ code: "file-not-found" }));
  const unread = replay.memoryMaps().find(({ path }) => path === "[stack]")!;
  expect(() => replay.memory.read(unread.start, 8)).toThrow(MemoryError);
});

it("keeps a page as it was when it was first touched", () => {
  const bytes = new Uint8Array(new ArrayBuffer(2 * page)).fill(1);
  const address = Number(koffi.address(bytes));
  using fresh = recordProcess(openProcess(process.pid));
  expect(fresh.memory.read(address, 1)).toEqual(Uint8Array.of(1));
  bytes.fill(2);
  const last = address + bytes.length - 1;
  expect(fresh.memory.read(last, 1)).toEqual(Uint8Array.of(2));
  for (const of of [fresh, openRecording(fresh.save())]) {
    expect(of.memory.read(address, 1)).toEqual(Uint8Array.of(1));
    expect(of.memory.read(last, 1)).toEqual(Uint8Array.of(2));
  }
});

it("records errors as answers", async () => {
  const short = new Target(["cat"]);
  using gone = recordProcess(openProcess(short.pid));
  await short[Symbol.asyncDispose]();
  const replay = openRecording(gone.save());
  expect(replay.pid).toBe(short.pid);
  expect(() => replay.threads()).toThrow(expect.objectContaining({ code: "no-such-process", pid: short.pid }));
  expect(() => replay.memoryMaps()).toThrow(expect.objectContaining({ code: "no-such-process" }));
});

function expectInvalid(given: Uint8Array, reason: RegExp): void {
  expect(() => openRecording(given)).toThrow(expect.objectContaining({ code: "invalid-recording", message: expect.stringMatching(reason) }));
}

describe("bytes that are no recording", () => {
  let bytes: Buffer;
  beforeAll(() => {
    outcomes(recording);
    bytes = Buffer.from(recording.save());
  });

  /** The recording with another header. */
  function changed(change: (header: Record<string, never>) => unknown): Buffer {
    const end = 16 + bytes.readUInt32LE(12);
    const json = JSON.parse(inflateSync(bytes.subarray(16, end)).toString()) as Record<string, never>;
    const header = deflateSync(JSON.stringify(change(json) ?? json));
    const preamble = Buffer.from(bytes.subarray(0, 16));
    preamble.writeUInt32LE(header.length, 12);
    return Buffer.concat([preamble, header, bytes.subarray(end)]);
  }

  it("are told apart", () => {
    expect(openRecording(changed(() => undefined)).pid).toBe(target.pid);
    expectInvalid(new Uint8Array(0), /does not begin as one/);
    expectInvalid(Buffer.from("pyspyrec"), /does not begin as one/);
    const other = Buffer.from(bytes);
    other.writeUInt32LE(2, 8);
    expectInvalid(other, /version is 2/);
    const cut = Buffer.from(bytes);
    cut.writeUInt32LE(0xffff_ffff, 12);
    expectInvalid(cut, /ends in the header/);
    expectInvalid(bytes.subarray(0, bytes.length - 10), /pages cannot be decompressed/);
  });

  it.each<[string, (header: Record<string, any>) => unknown, RegExp]>([
    ["no object", () => [1], /header is no object/],
    ["a wrong pid", (header) => void (header["pid"] = -1), /header\.pid is no count/],
    ["a missing flag", (header) => void delete header["cpuTimes"], /header\.cpuTimes is no boolean/],
    ["an unknown platform", (header) => void (header["platform"] = "plan9"), /header\.platform is none of/],
    ["a wrong fact", (header) => void (header["facts"].threads.value[0].state = "tired"), /threads\.value\[0\]\.state is none of/],
    ["a wrong error", (header) => void (header["facts"].parent = { error: { code: "x", message: "" } }), /parent\.error\.code/],
    ["runs in disorder", (header) => void header["memory"].reverse(), /header\.memory is not in order/],
    ["a run past all addresses", (header) => void header["memory"].push([2 ** 52, 1]), /not in order/],
    ["a run of nothing", (header) => void header["memory"].unshift([0, 0]), /not in order/],
    ["too many pages", (header) => void header["memory"].push([2 ** 40, 2 ** 20]), /its pages have \d+ bytes/],
    ["one page more", (header) => void header["memory"].push([2 ** 40, 1]), /its pages have \d+ bytes, not/],
    ["one page less", (header) => void header["memory"].pop(), /cannot be decompressed/],
    ["a file that is not there", (header) => void (header["files"][0] = ["/x", { value: 99 }]), /\/x has no content/],
    ["pages past a file's end", (header) => void (header["contents"][0].size = 0), /pages past its end/],
  ])("are refused for %s", (_, change, reason) => expectInvalid(changed(change), reason));

  it("give a recording or a typed error", () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(damage, fc.boolean(), (changes, early) => {
        const damaged = Buffer.from(bytes);
        for (const [at, value] of changes) damaged[at % (early ? 64 : damaged.length)] = value;
        try {
          openRecording(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(ProcessError);
          expect(error).toHaveProperty("code", "invalid-recording");
        }
      }),
      { numRuns: 60 },
    );
  });
});
