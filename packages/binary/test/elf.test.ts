import { existsSync } from "node:fs";
import { type Binary, type BinarySymbol, fileSource, openBinary } from "@pyspy/binary";
import { describe, expect, it } from "vitest";
import { has, libpythons, mappedLibc } from "./real-files.ts";
import { readelf, type Readelf, type ReadelfSymbol } from "./readelf.ts";

const files = [...libpythons, "/usr/bin/python3.11", mappedLibc(), ...(libpythons.length === 0 ? [process.execPath] : [])].filter(
  (path): path is string => path !== undefined && existsSync(path),
);
const noOracle = !has("readelf") || files.length === 0;

describe.skipIf(noOracle).each(files)("%s as readelf has it [needs readelf and ELF files]", (path) => {
  const oracle = noOracle ? undefined : readelf(path);
  const binary = openBinary(fileSource(path));

  it("sections and segments", () => {
    expect(binary.format).toBe("elf");
    expect(binary.sections).toEqual(sectionsOf(oracle));
    expect(binary.segments).toEqual(segmentsOf(oracle));
    expect(binary.sections.length).toBeGreaterThan(20);
    expect(binary.section(".dynsym")).toEqual(binary.sections.find(({ name }) => name === ".dynsym"));
    expect(binary.section(".nothing")).toBeUndefined();
  });

  it("build id", () => {
    expect(binary.buildId).toBe(oracle?.buildId);
  });

  it("every function and object", () => {
    const named = (oracle?.symbols ?? []).filter(isFunctionOrObject);
    const dynamic = named.filter(({ table }) => table === ".dynsym").map(keyOfReadelf);
    const known = new Set(dynamic);
    const others = named.filter(({ table }) => table === ".symtab").map(keyOfReadelf).filter((key) => !known.has(key));
    const expected = [...dynamic, ...others];
    const symbols = Array.from(binary.allSymbols(), keyOf);
    const differing = symbols.findIndex((symbol, index) => symbol !== expected[index]);
    expect([symbols[differing], expected[differing]]).toEqual([undefined, undefined]);
    expect(symbols.length).toBe(expected.length);
    expect(symbols.length).toBeGreaterThan(500);
  });

  it("symbols by name, of both tables", () => {
    const named = (oracle?.symbols ?? []).filter(hasAddress);
    const step = Math.ceil(named.length / 60);
    const names = named.filter((_, index) => index % step === 0).map(({ name }) => name);
    const found = binary.symbols([...names, "no_such_name", ""]);
    expect([...found.keys()].sort()).toEqual([...new Set(names)].sort());
    for (const [name, symbol] of found) {
      const candidates = candidatesOf(named, name);
      const { value, size } = { value: symbol.address, size: symbol.size };
      expect(candidates, name).toContainEqual({ table: `.${symbol.table}`, value, size });
    }
  });

  it("undefined symbols are not found", () => {
    const defined = new Set(oracle?.symbols.filter(hasAddress).map(({ name }) => name));
    const imported = oracle?.symbols.filter(({ name, section }) => section === "UND" && !defined.has(name)) ?? [];
    expect(binary.symbols(imported.map(({ name }) => name)).size).toBe(0);
    expect(imported.length).toBeGreaterThan(5);
  });

  it("data ranges hold the variables that stay writable", () => {
    expectVariablesInRanges(binary, oracle?.symbols ?? []);
  });
});

function sectionsOf(oracle: Readelf | undefined): unknown[] | undefined {
  return oracle?.sections.map(({ name, type, address, offset, size }) => {
    return { name, segment: "", address, size, offset, fileSize: type === "NOBITS" ? 0 : size };
  });
}

function segmentsOf(oracle: Readelf | undefined): unknown[] | undefined {
  return oracle?.loads.map(({ offset, address, fileSize, size, flags }) => {
    const [readable, writable, executable] = ["R", "W", "E"].map((flag) => flags.includes(flag));
    return { address, size, offset, fileSize, readable, writable, executable };
  });
}

function hasAddress({ section, type }: ReadelfSymbol): boolean {
  return !["UND", "ABS", "COM"].includes(section) && !["SECTION", "FILE", "TLS"].includes(type);
}

function isFunctionOrObject(symbol: ReadelfSymbol): boolean {
  return hasAddress(symbol) && ["FUNC", "OBJECT", "IFUNC"].includes(symbol.type);
}

function keyOfReadelf({ name, value, size, type }: ReadelfSymbol): string {
  return `${name} ${value} ${size} ${type === "OBJECT" ? "object" : "function"}`;
}

function keyOf({ name, address, size, kind }: BinarySymbol): string {
  return `${name} ${address} ${size} ${kind}`;
}

/** Dynamic symbols go first, then global ones, then local ones. */
function candidatesOf(symbols: readonly ReadelfSymbol[], wanted: string): unknown[] {
  const named = symbols.filter(({ name }) => name === wanted);
  const dynamic = named.filter(({ table }) => table === ".dynsym");
  const global = named.filter(({ bind }) => bind !== "LOCAL");
  const first = [dynamic, global, named].find((some) => some.length > 0) ?? [];
  return first.map(({ table, value, size }) => ({ table, value, size }));
}

function expectVariablesInRanges(binary: Binary, symbols: readonly ReadelfSymbol[]): void {
  const ranges = binary.dataRanges();
  const data = new Set([".data", ".bss", ".PyRuntime"].map((name) => sectionIndex(binary, name)));
  const variables = symbols.filter(({ type, section, size }) => {
    return type === "OBJECT" && size > 0 && data.has(Number(section));
  });
  const outside = variables.filter(({ value, size }) => {
    return !ranges.some(({ start, end }) => value >= start && value + size <= end);
  });
  expect(outside).toEqual([]);
  expect(variables.length).toBeGreaterThan(0);
  const text = binary.section(".text");
  expect(ranges.filter(({ start, end }) => text !== undefined && start < text.address + text.size && end > text.address)).toEqual([]);
  expect(ranges).toEqual(ranges.toSorted((one, other) => one.start - other.start));
}

/** As symbols count sections, from the null section on. */
function sectionIndex(binary: Binary, name: string): number {
  return binary.sections.findIndex((section) => section.name === name) + 1;
}
