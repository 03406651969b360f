import { readFileSync } from "node:fs";
import { bytesSource, fileSource, openBinary } from "@pyspy/binary";
import { describe, expect, it } from "vitest";
import { has, koffi, machOFiles, run } from "./real-files.ts";
import { counting, patched } from "./sources.ts";

const noOracle = !has("llvm-nm") || !has("llvm-readobj");

describe("a real bundle", () => {
  it("headers of koffi's x64 build", () => {
    using file = fileSource(koffi("darwin-x64"));
    expect(openBinary(file)).toMatchObject({
      format: "mach-o",
      architecture: "x64",
      pointerSize: 8,
      endianness: "little",
      positionIndependent: true,
      buildId: "d08fbb77ad0e37ba95720dfe893de085",
      debugLink: undefined,
    });
  });

  it.each(machOFiles)("%s: a symbol by name costs a scan of the symbol table", (path) => {
    using file = fileSource(path);
    const source = counting(file);
    const binary = openBinary(source);
    expect(source.bytesRead).toBeLessThan(20_000);
    const symbols = binary.symbols(["FelixVersion", "napi_register_module_v1", "_FelixVersion", "malloc", "no_such_name", ""]);
    expect([...symbols.keys()].sort()).toEqual(["FelixVersion", "napi_register_module_v1"]);
    expect(symbols.get("FelixVersion")).toMatchObject({ kind: "object", size: 0, table: "symtab" });
    expect(symbols.get("napi_register_module_v1")).toMatchObject({ kind: "function" });
    expect(source.bytesRead).toBeLessThan(file.size / 2);
  });

  it.each(machOFiles)("%s: reads an address as the section's bytes have it", (path) => {
    using file = fileSource(path);
    const binary = openBinary(file);
    const section = binary.section("__TEXT,__cstring");
    if (section === undefined) throw new Error("no strings");
    expect(binary.section("__cstring")).toBe(section);
    expect(binary.section("__DATA,__cstring")).toBeUndefined();
    const bytes = binary.sectionBytes(section);
    expect(bytes.length).toBe(section.size);
    expect(binary.read(section.address, section.size)).toEqual(bytes);
    expect(bytes).toEqual(file.read(section.offset, section.size));
    const bss = binary.section("__bss");
    if (bss === undefined) throw new Error("no __bss");
    expect(binary.sectionBytes(bss)).toEqual(new Uint8Array(bss.size));
    const [text] = binary.segments;
    expect(binary.loadBias(0x1_0000_0000, 0)).toBe(0x1_0000_0000 - (text?.address ?? -1));
  });

  it.each(machOFiles)("%s: data ranges are the writable sections", (path) => {
    using file = fileSource(path);
    const binary = openBinary(file);
    const names = ["__data", "__common", "__bss"].map((name) => binary.section(name)).filter((one) => one !== undefined);
    const expected = names.map(({ address, size }) => ({ start: address, end: address + size }));
    expect(expected.length).toBeGreaterThan(1);
    expect(binary.dataRanges()).toEqual(expected.sort((one, other) => one.start - other.start));
  });

  it("the runtime's section, where there is one", () => {
    using file = fileSource(koffi("darwin-arm64"));
    expect(openBinary(file).pythonRuntimeSection()).toBeUndefined();
    const head = Buffer.from(file.read(0, 8192));
    const at = head.indexOf("__data\0");
    const renamed = patched(file, [{ offset: at, bytes: Buffer.from("PyRuntime\0") }]);
    const section = openBinary(renamed).pythonRuntimeSection();
    expect(section).toEqual({ ...openBinary(file).section("__data"), name: "PyRuntime", segment: "__DATA" });
  });
});

describe.skipIf(noOracle).each(machOFiles)("%s as LLVM has it [needs llvm-nm and llvm-readobj]", (path) => {
  it("symbols", () => {
    using file = fileSource(path);
    const lines = run("llvm-nm", ["--defined-only", "-P", "--no-sort", path]).split("\n");
    const expected = lines.map((line) => line.split(" ")).filter(([, type = "A"]) => !/[AaUI-]/.test(type));
    const symbols = [...openBinary(file).allSymbols()];
    expect(symbols.map(({ name, address }) => `${name} ${address.toString(16)}`)).toEqual(
      expected.filter(({ length }) => length > 2).map(([name = "", , value]) => `${name.replace(/^_/, "")} ${value}`),
    );
    expect(symbols.length).toBeGreaterThan(5000);
    const functions = expected.filter(([, type]) => type === "T" || type === "t").length;
    expect(symbols.filter(({ kind }) => kind === "function").length).toBe(functions);
  });

  it("sections", () => {
    using file = fileSource(path);
    const text = run("llvm-readobj", ["--sections", path]);
    const pattern = /Name: (\S+) .*\n\s+Segment: (\S+) .*\n\s+Address: 0x(\w+)\n\s+Size: 0x(\w+)\n\s+Offset: (\d+)/g;
    const expected = Array.from(text.matchAll(pattern), ([, name, segment, address = "", size = "", offset]) => {
      return { name, segment, address: Number.parseInt(address, 16), size: Number.parseInt(size, 16), offset: Number(offset) };
    });
    const sections = openBinary(file).sections.map(({ name, segment, address, size, offset }) => ({ name, segment, address, size, offset }));
    expect(sections).toEqual(expected);
    expect(sections.length).toBeGreaterThan(8);
  });
});

