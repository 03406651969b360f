import {
  debugOffsetsSize, debugOffsetsVersion, DEBUG_OFFSETS_MAX_SIZE, layoutFor, LayoutError, selfDescribedLayout,
} from "@pyspy/layouts";
import { describe, expect, it } from "vitest";
import { differences } from "./differences.ts";
import { recorded, recordedVersions } from "./recorded.ts";

/** Index of the u64 that holds a field, in 3.15: counted by hand in pycore_debug_offsets.h. */
const slots315 = {
  version: 1, free_threaded: 2, "runtime_state.size": 3, "interpreter_state.size": 6, "interpreter_state.next": 8,
  "interpreter_state.gc": 11, "interpreter_state.gil_runtime_state_enabled": 17, "interpreter_state.gil_runtime_state_locked": 18,
  "interpreter_state.tlbc_generation": 21, "thread_state.size": 22, "thread_state.prev": 23, "thread_state.next": 24,
  "thread_state.thread_id": 30, "interpreter_frame.size": 39, "interpreter_frame.owner": 44, "code_object.size": 47,
  "code_object.co_code_adaptive": 56, "pyobject.size": 58, "unicode_object.asciiobject_size": 92, "gc.collecting": 95,
} as const;

function withSlots(bytes: Uint8Array, changes: Partial<Record<keyof typeof slots315, bigint>>): Uint8Array {
  const view = new DataView(bytes.buffer);
  for (const [name, value] of Object.entries(changes)) view.setBigUint64(slots315[name as keyof typeof slots315] * 8, value, true);
  return bytes;
}

function errorOf(bytes: Uint8Array): LayoutError {
  try {
    selfDescribedLayout(bytes);
  } catch (error) {
    if (error instanceof LayoutError) return error;
    throw error;
  }
  throw new Error("no error");
}

/** 3.15's offsets with one more u64 before the named one. */
function inserted(before: keyof typeof slots315, value: bigint): Uint8Array {
  const at = slots315[before] * 8;
  const bytes = recorded("3.15.2");
  const longer = new Uint8Array(bytes.length + 8);
  longer.set(bytes.subarray(0, at));
  longer.set(bytes.subarray(at), at + 8);
  new DataView(longer.buffer).setBigUint64(at, value, true);
  return longer;
}

describe("debug offsets", () => {
  it("are found in more bytes than they take", () => {
    const bytes = new Uint8Array(DEBUG_OFFSETS_MAX_SIZE).fill(0xff);
    bytes.set(recorded("3.14.10"));
    expect(debugOffsetsSize(bytes)).toBe(760);
    expect(selfDescribedLayout(bytes)).toEqual(selfDescribedLayout(recorded("3.14.10")));
  });

  it("are read from the middle of a buffer", () => {
    const buffer = new Uint8Array(1000);
    buffer.set(recorded("3.15.2"), 13);
    expect(selfDescribedLayout(buffer.subarray(13, 13 + 888))).toEqual(selfDescribedLayout(recorded("3.15.2")));
  });

  it("go over a table that is given, and leave it as it is", () => {
    const table = layoutFor({ major: 3, minor: 13 });
    if (table === undefined) throw new Error("no table");
    const before = structuredClone(table);
    const layout = selfDescribedLayout(recorded("3.13.0"), { ...table, target: "linux-arm64" });
    expect(layout).toMatchObject({ target: "linux-arm64", threadState: { size: 304, datastackTop: 240 }, traits: table.traits });
    expect(table).toEqual(before);
  });

  it("count the GIL's members from the GIL", () => {
    expect(selfDescribedLayout(recorded("3.15.2")).gilRuntimeState).toEqual({ lastHolder: 8, locked: 16, switchNumber: 24 });
    expect(selfDescribedLayout(recorded("3.13.15t")).gilRuntimeState).toEqual({ enabled: 0, lastHolder: 16, locked: 24, switchNumber: 32 });
  });

  it("take the GIL's count of switches along with `locked`", () => {
    const moved = withSlots(recorded("3.15.2"), { "interpreter_state.gil_runtime_state_locked": 7736n + 40n });
    expect(selfDescribedLayout(moved).gilRuntimeState).toEqual({ lastHolder: 8, locked: 40, switchNumber: 48 });
    const table = layoutFor({ major: 3, minor: 15 });
    if (table === undefined) throw new Error("no table");
    const uncounted = { ...table, gilRuntimeState: { lastHolder: 8, locked: 16 } };
    expect(selfDescribedLayout(moved, uncounted).gilRuntimeState).toEqual({ lastHolder: 8, locked: 40 });
  });

  it("are used where they differ from the table", () => {
    const moved = withSlots(recorded("3.15.2"), { "interpreter_state.next": 7000n });
    expect(selfDescribedLayout(moved).interpreterState.next).toBe(7000);
  });
});

