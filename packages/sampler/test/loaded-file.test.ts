import { openBinary } from "@pyspy/binary";
import { openProcess } from "@pyspy/process";
import { anyPython, startTarget } from "@pyspy/test-fixtures";
import { expect, it } from "vitest";
import { LoadedFile } from "../src/loaded-file.ts";

const NAMES = ["_PyRuntime", "Py_Version", "PyBool_Type", "malloc", "pthread_create", "_PyNoSuchThing"];

it("a file as it is in memory has the dynamic symbols, segments and build id of the file", async () => {
  await using target = await startTarget(anyPython(), "still.py");
  using process = openProcess(target.pid);
  const maps = process.memoryMaps().filter(({ path }) => /^\/.*(\.so|python)/.test(path));
  const paths = [...new Set(maps.filter(({ executable }) => executable).map(({ path }) => path))];
  expect(paths.length).toBeGreaterThan(2);
  let symbols = 0;
  for (const path of paths) {
    const own = maps.filter((map) => map.path === path);
    const [first] = own;
    if (first?.offset !== 0) throw new Error(`${path} does not begin with its beginning`);
    const file = openBinary(process.mappedFile(first));
    const loaded = openBinary(new LoadedFile(process.memory, own), { loadedAt: first.start });
    expect(loaded).toMatchObject({ architecture: file.architecture, segments: file.segments, buildId: file.buildId, sections: [] });
    expect(loaded.loadBias(first.start, 0)).toBe(file.loadBias(first.start, 0));
    const dynamic = [...file.symbols(NAMES).values()].filter(({ table }) => table === "dynsym");
    expect([...loaded.symbols(NAMES).values()], path).toEqual(dynamic);
    symbols += dynamic.length;
  }
  expect(symbols).toBeGreaterThan(4);
});

it("what is not mapped reads as zeros", () => {
  const memory = { read: (address: number, length: number) => new Uint8Array(length).fill(address >>> 12) };
  const common = { readable: true, writable: false, executable: false, path: "/lib", deleted: true, device: "00:01", inode: 1 };
  const maps = [
    { ...common, start: 0x1000, end: 0x2000, offset: 0 },
    { ...common, start: 0x5000, end: 0x6000, offset: 0x3000 },
  ];
  const file = new LoadedFile(memory as never, maps);
  expect(file).toMatchObject({ name: "/lib", size: 0x4000 });
  const bytes = file.read(0xffe, 0x2004);
  expect([...bytes.subarray(0, 4), ...bytes.subarray(-4)]).toEqual([1, 1, 0, 0, 0, 0, 5, 5]);
  expect(file.read(0x3ffe, 100)).toEqual(new Uint8Array([5, 5]));
  expect(file.read(0x4000, 1)).toEqual(new Uint8Array(0));
  expect(file.read(0x9000, 1)).toEqual(new Uint8Array(0));
});
