import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs";
import { fileSource, openBinary } from "@pyspy/binary";
import { expect, it } from "vitest";
import { mappedLibc } from "./real-files.ts";

const noProc = !existsSync("/proc/self/mem") || mappedLibc() === undefined;

interface Mapping {
  readonly start: number;
  readonly offset: number;
  readonly executable: boolean;
  readonly path: string;
}

function mappings(): Mapping[] {
  const line = /^([0-9a-f]+)-[0-9a-f]+ ..(.). ([0-9a-f]+) \S+ \S+ +(\/.*)$/gm;
  const text = readFileSync("/proc/self/maps", "utf8");
  return Array.from(text.matchAll(line), ([, start = "", flag, offset = "", path = ""]) => {
    return { start: Number.parseInt(start, 16), offset: Number.parseInt(offset, 16), executable: flag === "x", path };
  });
}

it.skipIf(noProc)("code of this process's libraries is in memory where the load bias says [needs /proc]", () => {
  const all = mappings();
  const mem = openSync("/proc/self/mem", "r");
  let checked = 0;
  for (const path of new Set(all.map((mapping) => mapping.path))) {
    const parts = all.filter((mapping) => mapping.path === path);
    if (!/\.so(\.\d+)*$/.test(path) || !existsSync(path)) continue;
    using file = fileSource(path);
    const binary = openBinary(file);
    const [lowest] = parts;
    const code = parts.find(({ executable }) => executable);
    if (lowest === undefined || code === undefined) continue;
    const bias = binary.loadBias(lowest.start, lowest.offset);
    expect(binary.loadBias(code.start, code.offset), path).toBe(bias);
    const loaded = Buffer.alloc(64);
    for (const { address } of binary.segments.filter(({ writable }) => !writable)) {
      readSync(mem, loaded, 0, 64, bias + address);
      expect(Buffer.from(binary.read(address, 64)).equals(loaded), path).toBe(true);
    }
    checked += 1;
  }
  closeSync(mem);
  expect(checked).toBeGreaterThan(3);
});
