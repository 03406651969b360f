import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as zlib from "node:zlib";
import { bytesSource, fileSource, openBinary } from "@pyspy/binary";
import { describe, expect, it } from "vitest";
import { has, inTemporaryFolder, run } from "./real-files.ts";
import { readelf } from "./readelf.ts";

const noCompiler = !has("gcc") || !has("objcopy") || !has("readelf");
const canBuild32 = !noCompiler && inTemporaryFolder((folder) => {
  writeFileSync(join(folder, "empty.c"), "int nothing;\n");
  try {
    run("gcc", ["-m32", "-shared", "-nostdlib", "-fPIC", "-o", "empty.so", "empty.c"], folder);
    return true;
  } catch {
    return false;
  }
});

const noZstd = noCompiler || zlib.zstdDecompressSync === undefined || !run("objcopy", ["--help"]).includes("zstd");

const source = `
const char table[] __attribute__((section("probe"), used)) = "offsets";
int counter = 7;
static int zeroed[64] __attribute__((used));
__thread int perThread = 1;
extern int elsewhere;
static int hidden(void) { return elsewhere + counter + perThread + zeroed[0]; }
int pread(void) { return hidden(); }
int read(void) { return pread(); }
`;

function build(folder: string, name: string, args: readonly string[]): string {
  writeFileSync(join(folder, "source.c"), source);
  run("gcc", ["-O1", "-fno-inline", "-g0", "-fPIC", "-o", name, "source.c", ...args], folder);
  return join(folder, name);
}

describe.skipIf(noCompiler)("object files [needs gcc, objcopy and readelf]", () => {
  it("sections, their bytes, and symbols that count from their section", () => {
    inTemporaryFolder((folder) => {
      const path = build(folder, "source.o", ["-c"]);
      using file = fileSource(path);
      const binary = openBinary(file);
      expect(binary).toMatchObject({ format: "elf", pointerSize: 8, segments: [], positionIndependent: true });
      const probe = binary.section("probe");
      if (probe === undefined) throw new Error("no section");
      expect(Buffer.from(binary.sectionBytes(probe)).toString()).toBe("offsets\0");
      const bss = binary.section(".bss");
      if (bss === undefined) throw new Error("no .bss");
      expect(bss).toMatchObject({ size: 256, fileSize: 0 });
      expect(binary.sectionBytes(bss)).toEqual(new Uint8Array(256));
      const expected = readelf(path).symbols.find(({ name }) => name === "pread");
      expect(binary.symbols(["counter", "pread", "table", "hidden", "perThread", "elsewhere"])).toEqual(
        new Map([
          ["counter", { name: "counter", address: 0, size: 4, kind: "object", table: "symtab" }],
          ["hidden", expect.objectContaining({ kind: "function" })],
          ["pread", { name: "pread", address: expected?.value, size: expected?.size, kind: "function", table: "symtab" }],
          ["table", { name: "table", address: 0, size: 8, kind: "object", table: "symtab" }],
        ]),
      );
      expect(binary.dataRanges()).toEqual([]);
      expect(() => binary.read(0, 1)).toThrow(expect.objectContaining({ code: "unmapped" }));
    });
  });

  it("names that are the end of another's string", () => {
    inTemporaryFolder((folder) => {
      const path = build(folder, "source.so", ["-shared", "-s", "-Wl,-O2", "-Wl,--hash-style=sysv"]);
      using file = fileSource(path);
      const strings = openBinary(file).sectionBytes(sectionOf(openBinary(file), ".dynstr"));
      expect(Buffer.from(strings).includes("\0read\0")).toBe(false);
      const symbols = openBinary(file).symbols(["read", "pread"]);
      expect([...symbols.keys()].sort()).toEqual(["pread", "read"]);
      expect(symbols.get("read")?.address).toBe(readelf(path).symbols.find(({ name }) => name === "read")?.value);
      expect(symbols.get("read")?.address).not.toBe(symbols.get("pread")?.address);
    });
  });

  it.each(["gnu", "sysv"])("without section headers, the %s hash table tells how many symbols there are", (style) => {
    inTemporaryFolder((folder) => {
      const path = build(folder, "source.so", ["-shared", `-Wl,--hash-style=${style}`, "-nostdlib"]);
      using file = fileSource(path);
      const bytes = file.read(0, file.size);
      bytes.fill(0, 40, 48);
      const bare = openBinary(bytesSource("bare", bytes));
      expect(bare.sections).toEqual([]);
      const dynamic = readelf(path).symbols.filter(({ table, type, section }) => {
        return table === ".dynsym" && section !== "UND" && (type === "FUNC" || type === "OBJECT");
      });
      expect([...bare.allSymbols()].map(({ name }) => name)).toEqual(dynamic.map(({ name }) => name));
      expect(bare.symbols(["read"]).get("read")?.address).toBe(dynamic.find(({ name }) => name === "read")?.value);
    });
  });

  it("the default version of a symbol that has two", () => {
    inTemporaryFolder((folder) => {
      writeFileSync(join(folder, "v.map"), "V1 { }; V2 { } V1;\n");
      writeFileSync(
        join(folder, "v.c"),
        '__asm__(".symver old,twice@V1\\n.symver new,twice@@V2");\nint old(void) { return 1; }\nint new(void) { return 2; }\n',
      );
      run("gcc", ["-shared", "-fPIC", "-nostdlib", "-Wl,--version-script=v.map", "-o", "v.so", "v.c"], folder);
      using file = fileSource(join(folder, "v.so"));
      const symbols = openBinary(file).symbols(["twice", "new", "old"]);
      expect(symbols.get("twice")).toMatchObject({ table: "dynsym", address: symbols.get("new")?.address });
      expect(symbols.get("old")?.address).not.toBe(symbols.get("new")?.address);
    });
  });

  it.skipIf(noZstd)("sections compressed by zstd come decompressed [needs zstd in Node and objcopy]", () => {
    expectDecompressed("zstd");
  });

  it("sections compressed by zlib come decompressed", () => {
    expectDecompressed("zlib");
  });

  it("the debug link's name and checksum", () => {
    inTemporaryFolder((folder) => {
      build(folder, "source.o", ["-c"]);
      writeFileSync(join(folder, "some.debug"), "contents");
      run("objcopy", ["--add-gnu-debuglink=some.debug", "source.o", "linked.o"], folder);
      using file = fileSource(join(folder, "linked.o"));
      expect(openBinary(file).debugLink).toEqual({ file: "some.debug", crc32: zlib.crc32("contents") });
    });
  });

  it.each(["elf32-big", "elf64-big", "elf32-little", "elf64-little"])("%s", (target) => {
    inTemporaryFolder((folder) => {
      writeFileSync(join(folder, "blob"), "some bytes");
      run("objcopy", ["-I", "binary", "-O", target, "blob", "blob.o"], folder);
      using file = fileSource(join(folder, "blob.o"));
      const binary = openBinary(file);
      expect(binary.pointerSize).toBe(target.startsWith("elf32") ? 4 : 8);
      expect(binary.endianness).toBe(target.endsWith("big") ? "big" : "little");
      expect(binary.architecture).toBe("other");
      expect(binary.sections).toEqual(
        readelf(join(folder, "blob.o")).sections.map(({ name, address, offset, size }) => {
          return { name, segment: "", address, size, offset, fileSize: size };
        }),
      );
      expect(Buffer.from(binary.sectionBytes(sectionOf(binary, ".data"))).toString()).toBe("some bytes");
      // `_binary_blob_size` is a constant, no address.
      expect([...binary.symbols(["_binary_blob_start", "_binary_blob_end", "_binary_blob_size"]).values()]).toEqual([
        { name: "_binary_blob_start", address: 0, size: 0, kind: "other", table: "symtab" },
        { name: "_binary_blob_end", address: 10, size: 0, kind: "other", table: "symtab" },
      ]);
    });
  });

  it("more sections than the file header can count", () => {
    inTemporaryFolder((folder) => {
      const count = 66_000;
      const lines = Array.from({ length: count }, (_, index) => `.section s${index},"a"\n.byte 1\n`);
      writeFileSync(join(folder, "many.s"), `${lines.join("")}.globl last\n.type last,@object\nlast: .byte 2\n.size last,1\n`);
      run("gcc", ["-c", "-o", "many.o", "many.s"], folder);
      using file = fileSource(join(folder, "many.o"));
      const binary = openBinary(file);
      expect(binary.section(`s${count - 1}`)).toMatchObject({ size: 2, fileSize: 2 });
      expect(binary.sections.length).toBeGreaterThan(count);
      expect([...binary.sectionBytes(sectionOf(binary, `s${count - 1}`))]).toEqual([1, 2]);
      expect(binary.symbols(["last"]).get("last")).toMatchObject({ address: 1, size: 1, kind: "object" });
    });
  });
});

