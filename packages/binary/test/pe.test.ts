import { readFileSync } from "node:fs";
import { bytesSource, fileSource, openBinary } from "@pyspy/binary";
import { Parse } from "pe-parser";
import { describe, expect, it } from "vitest";
import { dataRva, imageBase, peImage, textRva } from "./pe-image.ts";
import { has, koffi, peFiles, run } from "./real-files.ts";
import { counting } from "./sources.ts";

const machines = { 0x8664: "x64", 0xaa64: "arm64", 0x14c: "ia32" } as const;

describe.each(peFiles)("%s", (path) => {
  it("headers as pe-parser has them", async () => {
    using file = fileSource(path);
    const binary = openBinary(file);
    const { nt_headers, sections } = await Parse(readFileSync(path));
    const { FileHeader, OptionalHeader } = nt_headers;
    const base = Number(OptionalHeader.ImageBase);
    expect(binary).toMatchObject({ format: "pe", endianness: "little", positionIndependent: true, debugLink: undefined });
    expect(binary.architecture).toBe(machines[FileHeader.Machine as keyof typeof machines]);
    expect(binary.pointerSize).toBe(OptionalHeader.Magic === 0x20b ? 8 : 4);
    expect(binary.sections).toEqual(
      sections.map(({ Name, VirtualSize, VirtualAddress, SizeOfRawData, PointerToRawData }) => ({
        name: Name.replace(/\0+$/, ""),
        segment: "",
        address: base + VirtualAddress,
        size: VirtualSize,
        offset: PointerToRawData,
        fileSize: Math.min(SizeOfRawData, VirtualSize),
      })),
    );
    expect(binary.sections.length).toBe(FileHeader.NumberOfSections);
    expect(binary.loadBias(0x7ff0_0000_0000, 0)).toBe(0x7ff0_0000_0000 - base);
  });

  it("sections' bytes, the headers', and zeros past the file's", () => {
    using file = fileSource(path);
    const binary = openBinary(file);
    const [headers] = binary.segments;
    expect(Buffer.from(binary.read(headers?.address ?? 0, 2)).toString()).toBe("MZ");
    const data = binary.section(".data");
    if (data === undefined) throw new Error("no .data");
    expect(data.fileSize).toBeLessThan(data.size);
    const bytes = binary.sectionBytes(data);
    expect(bytes.subarray(0, data.fileSize)).toEqual(file.read(data.offset, data.fileSize));
    expect(bytes.subarray(data.fileSize)).toEqual(new Uint8Array(data.size - data.fileSize));
    expect(binary.read(data.address, data.size)).toEqual(bytes);
    expect(binary.dataRanges()).toContainEqual({ start: data.address, end: data.address + data.size });
    const text = binary.section(".text");
    expect(binary.dataRanges().map(({ start }) => start)).not.toContain(text?.address);
    expect(binary.pythonRuntimeSection()).toBeUndefined();
  });

  it.skipIf(!has("llvm-readobj"))("exports as LLVM has them [needs llvm-readobj]", () => {
    using file = fileSource(path);
    const source = counting(file);
    const binary = openBinary(source);
    const base = binary.segments[0]?.address ?? 0;
    const text = run("llvm-readobj", ["--coff-exports", path]);
    const expected = Array.from(text.matchAll(/Name: (\w+)\n\s+RVA: 0x(\w+)/g), ([, name = "", rva = ""]) => {
      const address = base + Number.parseInt(rva, 16);
      return { name, address, size: 0, kind: "function", table: "exports" };
    });
    expect(expected.map(({ name }) => name)).toContain("napi_register_module_v1");
    expect([...binary.symbols(expected.map(({ name }) => name)).values()]).toEqual(expected);
    expect([...binary.allSymbols()]).toEqual(expected);
    expect(binary.symbols(["no_such_name", "", "zzz"]).size).toBe(0);
    expect(source.bytesRead).toBeLessThan(50_000);
  });
});

it.skipIf(!has("llvm-readobj"))("CodeView ids as LLVM has them [needs llvm-readobj]", () => {
  const ids = peFiles.map((path) => {
    using file = fileSource(path);
    const text = run("llvm-readobj", ["--coff-debug-directory", path]);
    const [, guid] = /PDBGUID: \{([0-9A-F-]+)\}/.exec(text) ?? [];
    const [, age = ""] = /PDBAge: (\d+)/.exec(text) ?? [];
    const expected = guid === undefined ? undefined : guid.replaceAll("-", "").toLowerCase() + Number(age).toString(16);
    expect(openBinary(file).buildId).toBe(expected);
    return expected;
  });
  expect(ids).toHaveLength(3);
});

describe("an image made by the test", () => {
  const names = Array.from({ length: 1500 }, (_, index) => `Py_export${index * 7}`);
  const exports = [
    ...names.map((name, index) => ({ name, target: textRva + (index % 0x200) })),
    { name: "_PyRuntime", target: dataRva },
    { name: "Forwarded", target: "other.RealName" },
  ];
  const rsds = Buffer.from("RSDS\x04\x03\x02\x01\x06\x05\x08\x07ABCDEFGH\x1a\0\0\0C:\\python.pdb\0", "latin1");
  const image = peImage(exports, rsds);

  it("finds each of many exports by binary search", () => {
    const source = counting(bytesSource("image", image));
    const binary = openBinary(source);
    expect(binary.symbols(["_PyRuntime"]).get("_PyRuntime")).toEqual({
      name: "_PyRuntime", address: imageBase + dataRva, size: 0, kind: "object", table: "exports",
    });
    expect(source.reads).toBeLessThan(16);
    const found = binary.symbols(names);
    expect(found.size).toBe(names.length);
    for (const { name, target } of exports.slice(0, names.length)) {
      expect(found.get(name)).toMatchObject({ address: imageBase + Number(target), kind: "function" });
    }
  });

  it("leaves forwarders out", () => {
    const binary = openBinary(bytesSource("image", image));
    expect(binary.symbols(["Forwarded"]).size).toBe(0);
    expect([...binary.allSymbols()].map(({ name }) => name).sort()).toEqual([...names, "_PyRuntime"].sort());
  });

  it("matches section names as they are cut, and reads the GUID and age", () => {
    const binary = openBinary(bytesSource("image", image));
    expect(binary.pythonRuntimeSection()).toMatchObject({ name: "PyRuntim", address: imageBase + dataRva, size: 0x1000 });
    expect(binary.section("PyRuntime")).toBe(binary.pythonRuntimeSection());
    expect(binary.buildId).toBe("010203040506070841424344454647481a");
  });

  it("an export array that leaves its section is an error", () => {
    const broken = Buffer.from(image);
    const directory = 0x400 + 0x200 + 0x200;
    broken.writeUInt32LE(60_000, directory + 24);
    expect(() => openBinary(bytesSource("broken", broken)).symbols(["x"])).toThrow(
      expect.objectContaining({ code: "malformed", source: "broken" }),
    );
    broken.writeUInt32LE(0xffff_ffff, directory + 24);
    expect(() => openBinary(bytesSource("broken", broken)).symbols(["x"])).toThrow(
      expect.objectContaining({ code: "too-large" }),
    );
  });
});

it("a DOS program is none of ours", () => {
  const dos = Buffer.alloc(512);
  dos.write("MZ");
  expect(() => openBinary(bytesSource("a.exe", dos))).toThrow(expect.objectContaining({ code: "unknown-format" }));
  using file = fileSource(koffi("win32-x64"));
  expect(openBinary(bytesSource("cut", file.read(0, 0x2000))).architecture).toBe("x64");
});
