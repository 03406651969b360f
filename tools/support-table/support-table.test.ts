import { supportedVersions } from "@pyspy/layouts";
import { describe, expect, it } from "vitest";
import { readSupport } from "./support.ts";
import { supportTable, tableInReadme } from "./table.ts";

describe("the support table", () => {
  const support = readSupport();

  it("in README is what the results of the matrix say", () => {
    expect(tableInReadme()).toBe(supportTable(support));
  });

  it("has a row for every version that has a layout for linux-x64", () => {
    const table = supportTable(support);
    for (const { major, minor, freeThreaded, targets } of supportedVersions()) {
      if (!targets.includes("linux-x64")) continue;
      const name = freeThreaded ? `${major}\\.${minor}(\\.\\d+)?t` : `${major}\\.${minor}(\\.\\d+)?`;
      expect(table).toMatch(new RegExp(`^\\| ${name}[ ,]`, "m"));
    }
  });

  it("claims that the tests repeat nothing for versions whose layouts count as derived", () => {
    const proven = supportedVersions().filter(({ evidence }) => evidence === "proven").map(({ major, minor }) => `${major}.${minor}`);
    for (const { major, minor } of support.filter(({ byHand }) => !byHand)) expect(proven).toContain(`${major}.${minor}`);
  });
});