it.skipIf(!canBuild32)("32-bit libraries [needs gcc -m32]", () => {
  inTemporaryFolder((folder) => {
    const path = build(folder, "source.so", ["-m32", "-shared", "-nostdlib", "-Wl,--build-id"]);
    using file = fileSource(path);
    const binary = openBinary(file);
    const oracle = readelf(path);
    expect(binary).toMatchObject({ architecture: "ia32", pointerSize: 4, endianness: "little", buildId: oracle.buildId });
    expect(binary.segments.map(({ address, size }) => ({ address, size }))).toEqual(
      oracle.loads.map(({ address, size }) => ({ address, size })),
    );
    const counter = binary.symbols(["counter"]).get("counter");
    expect(counter).toMatchObject({ address: oracle.symbols.find(({ name }) => name === "counter")?.value, table: "dynsym" });
    expect([...binary.read(counter?.address ?? 0, 4)]).toEqual([7, 0, 0, 0]);
    const bare = file.read(0, file.size);
    bare.fill(0, 32, 36).fill(0, 48, 52);
    expect(openBinary(bytesSource("bare", bare)).symbols(["counter"]).get("counter")).toEqual(counter);
    expect(binary.symbols(["hidden"]).get("hidden")?.table).toBe("symtab");
  });
});

function sectionOf(binary: ReturnType<typeof openBinary>, name: string): ReturnType<typeof openBinary>["sections"][number] {
  const section = binary.section(name);
  if (section === undefined) throw new Error(`no section ${name}`);
  return section;
}

function expectDecompressed(method: string): void {
  inTemporaryFolder((folder) => {
    build(folder, "plain.o", ["-c", "-g"]);
    run("objcopy", [`--compress-debug-sections=${method}`, "plain.o", "packed.o"], folder);
    using plain = fileSource(join(folder, "plain.o"));
    using packed = fileSource(join(folder, "packed.o"));
    const binary = openBinary(packed);
    const section = sectionOf(binary, ".debug_info");
    const expected = openBinary(plain).sectionBytes(sectionOf(openBinary(plain), ".debug_info"));
    expect(packed.read(section.offset, 4)).toEqual(Uint8Array.of(method === "zlib" ? 1 : 2, 0, 0, 0)); // ch_type
    expect(new Uint8Array(binary.sectionBytes(section))).toEqual(expected);
  });
}
