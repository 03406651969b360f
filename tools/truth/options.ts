import { parseArgs } from "node:util";

import { doubles } from "./doubles.ts";
import { truthPrograms } from "./program.ts";
import type { Mode, Rate } from "./suite.ts";

export const usage = `usage: pnpm truth [options]

Records programs that know what they do, and compares. Fails if a share is further off than chance explains: all checks of
a run together hold with a confidence of 99.9 %.

  --python LABEL,...  Pythons, by the beginning of their labels (3.9,3.11,3.13,3.13t,3.14,3.15; those that are there)
  --check NAME,...    checks, by the beginning of their names (all)
  --modes MODE,...    default, blocking (both)
  --rates RATE,...    samples a second, or "top" (100,1000,top)
  --scale N           recordings N times as long (1)
  --all               show all shares, not only each check's worst
  --broken NAME       break the recordings first, to see the suite fail: ${Object.keys(doubles).join(", ")}
  --json FILE         write all figures
`;

export interface Options {
  readonly pythons: readonly string[];
  /** Beginnings of names; empty for all. */
  readonly checks: readonly string[];
  readonly modes: readonly Mode[];
  readonly rates: readonly Rate[];
  readonly scale: number;
  readonly all: boolean;
  readonly broken: keyof typeof doubles | undefined;
  /** "" for none. */
  readonly json: string;
}

const modes = ["default", "blocking"] as const;

/** Throws, with what is wrong, on what is no option or no value. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      python: { type: "string", default: "3.9,3.11,3.13,3.13t,3.14,3.15" },
      check: { type: "string", default: "" },
      modes: { type: "string", default: modes.join(",") },
      rates: { type: "string", default: "100,1000,top" },
      scale: { type: "string", default: "1" },
      all: { type: "boolean", default: false },
      broken: { type: "string" },
      json: { type: "string", default: "" },
    },
  });
  const checks = list(values.check);
  for (const check of checks) {
    if (!truthPrograms.some(({ name }) => name.startsWith(check))) throw new RangeError(`--check: there is no "${check}"`);
  }
  return {
    pythons: list(values.python),
    checks,
    modes: list(values.modes).map((text) => oneOf("--modes", text, modes)),
    rates: list(values.rates).map((text) => (text === "top" ? text : number("--rates", text, 1, 1_000_000))),
    scale: number("--scale", values.scale, 0.01, 20),
    all: values.all,
    broken: values.broken === undefined ? undefined : oneOf("--broken", values.broken, Object.keys(doubles) as (keyof typeof doubles)[]),
    json: values.json,
  };
}

function list(text: string): readonly string[] {
  return text.split(",").filter((part) => part !== "");
}

function number(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!(value >= least && value <= most)) throw new RangeError(`${option}: ${text} is no number from ${least} to ${most}`);
  return value;
}

function oneOf<T extends string>(option: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((name) => name === text);
  if (found === undefined) throw new RangeError(`${option}: ${text} is none of ${allowed.join(", ")}`);
  return found;
}