describe("malformed debug offsets", () => {
  const rubbish: [string, Uint8Array, field: string, value: number | string, expected: string][] = [
    ["nothing", new Uint8Array(), "length", 0, "at least 24 bytes"],
    ["zeros", new Uint8Array(4096), "cookie", JSON.stringify("\0".repeat(8)), '"xdebugpy"'],
    ["a cut", recorded("3.15.2").subarray(0, 880), "length", 880, "at least 888 bytes"],
    ["another cookie", recorded("3.15.2").fill(0x79, 0, 1), "cookie", '"ydebugpy"', '"xdebugpy"'],
    ["Python 3.12", withSlots(recorded("3.15.2"), { version: 0x030c01f0n }), "version", "0x30c01f0", "3.13 or later, as in PY_VERSION_HEX"],
    ["Python 4.0", withSlots(recorded("3.15.2"), { version: 0x040000f0n }), "version", "0x40000f0", "3.13 or later, as in PY_VERSION_HEX"],
    ["a flag of 2", withSlots(recorded("3.15.2"), { free_threaded: 2n }), "free_threaded", 2, "0 or 1"],
    ["no size", withSlots(recorded("3.15.2"), { "thread_state.size": 0n }), "thread_state.size", 0, "a size from 8 to 65536"],
    ["an endless size", withSlots(recorded("3.15.2"), { "runtime_state.size": 1n << 40n }), "runtime_state.size", 2 ** 40, "a size from 8 to 16777216"],
    ["an odd size", withSlots(recorded("3.15.2"), { "code_object.size": 217n }), "code_object.size", 217, "a multiple of 8"],
    ["an offset past the end", withSlots(recorded("3.15.2"), { "thread_state.next": 888n }), "thread_state.next", 888, "at most 880"],
    ["an enormous offset", withSlots(recorded("3.15.2"), { "thread_state.next": (1n << 64n) - 8n }), "thread_state.next", 2 ** 64, "at most 880"],
    ["an unaligned pointer", withSlots(recorded("3.15.2"), { "thread_state.next": 9n }), "thread_state.next", 9, "a multiple of 8"],
    ["an unaligned int", withSlots(recorded("3.15.2"), { "thread_state.thread_id": 178n }), "thread_state.thread_id", 178, "a multiple of 4"],
    ["two in one place", withSlots(recorded("3.15.2"), { "thread_state.next": 0n }), "thread_state.next", 0, "a place apart from thread_state.prev (0 to 8)"],
    ["free-threaded only", withSlots(recorded("3.15.2"), { "interpreter_state.tlbc_generation": 8n }), "interpreter_state.tlbc_generation", 8, "0, the build not being free-threaded"],
    ["a string's head longer than a string", withSlots(recorded("3.15.2"), { "unicode_object.asciiobject_size": 72n }), "unicode_object.asciiobject_size", 72, "at most 64"],
    ["a GIL member outside the GIL", withSlots(recorded("3.15.2"), { "interpreter_state.gil_runtime_state_locked": 24n }), "interpreter_state.gil_runtime_state_locked", 24, "from 7736, gil_runtime_state, to 8760"],
    ["a collector past the end", withSlots(recorded("3.15.2"), { "interpreter_state.gc": 226232n }), "interpreter_state.gc", 226232, "at most 226064, so that gc.size bytes fit"],
  ];

  it.each(rubbish)("%s", (_name, input, field, value, expected) => {
    const error = errorOf(input);
    expect({ field: error.field, value: error.value, expected: error.expected }).toEqual({ field, value, expected });
    expect(error.message).toBe(`${field} is ${value}, expected ${expected}`);
  });

  it("no version is read from rubbish", () => {
    for (const [name, input] of rubbish.slice(0, 2)) {
      expect(debugOffsetsVersion(input), name).toBeUndefined();
      expect(debugOffsetsSize(input), name).toBeUndefined();
    }
  });

  it("a table of another version or build", () => {
    expect(() => selfDescribedLayout(recorded("3.15.2"), layoutFor({ major: 3, minor: 14 }))).toThrow("version is 3.15, expected 3.14, as in the table");
    expect(() => selfDescribedLayout(recorded("3.13.15t"), layoutFor({ major: 3, minor: 13 }))).toThrow("free_threaded is 1, expected 0, as in the table");
  });

  it("of one version are refused as another's", () => {
    for (const [version, hex] of [["3.13.18", 0x030e0af0n], ["3.14.10", 0x030d12f0n], ["3.14.10", 0x030f02f0n], ["3.15.2", 0x030e0af0n]] as const) {
      const padded = new Uint8Array(4096);
      padded.set(recorded(version));
      expect(errorOf(withSlots(padded, { version: hex })).field).toMatch(/^\w+\.\w+$/);
    }
  });
});

