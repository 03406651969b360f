import { formats } from "@pyspy/formatters";
import type { Pausing } from "@pyspy/sampler";
import { InvalidArgumentError } from "commander";

/** Options that exclude each other, or are missing. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const MAX_PID = 2 ** 31 - 1;
const MAX_RATE = 100_000;
const SECONDS: Readonly<Record<string, number>> = { "": 1, ms: 0.001, s: 1, m: 60, h: 3600 };

/** A process id, decimal or hex with 0x. */
export function parsePid(text: string): number {
  const pid = /^(0[xX][0-9a-fA-F]+|\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (!(pid >= 1 && pid <= MAX_PID)) throw new InvalidArgumentError("Not a process id: a decimal number, or a hexadecimal one after 0x.");
  return pid;
}

/** Seconds: "unlimited", a number, or one with ms, s, m or h. */
export function parseDuration(text: string): number {
  if (text === "unlimited") return Number.POSITIVE_INFINITY;
  const match = /^(\d+(?:\.\d*)?|\.\d+)(ms|s|m|h|)$/.exec(text);
  const seconds = match ? Number(match[1]) * (SECONDS[match[2] as string] as number) : Number.NaN;
  if (!(seconds > 0)) throw new InvalidArgumentError('Not a duration: a number of seconds such as 10 or 1.5, one with a unit (500ms, 90s, 5m, 1h), or "unlimited".');
  return seconds;
}

/** Samples a second. */
export function parseRate(text: string): number {
  const rate = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(rate > 0 && rate <= MAX_RATE)) throw new InvalidArgumentError(`Not a rate: samples per second, more than 0 and at most ${MAX_RATE}.`);
  return rate;
}

/** A format's name, in either case. */
export function parseFormat(text: string): string {
  const name = text.toLowerCase();
  const names = formats.map((format) => format.name);
  if (!names.some((known) => known === name)) throw new InvalidArgumentError(`Possible values: ${names.join(", ")}.`);
  return name;
}

/** What --blocking and --nonblocking ask for. */
export function pausingOf(options: { readonly blocking?: boolean; readonly nonblocking?: boolean }): Pausing {
  if (options.blocking) return "always";
  return options.nonblocking ? "never" : "when-needed";
}
