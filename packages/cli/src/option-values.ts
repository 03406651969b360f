import type { FormatName } from "@pyspy/formatters";
import { InvalidArgumentError } from "commander";
import { FORMAT_NAMES } from "./format-titles.ts";

const MAX_PID = 2 ** 31 - 1;
/** What the sampling clock takes. */
const MAX_RATE = 1_000_000;
const SECONDS: Readonly<Record<string, number>> = { "": 1, ms: 0.001, s: 1, m: 60, h: 3600 };

/** A process id, decimal or hex with 0x. */
export function parsePid(text: string): number {
  const value = withoutSign(text);
  const pid = /^(0[xX][0-9a-fA-F]+|\d+)$/.test(value) ? Number(value) : Number.NaN;
  if (!(pid >= 1 && pid <= MAX_PID)) throw new InvalidArgumentError("Not a process id: a decimal number, or a hexadecimal one after 0x.");
  return pid;
}

/** Seconds: "unlimited", a number, or one with ms, s, m or h. */
export function parseDuration(text: string): number {
  const value = withoutSign(text);
  if (value === "unlimited") return Number.POSITIVE_INFINITY;
  const match = /^(\d+(?:\.\d*)?|\.\d+)(ms|s|m|h|)$/.exec(value);
  const seconds = match ? Number(match[1]) * (SECONDS[match[2] as string] as number) : Number.NaN;
  if (!(seconds > 0 && seconds < Infinity)) {
    throw new InvalidArgumentError('Not a duration: a number of seconds such as 10 or 1.5, one with a unit (500ms, 90s, 5m, 1h), or "unlimited".');
  }
  return seconds;
}

/** Seconds between refreshes, as durations are given, but not without an end. */
export function parseDelay(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === Number.POSITIVE_INFINITY) throw new InvalidArgumentError("Not a delay: a number of seconds such as 1 or 0.5, or one with a unit (500ms).");
  return seconds;
}

/** Samples a second. */
export function parseRate(text: string): number {
  const value = withoutSign(text);
  const rate = /^(\d+(\.\d*)?|\.\d+)$/.test(value) ? Number(value) : Number.NaN;
  if (!(rate > 0 && rate <= MAX_RATE)) throw new InvalidArgumentError(`Not a rate: samples per second, more than 0 and at most ${MAX_RATE}.`);
  return rate;
}

/** A share, of a core or of time: a percentage, or a fraction. A 1 without its sign could be either. */
export function parseShare(text: string): number {
  const match = /^(\d+(?:\.\d*)?|\.\d+)(%?)$/.exec(withoutSign(text));
  const share = match ? Number(match[1]) / (match[2] === "%" ? 100 : 1) : Number.NaN;
  if (!(share > 0 && (match?.[2] === "%" ? share <= 1 : share < 1))) {
    throw new InvalidArgumentError("Not a share: a percentage such as 1% or 0.5%, up to 100%, or a fraction below 1 such as 0.01.");
  }
  return share;
}

/** A format's name, in either case. */
export function parseFormat(text: string): FormatName {
  const value = withoutSign(text).toLowerCase();
  const name = FORMAT_NAMES.find((known) => known === value);
  if (name === undefined) throw new InvalidArgumentError(`Possible values: ${FORMAT_NAMES.join(", ")}.`);
  return name;
}

/** A file's name, or "-". Another option in its place means that the name was forgotten. */
export function parseOutput(text: string): string {
  const value = withoutSign(text);
  if (value === "" || (value.startsWith("-") && value !== "-")) {
    throw new InvalidArgumentError("Not a file name: put ./ before one that begins with a dash; - is standard output.");
  }
  return value;
}

/** clap, and so py-spy, takes `-r=20` as `-r 20`. */
function withoutSign(text: string): string {
  return text.startsWith("=") ? text.slice(1) : text;
}
