import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs";
import { type Binary, fileSource, openBinary } from "@pyspy/binary";
import { expect, it } from "vitest";
import { mappedLibc } from "./real-files.ts";

const noProc = !existsSync("/proc/self/mem") || mappedLibc() === undefined;

interface Mapping {
  readonly start: number;
  readonly offset: number;
  readonly path: string;
}

function mappings(): Mapping[] {
  const line = /^([0-9a-f]+)-[0-9a-f]+ \S+ ([0-9a-f]+) \S+ \S+ +(\/.*)$/gm;
  const text = readFileSync("/proc/self/maps", "utf8");
  return Array.from(text.matchAll(line), ([, start = "", offset = "", path = ""]) => {
    return { start: Number.parseInt(start, 16), offset: Number.parseInt(offset, 16), path };
  });
}

it.skipIf(noProc)("code of this process's libraries is in memory where the load bias says [needs /proc]", () => {
  const byPath = Map.groupBy(mappings(), ({ path }) => path);
  const mem = openSync("/proc/self/mem", "r");
  let checked = 0;
  for (const [path, parts] of byPath) {
    if (!/\.so|\/node$/.test(path) || !existsSync(path)) continue;
    using file = fileSource(path);
    const binary = openBinary(file);
    const biases = new Set(parts.map(({ start, offset }) => binary.loadBias(start, offset)));
    expect([...biases], path).toHaveLength(1);
    const [bias = 0] = biases;
    const address = textOf(binary);
    const loaded = Buffer.alloc(64);
    readSync(mem, loaded, 0, 64, bias + address);
    expect(Buffer.from(binary.read(address, 64)).equals(loaded), path).toBe(true);
    checked += 1;
  }
  closeSync(mem);
  expect(checked).toBeGreaterThan(3);
});

function textOf(binary: Binary): number {
  return binary.section(".text")?.address ?? Number.NaN;
}
