import { describe, expect, it } from "vitest";
import { CallSites } from "../src/call-sites.ts";

const CALLER = 19_999;

/** A caller that calls `one` from 10 and `two` from 20, a thousand times each. */
function twoSites(): CallSites {
  const sites = new CallSites();
  for (let count = 0; count < 1000; count++) {
    expect(sites.doubt(CALLER, 10, 1)).toBeUndefined();
    expect(sites.doubt(CALLER, 20, 2)).toBeUndefined();
  }
  return sites;
}

describe("a call that was never seen", () => {
  it("is doubted where its site calls something else, and it is called from elsewhere", () => {
    const sites = twoSites();
    expect(sites.doubt(CALLER, 20, 1)).toBeDefined();
    expect(sites.doubt(CALLER, 10, 2)).toBeDefined();
  });

  it("is not taken for another one of the same site", () => {
    const sites = twoSites();
    for (let count = 0; count < 1000; count++) sites.doubt(CALLER, 30, 3);
    const first = sites.doubt(CALLER, 20, 1);
    expect(sites.doubt(CALLER, 20, 3)).not.toBe(first);
    expect(sites.doubt(CALLER, 20, 1)).toBe(first);
  });

  it("is not doubted once it is confirmed", () => {
    const sites = twoSites();
    sites.confirm(sites.doubt(CALLER, 20, 1)!);
    expect(sites.doubt(CALLER, 20, 1)).toBeUndefined();
    expect(sites.doubt(CALLER, 10, 2)).toBeDefined();
  });

  it("is not doubted where it is the only one of its callee", () => {
    expect(twoSites().doubt(CALLER, 20, 3)).toBeUndefined();
  });

  it("is not doubted at a site of its own", () => {
    expect(twoSites().doubt(CALLER, 30, 1)).toBeUndefined();
  });

  it("is not doubted by what another caller does", () => {
    const sites = twoSites();
    for (let count = 0; count < 1000; count++) sites.doubt(CALLER + 1, 20, 3);
    expect(sites.doubt(CALLER, 20, 3)).toBeUndefined();
  });
});

it("a site of a hundred callees, each of which is called from elsewhere as well, loses at most one call in a hundred", () => {
  const sites = new CallSites();
  for (let round = 0; round < 100; round++) for (let callee = 1; callee <= 100; callee++) sites.doubt(CALLER, 10, callee);
  let doubted = 0;
  const count = 20_000;
  for (let call = 0; call < count; call++) if (sites.doubt(CALLER, 20, 1 + (call % 100))) doubted++;
  expect(doubted).toBeLessThanOrEqual((count + 10_000) / 100);
});

it("a site that calls hardly anything else is doubted up to once in 25 calls", () => {
  const sites = twoSites();
  let doubted = 0;
  for (let call = 0; call < 4000; call++) {
    for (let real = 0; real < 10; real++) expect(sites.doubt(CALLER, 20, 2)).toBeUndefined();
    if (sites.doubt(CALLER, 20, 1)) doubted++;
    for (let real = 0; real < 19; real++) expect(sites.doubt(CALLER, 10, 1)).toBeUndefined();
  }
  expect(doubted).toBe(4000);
});

it("is taken to come from its usual site where there are too many to read again", () => {
  const sites = twoSites();
  const usual: number[] = [];
  for (let round = 0; round < 400; round++) {
    for (let real = 0; real < 17; real++) for (const callee of [1, 2]) expect(sites.doubt(CALLER, 10 * callee, callee)).toBeUndefined();
    for (const callee of [1, 2]) if (!sites.doubt(CALLER, 30 - 10 * callee, callee)) usual.push(sites.usualSite / callee);
  }
  expect(usual.length).toBeGreaterThan(100);
  expect(new Set(usual)).toEqual(new Set([10]));
  sites.doubt(CALLER, 10, 1);
  expect(sites.usualSite).toBe(-1);
});

it("forgets everything", () => {
  const sites = twoSites();
  sites.forget();
  expect(sites.doubt(CALLER, 20, 1)).toBeUndefined();
});
