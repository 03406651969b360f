import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileSource, openBinary } from "@pyspy/binary";
import { describe, expect, it } from "vitest";
import { has, inTemporaryFolder, run } from "./real-files.ts";
import { readelf } from "./readelf.ts";

const noCompiler = !has("gcc") || !has("objcopy") || !has("readelf");

describe.skipIf(noCompiler)("names that link-time optimisation has changed [needs gcc, objcopy and readelf]", () => {
  const source = `
static int interp_head[2] = {1, 2};
static int plain = 3;
int other_head = 4;
__attribute__((noinline)) static int function(int n) { return interp_head[n] + plain++; }
int use(int n) { return function(n) + other_head; }
`;

  function symbolsOf(renames: readonly string[], names: readonly string[]): Record<string, unknown> {
    return inTemporaryFolder((folder) => {
      writeFileSync(join(folder, "source.c"), source);
      run("gcc", ["-O1", "-shared", "-fPIC", "-o", "source.so", "source.c"], folder);
      run("objcopy", [...renames.map((rename) => `--redefine-sym=${rename}`), "source.so", "renamed.so"], folder);
      const path = join(folder, "renamed.so");
      using file = fileSource(path);
      const found = openBinary(file).symbols(names);
      const all = readelf(path).symbols;
      return Object.fromEntries([...found].map(([name, { address }]) => [name, all.find(({ value }) => value === address)?.name]));
    });
  }

  it.each([".lto_priv.0", ".lto_priv.12", ".llvm.1234567890123456789"])("%s", (suffix) => {
    expect(symbolsOf([`interp_head=interp_head${suffix}`], ["interp_head", "plain"])).toEqual({ interp_head: `interp_head${suffix}`, plain: "plain" });
  });

  it.each([".cold", ".part.0", ".lto_priv", ".lto_priv.0.cold", ".3", "x.0"])("%s is another symbol", (suffix) => {
    expect(symbolsOf([`interp_head=interp_head${suffix}`], ["interp_head", "plain"])).toEqual({ plain: "plain" });
  });

  it("the name itself comes before a changed one", () => {
    expect(symbolsOf(["interp_head=plain.lto_priv.0"], ["plain"])).toEqual({ plain: "plain" });
  });
});
