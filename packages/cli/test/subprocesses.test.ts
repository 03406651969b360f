import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";

import { anyPython, pythonPackage } from "@pyspy/test-fixtures";
import { describe, expect, it } from "vitest";

import { Folder } from "./folder.ts";
import { poll, type Result, startPyspy } from "./pyspy.ts";

const GUNICORN = "23.0.0";

/** Records a Python program with its subprocesses until it ends; `lines` are those of raw text, without counts. */
async function recorded(text: string, args: readonly string[] = [], options: readonly string[] = []): Promise<Result & { lines: readonly string[] }> {
  using folder = new Folder();
  const [script, file] = [folder.join("main.py"), folder.join("p.txt")];
  writeFileSync(script, `import signal\nsignal.alarm(60)\n${text}`);
  await using running = startPyspy(["record", "-s", "-f", "raw", "-o", file, "--nolineno", ...options, "--", ...anyPython().command, script, ...args]);
  const result = await running.end();
  expect(result, result.stderr).toMatchObject({ status: 0, stderr: "" });
  return { ...result, lines: readFileSync(file, "utf8").trimEnd().split("\n") };
}

const WORK = "import os, time\ndef work(seconds):\n  end = time.process_time() + seconds\n  while time.process_time() < end: pass\n  return os.getpid()\n";

/** Processes that a line goes through, the outermost first. */
const processes = (line: string) => [...line.matchAll(/process (\d+):"/g)].map(([, pid]) => pid as string);

describe("with --subprocesses", () => {
  it.each(["fork", "spawn", "forkserver"])("workers of concurrent.futures are recorded, below their parents: %s", async (method) => {
    const { stdout, lines } = await recorded(
      `${WORK}import concurrent.futures, multiprocessing, sys
if __name__ == "__main__":
  context = multiprocessing.get_context(sys.argv[1])
  with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
    print("main", os.getpid(), "workers", *sorted(set(pool.map(work, [0.4] * 6))))`,
      [method],
    );
    const [, main, workers = ""] = /^main (\d+) workers (.*)$/m.exec(stdout) ?? [];
    const working = lines.filter((line) => line.includes("work (main.py)"));
    expect(new Set(working.map((line) => processes(line).at(-1)))).toEqual(new Set(workers.split(" ")));
    // Those of a forkserver are its children.
    for (const line of working) expect(processes(line)).toHaveLength(method === "forkserver" ? 3 : 2);
    for (const line of working) expect(processes(line)[0]).toBe(main);
    for (const line of working) expect(line).toContain(`main.py ${method}"`);
  });

  it("grandchildren are below children", async () => {
    const { lines } = await recorded(`${WORK}
if os.fork() == 0:
  if os.fork() == 0:
    work(0.5)
    os._exit(0)
  os.wait()
  os._exit(0)
os.wait()`);
    expect(processes(lines.find((line) => line.includes("work (main.py)"))!)).toHaveLength(3);
  });

  it("those that are too short to record are counted", async () => {
    // One after the other, each of them longer ago than two looks.
    const { stdout } = await recorded(`${WORK}import subprocess
time.sleep(0.3)
for _ in range(4):
  if os.fork() == 0: os._exit(0)
  os.wait()
  time.sleep(0.25)
for _ in range(2): subprocess.run(["sleep", "0.4"])
pid = os.fork()
if pid == 0: os._exit(0)
time.sleep(0.4)
os.wait()
work(0.3)`);
    const [, recordedCount, others, unread, unseen] = /Processes: (\d+) recorded, (\d+) not Python, (\d+) not recorded, having ended .*, at least (\d+) too short-lived/.exec(stdout) ?? [];
    expect([recordedCount, others].map(Number)).toEqual([1, 2]);
    // A look may come while one of the four is there.
    expect(Number(unread) + Number(unseen)).toBe(5);
    expect(Number(unread)).toBeGreaterThanOrEqual(1);
  });

  it("a child is found whatever the rate is", async () => {
    const { stdout, lines } = await recorded(`${WORK}if os.fork() == 0:\n  time.sleep(0.4)\n  os._exit(0)\nos.wait()\nwork(3)`, [], ["-r", "1"]);
    expect(stdout).toContain("Processes: 2 recorded\n");
    expect(lines.join("\n")).toContain("work (main.py)");
  });

  const gunicorn = pythonPackage("gunicorn", GUNICORN);
  it.skipIf(!gunicorn)(`workers of gunicorn are recorded${gunicorn ? "" : ` [needs gunicorn ${GUNICORN} from the Python package index]`}`, async () => {
    using folder = new Folder();
    writeFileSync(folder.join("app.py"), `${WORK}def app(environ, start):\n  pid = work(0.3)\n  start("200 OK", [])\n  return [str(pid).encode()]\n`);
    const port = await freePort();
    const [python = ""] = anyPython().command;
    const env = { PYTHONPATH: `${gunicorn}:${folder.path}` };
    const serve = ["-m", "gunicorn", "--workers", "2", "--bind", `127.0.0.1:${port}`, "app:app"];
    await using running = startPyspy(["record", "-s", "-f", "raw", "-o", folder.join("p.txt"), "--nolineno", "--", python, ...serve], { cwd: folder.path, env });
    await running.until(/Booting worker[^]*Booting worker[^]*Sampling|Sampling[^]*Booting worker[^]*Booting worker/);
    const pids = new Set<string>();
    while (pids.size < 2) {
      const answers = await Promise.all([1, 2, 3, 4].map(async () => (await fetch(`http://127.0.0.1:${port}/`)).text()));
      for (const pid of answers) pids.add(pid);
    }
    running.child.kill("SIGTERM");
    await running.end();
    const working = readFileSync(folder.join("p.txt"), "utf8").split("\n").filter((line) => line.includes("work (app.py)"));
    expect(new Set(working.map((line) => processes(line).at(-1)))).toEqual(pids);
    for (const line of working) expect(line).toContain("gunicorn");
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await poll("a port", () => server.listening);
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
