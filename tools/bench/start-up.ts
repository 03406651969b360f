import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { type Python, pySpy } from "@pyspy/test-fixtures";

import { median } from "./report.ts";
import type { Progress } from "./scenario.ts";
import { startWork } from "./work-target.ts";

const ROUNDS = 15;
const LIMIT_MS = 30_000;
/** What ours may cost: so many times a bare Node, and this more. */
const TIMES_NODE = 1.5;
const MORE_MS = 60;

const cli = fileURLToPath(new URL("../../packages/cli/dist/main.js", import.meta.url));

/** How long a command takes from its start to its end. */
export interface StartUp {
  readonly command: string;
  readonly milliseconds: number;
  /** Of ours, at most; absent for others. */
  readonly limit: number | undefined;
  readonly failure: string | undefined;
}

/** All by turns, medians. Ours as it is built; nothing of it where it is not. */
export async function measureStartUp(python: Python, { tell, signal }: Progress): Promise<readonly StartUp[]> {
  await using target = await startWork(python, "still", 20);
  const pid = String(target.pid);
  const commands = new Map<string, readonly string[]>([["node -e 0", [process.execPath, "-e", "0"]]]);
  if (existsSync(cli)) {
    commands.set("pyspy --version", [process.execPath, cli, "--version"]);
    commands.set("pyspy dump", [process.execPath, cli, "dump", "--pid", pid]);
  }
  const theirs = pySpy();
  if (theirs !== undefined) {
    commands.set("py-spy --version", [theirs, "--version"]);
    commands.set("py-spy dump", [theirs, "dump", "--pid", pid]);
  }
  const times = new Map<string, number[]>([...commands.keys()].map((name) => [name, []]));
  const failures = new Map<string, string>();
  for (let round = 0; round < ROUNDS; round++) {
    signal.throwIfAborted();
    tell(`start-up, round ${round + 1} of ${ROUNDS}`);
    for (const [name, [program = "", ...args]] of commands) {
      const start = performance.now();
      const { status, stderr } = spawnSync(program, args, { encoding: "utf8", timeout: LIMIT_MS });
      if (status === 0) times.get(name)?.push(performance.now() - start);
      else failures.set(name, (stderr ?? "could not be started").slice(-300));
    }
  }
  const limit = TIMES_NODE * median(times.get("node -e 0") ?? []) + MORE_MS;
  return [...times].map(([command, milliseconds]) => ({
    command,
    milliseconds: median(milliseconds),
    limit: command.startsWith("pyspy") ? limit : undefined,
    failure: failures.get(command),
  }));
}