describe("universal files", () => {
  const thin = ["darwin-x64", "darwin-arm64"].map((target) => readFileSync(koffi(target)));
  const cputypes = [0x0100_0007, 0x0100_000c];

  it.each([false, true])("with 64-bit headers: %s", (wide) => {
    const source = bytesSource("universal", fat(wide, cputypes, thin));
    const [x64, arm64] = thin.map((bytes) => openBinary(bytesSource("thin", bytes)));
    for (const [architecture, alone] of [["x64", x64], ["arm64", arm64]] as const) {
      const slice = openBinary(source, { architecture });
      expect(slice.architecture).toBe(architecture);
      expect(slice.buildId).toBe(alone?.buildId);
      expect([...slice.symbols(["FelixVersion"])]).toEqual([...(alone?.symbols(["FelixVersion"]) ?? [])]);
      const section = slice.section("__cstring");
      const same = alone?.section("__cstring");
      if (section === undefined || same === undefined) throw new Error("no strings");
      expect(section.offset).toBeGreaterThan(same.offset);
      expect(slice.sectionBytes(section)).toEqual(alone?.sectionBytes(same));
      expect(slice.read(section.address, 64)).toEqual(alone?.read(same.address, 64));
      expect(slice.loadBias(0x1_0000_0000, slice.segments[0]?.offset ?? 0)).toBe(0x1_0000_0000);
    }
  });

  it("takes this machine's architecture, else the first", () => {
    const chosen = openBinary(bytesSource("universal", fat(false, cputypes, thin))).architecture;
    expect(chosen).toBe(process.arch === "arm64" ? "arm64" : "x64");
    const foreign = bytesSource("universal", fat(false, [0x12, 0x0100_0012], thin));
    expect(openBinary(foreign).buildId).toBe("d08fbb77ad0e37ba95720dfe893de085");
  });

  it("an architecture that it has not is an error with those it has", () => {
    const source = bytesSource("universal", fat(false, cputypes, thin));
    expect(() => openBinary(source, { architecture: "ia32" })).toThrow(
      expect.objectContaining({ code: "unsupported", source: "universal", message: expect.stringContaining("x64, arm64") }),
    );
    expect(() => openBinary(patched(source, [], 0x10_0000), { architecture: "arm64" })).toThrow(
      expect.objectContaining({ code: "truncated" }),
    );
    expect(() => openBinary(bytesSource("universal", fat(false, [7], [Buffer.alloc(4096)])))).toThrow(
      expect.objectContaining({ code: "malformed" }),
    );
  });

  it("a Java class file has the same magic", () => {
    const java = Buffer.alloc(64);
    java.writeUInt32BE(0xcafebabe, 0);
    java.writeUInt32BE(65, 4);
    expect(() => openBinary(bytesSource("A.class", java))).toThrow(expect.objectContaining({ code: "unknown-format" }));
  });
});

function fat(wide: boolean, cputypes: readonly number[], files: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(0x4000);
  header.writeUInt32BE(wide ? 0xcafebabf : 0xcafebabe, 0);
  header.writeUInt32BE(files.length, 4);
  const parts: Buffer[] = [header];
  let offset = header.length;
  for (const [index, file] of files.entries()) {
    const at = 8 + index * (wide ? 32 : 20);
    header.writeUInt32BE(cputypes[index] ?? 0, at);
    header.writeUInt32BE(offset, at + (wide ? 12 : 8));
    header.writeUInt32BE(file.length, at + (wide ? 20 : 12));
    const padding = Buffer.alloc(0x4000 - (file.length % 0x4000));
    parts.push(file, padding);
    offset += file.length + padding.length;
  }
  return Buffer.concat(parts);
}
