import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";

import { anyPython, pythons } from "@pyspy/test-fixtures";

import { BoundedProgram } from "./bounded-program.ts";
import { type ChildRequest, childCommand } from "./child.ts";
import { describeMachine, machineLine } from "./machine.ts";
import { plotSvg, plotText, type Series } from "./memory-plot.ts";
import { startWork } from "./work-target.ts";

const usage = `usage: pnpm bench memory [options]

Records for a while and looks each second at how much memory the recording has.

  --minutes N      (10)
  --rate N         samples a second (1000)
  --kind KIND      of still, moving, generators, coroutines, threads (moving)
  --size N         frames or threads (50)
  --python LABEL   by its beginning (the newest)
  --csv FILE       seconds and MiB
  --svg FILE       the plot as a picture
`;

/** Seconds until the first look: Node and the recording have started. */
const START_SECONDS = 2;

/** Measures, prints a plot, and writes what is asked for. */
export async function measureMemory(args: readonly string[], signal: AbortSignal): Promise<void> {
  if (args.includes("--help")) return void process.stdout.write(usage);
  const { minutes, rate, kind, size, python: label, csv, svg } = parse(args);
  const python = label === "" ? anyPython() : pythons().findLast((each) => each.label.startsWith(label));
  if (!python) throw new RangeError(`--python: no "${label}"`);
  const seconds = minutes * 60;
  await using target = await startWork(python, kind, size);
  const request: ChildRequest = { pid: target.pid, rate, seconds, warmUp: 0 };
  const command = childCommand(new URL("./recording-child.ts", import.meta.url));
  await using program = new BoundedProgram(command, seconds + 60, JSON.stringify(request));
  const series = await watch(program, seconds, signal);
  const title = `Memory of a recording: ${rate} Hz, ${kind} ${size}, Python ${python.label}`;
  const machine = describeMachine();
  process.stdout.write(`${machineLine(machine)}\n\n${title}\n\n${plotText(series)}\n`);
  if (csv !== "") writeFileSync(csv, `seconds,MiB\n${series.map(({ time, mebibytes }) => `${time.toFixed(1)},${mebibytes.toFixed(2)}\n`).join("")}`);
  if (svg !== "") writeFileSync(svg, plotSvg(series, `${title}; ${machine.cpu}`));
}

async function watch(program: BoundedProgram, seconds: number, signal: AbortSignal): Promise<Series> {
  const series: { time: number; mebibytes: number }[] = [];
  const start = performance.now();
  await program.run(START_SECONDS);
  for (let second = START_SECONDS; second < seconds && !signal.aborted; second++) {
    await delay(Math.max(start + second * 1000 - performance.now(), 0));
    series.push({ time: (performance.now() - start) / 1000, mebibytes: rss(program.pid) });
  }
  if (series.length === 0) throw new RangeError("--minutes: too few to look once");
  return series;
}

function rss(pid: number): number {
  return Number(/^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

const kinds = ["still", "moving", "generators", "coroutines", "threads"] as const;

function text(fallback: string): { readonly type: "string"; readonly default: string } {
  return { type: "string", default: fallback };
}

function parse(args: readonly string[]): { minutes: number; rate: number; kind: (typeof kinds)[number]; size: number; python: string; csv: string; svg: string } {
  const options = { minutes: text("10"), rate: text("1000"), kind: text("moving"), size: text("50"), python: text(""), csv: text(""), svg: text("") };
  const { values } = parseArgs({ args: [...args], options });
  const number = (option: "minutes" | "rate" | "size", most: number): number => {
    const value = Number(values[option]);
    if (!(value > 0 && value <= most)) throw new RangeError(`--${option}: ${values[option]} is no number above 0 and up to ${most}`);
    return value;
  };
  const kind = kinds.find((name) => name === values.kind);
  if (!kind) throw new RangeError(`--kind: ${values.kind} is none of ${kinds.join(", ")}`);
  const { python, csv, svg } = values;
  return { minutes: number("minutes", 100), rate: number("rate", 1e6), kind, size: number("size", 5000), python, csv, svg };
}
