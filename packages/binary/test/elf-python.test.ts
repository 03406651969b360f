import { existsSync } from "node:fs";
import { fileSource, openBinary } from "@pyspy/binary";
import { describe, expect, it } from "vitest";
import { libpython, libpythons } from "./real-files.ts";
import { counting, patched } from "./sources.ts";

const newest = libpython("3.13");
const older = libpython("3.6m");

describe.skipIf(newest === undefined)("libpython 3.13 [needs pyenv's 3.13]", () => {
  const path = newest ?? "";

  it("finds _PyRuntime with a few of its 31 MB read", () => {
    using file = fileSource(path);
    const source = counting(file);
    const binary = openBinary(source);
    const runtime = binary.symbols(["_PyRuntime"]).get("_PyRuntime");
    const section = binary.pythonRuntimeSection();
    expect(runtime).toEqual({ ...runtime, address: section?.address, kind: "object", table: "dynsym" });
    expect(section?.name).toBe(".PyRuntime");
    expect(file.size).toBeGreaterThan(20_000_000);
    expect(source.bytesRead).toBeLessThan(64_000);
    expect(source.reads).toBeLessThan(20);
  });

  it("finds a private symbol by a scan of the symbol table and its strings alone", () => {
    using file = fileSource(path);
    const source = counting(file);
    const binary = openBinary(source);
    expect(binary.symbols(["interpreter_clear"]).get("interpreter_clear")).toMatchObject({ kind: "function", table: "symtab" });
    const tables = (binary.section(".symtab")?.size ?? 0) + (binary.section(".strtab")?.size ?? 0);
    expect(source.bytesRead).toBeLessThan(tables + 100_000);
    expect(source.bytesRead).toBeLessThan(1_500_000);
  });

  it("reads the runtime's debug offsets, and zeros from .bss", () => {
    using file = fileSource(path);
    const binary = openBinary(file);
    const section = binary.pythonRuntimeSection();
    if (section === undefined) throw new Error("no .PyRuntime");
    expect(Buffer.from(binary.read(section.address, 8)).toString()).toBe("xdebugpy");
    expect(Buffer.from(binary.sectionBytes(section)).toString("latin1", 0, 8)).toBe("xdebugpy");
    const bss = binary.section(".bss");
    if (bss === undefined) throw new Error("no .bss");
    expect(binary.read(bss.address, 4096)).toEqual(new Uint8Array(4096));
    expect(binary.sectionBytes(bss)).toEqual(new Uint8Array(bss.size));
    expect(() => binary.read(0x7000_0000, 8)).toThrow(expect.objectContaining({ code: "unmapped" }));
    expect(() => binary.read(bss.address, 0x2000_0000)).toThrow(expect.objectContaining({ code: "too-large" }));
  });

  it("finds the load bias of every mapping that a loader makes of it", () => {
    using file = fileSource(path);
    const binary = openBinary(file);
    for (const pageSize of [0x1000, 0x4000]) {
      for (const { address, offset } of binary.segments) {
        const start = 0x7f00_0000_0000 + address - (address % 0x1000);
        expect(binary.loadBias(start, offset - (offset % 0x1000))).toBe(0x7f00_0000_0000);
        expect(binary.loadBias(0x7f00_0000_0000 + address + 32, offset + 32, pageSize)).toBe(0x7f00_0000_0000);
      }
    }
    expect(() => binary.loadBias(0x7f00_0000_0000, file.size)).toThrow(expect.objectContaining({ code: "unmapped" }));
  });
});

it.skipIf(older === undefined)("a Python before 3.10 has no runtime section, and its interp_head is private [needs pyenv's 3.6]", () => {
  using file = fileSource(older ?? "");
  const binary = openBinary(file);
  expect(binary.pythonRuntimeSection()).toBeUndefined();
  const symbols = binary.symbols(["interp_head", "_PyThreadState_Current"]);
  expect(symbols.get("interp_head")).toMatchObject({ size: 8, kind: "object", table: "symtab" });
  expect(symbols.get("_PyThreadState_Current")).toMatchObject({ size: 8, kind: "object", table: "dynsym" });
});

describe.skipIf(libpythons.length === 0).each(libpythons)("%s without section headers [needs pyenv]", (path) => {
  it("has the same dynamic symbols, build id and writable memory", () => {
    using file = fileSource(path);
    const whole = openBinary(file);
    const bare = openBinary(patched(file, [noSections]));
    const names = ["_PyRuntime", "PyEval_EvalFrameDefault", "Py_GetVersion", "PyDict_Type", "Py_Main", "no_such_name", "malloc"];
    const dynamic = [...whole.allSymbols()].filter(({ table }) => table === "dynsym");
    expect(bare.sections).toEqual([]);
    expect(bare.segments).toEqual(whole.segments);
    expect(bare.architecture).toBe("x64");
    expect([...bare.symbols(names)]).toEqual([...whole.symbols(names)].filter(([, { table }]) => table === "dynsym"));
    expect(bare.symbols(names).size).toBeGreaterThan(2);
    expect([...bare.allSymbols()]).toEqual(dynamic);
    expect(bare.buildId).toBe(whole.buildId);
    expect(bare.pythonRuntimeSection()).toBeUndefined();
    const [range] = bare.dataRanges();
    for (const { start, end } of whole.dataRanges()) {
      expect(start >= (range?.start ?? 0) && end <= (range?.end ?? 0)).toBe(true);
    }
  });
});

/** e_shoff, then e_shentsize, e_shnum, e_shstrndx of ELF64. */
const noSections = { offset: 40, bytes: [0, 0, 0, 0, 0, 0, 0, 0] };

const debian = "/usr/bin/python3.11";
it.skipIf(!existsSync(debian))("a stripped interpreter names its debug file [needs Debian's python3.11]", () => {
  using file = fileSource(debian);
  const binary = openBinary(file);
  expect(binary.positionIndependent).toBe(false);
  expect(binary.debugLink?.file).toMatch(/^[0-9a-f]{38}\.debug$/);
  expect(binary.debugLink?.file).toBe(`${binary.buildId?.slice(2)}.debug`);
  expect(binary.symbols(["_PyRuntime"]).get("_PyRuntime")?.address).toBe(binary.pythonRuntimeSection()?.address);
});
