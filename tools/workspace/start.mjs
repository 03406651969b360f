/**
 * `npm start`: makes a fresh clone ready and runs pyspy from it, with the arguments that follow `--`.
 * Without arguments it profiles a small Python program into profile.svg.
 */
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { root, tool } from "./environment.mjs";
import { runOpenly } from "./run.mjs";
import { build, install } from "./set-up.mjs";

const SECONDS = 3;
const RATE = 200;

/** Where the user is: npm itself goes to the clone's root. */
const here = process.env.INIT_CWD ?? process.cwd();

await ready("Installing", install);
await ready("Building", build);
const given = process.argv.slice(2);
process.exitCode = given.length > 0 ? await pyspy(given) : await recordDemo();

/** Says what is under way on a terminal, and what went wrong anywhere. */
async function ready(what, work) {
  if (process.stderr.isTTY) process.stderr.write(`${what} ...`);
  const { status, output } = await work();
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  if (status === 0) return;
  console.error(`${what} failed:\n${output}`);
  process.exit(1);
}

function pyspy(args) {
  return runOpenly(tool("node"), [join(root, "packages/cli/dist/main.js"), ...args], { cwd: here });
}

async function recordDemo() {
  const python = findPython();
  if (python === undefined) {
    console.error("No python3 was found: install Python 3, or name a running program: npm start -- record --pid PID");
    return 1;
  }
  const demo = join(root, "test-fixtures/programs/demo.py");
  const picture = resolve(here, "profile.svg");
  console.log(`Recording ${demo} for ${SECONDS} seconds, ${RATE} times a second.`);
  const options = ["-o", picture, "-f", "flamegraph", "-d", String(SECONDS), "-r", String(RATE)];
  const status = await pyspy(["record", ...options, "--", python, demo, String(SECONDS + 2)]);
  if (status !== 0) return status;
  console.log(`
${picture} is a flame graph: open it in a browser (${pathToFileURL(picture)}).
The wider a bar, the more time its function took; click one to zoom in.

Next, with a Python program of your own:
  npm start -- record -o profile.svg --pid PID
  npm start -- dump --pid PID`);
  return 0;
}

/** The interpreter itself: the `python3` on the path may be a script that picks one. */
function findPython() {
  const answer = spawnSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8", timeout: 30_000 });
  return answer.status === 0 ? answer.stdout.trim() : undefined;
}