describe("a version later than every table", () => {
  const hex316 = { version: 0x031001f0n };

  it("that describes itself as the newest known one does is taken at its word", () => {
    const layout = selfDescribedLayout(withSlots(recorded("3.15.2"), hex316));
    expect(debugOffsetsVersion(withSlots(recorded("3.15.2"), hex316))).toEqual({ major: 3, minor: 16, micro: 1, freeThreaded: false });
    expect(layout).toMatchObject({ version: { major: 3, minor: 16 }, source: "self-described", traits: { lineTable: "locations" } });
    expect(layout.assumed).toBeUndefined();
    expect(differences(selfDescribedLayout(recorded("3.15.2")), layout)).toEqual([]);
  });

  it("with a field more falls back on the table from the group before on", () => {
    const layout = selfDescribedLayout(withSlots(inserted("code_object.co_code_adaptive", 184n), { ...hex316, "thread_state.size": 896n }));
    expect(layout.threadState.size).toBe(896);
    expect(layout.codeObject).toEqual(layoutFor({ major: 3, minor: 15 })?.codeObject);
    expect(layout.assumed).toEqual([
      "interpreterFrame", "codeObject", "object", "typeObject", "heapTypeObject", "tupleObject", "listObject", "setObject", "dictObject",
      "floatObject", "longObject", "bytesObject", "unicodeObject", "generatorObject",
    ]);
  });

  it("does not believe the group before one without a size", () => {
    const layout = selfDescribedLayout(withSlots(inserted("thread_state.thread_id", 168n), hex316));
    expect(layout.assumed?.slice(0, 2)).toEqual(["threadState", "interpreterFrame"]);
    expect(layout.threadState).toEqual(layoutFor({ major: 3, minor: 15 })?.threadState);
    expect(layout.interpreterState.size).toBe(226240);
  });

  it("that makes no sense from the start is refused", () => {
    const bytes = withSlots(recorded("3.15.2"), { ...hex316, "interpreter_state.size": 8n });
    expect(errorOf(bytes).field).toBe("interpreter_state.id");
  });
});

it("records what the tests above change", () => {
  expect(recordedVersions).toContain("3.15.2");
  const view = new DataView(recorded("3.15.2").buffer);
  const values = Object.fromEntries(Object.entries(slots315).map(([name, slot]) => [name, Number(view.getBigUint64(slot * 8, true))]));
  expect(values).toMatchObject({ "thread_state.size": 888, "thread_state.next": 8, "interpreter_frame.size": 88, "code_object.co_code_adaptive": 208, "pyobject.size": 16, "interpreter_state.next": 7264,
    "unicode_object.asciiobject_size": 40, "interpreter_frame.owner": 74 });
});
