import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { openProcess, ProcessError, spawnProcess } from "@pyspy/process";
import { folder, traceable, until } from "./target.ts";

it.each([
  ["exit 0", { code: 0 }],
  ["exit 41", { code: 41 }],
  ["exit 255", { code: 255 }],
  ["kill -TERM $$", { signal: "SIGTERM" }],
  ["kill -ABRT $$", { signal: "SIGABRT" }],
  ["kill -34 $$", { signal: "SIG34" }],
])("tells the end of sh -c '%s'", async (script, status) => {
  const child = spawnProcess(["sh", "-c", script]);
  expect(await child.wait()).toEqual(status);
  expect(child.exited()).toEqual(status);
  expect(await child.wait()).toEqual(status);
  expect(existsSync(`/proc/${child.pid}`)).toBe(false);
  expect(child.kill("SIGKILL")).toBe(false);
});

it("does not block and does not tell too early", async () => {
  await using child = traceable(["sleep", "60"]);
  expect(child.exited()).toBeUndefined();
  const ended = child.wait();
  await until("the program to start", () => readFileSync(`/proc/${child.pid}/comm`, "utf8") === "sleep\n");
  expect(child.exited()).toBeUndefined();
  expect(child.kill(0)).toBe(true);
  expect(child.kill("SIGINT")).toBe(true);
  expect(await ended).toEqual({ signal: "SIGINT" });
});

it("notices the end without being waited for", async () => {
  const child = spawnProcess(["true"]);
  expect(await until("the end", () => child.exited())).toEqual({ code: 0 });
});

it("hands arguments, environment and working directory down", async () => {
  using temporary = folder();
  mkdirSync(temporary.file("dir"));
  const out = temporary.file("out");
  const script = `printf '%s|' "$@" "$A" "\${HOME-none}" > "${out}"; pwd >> "${out}"`;
  const argv = ["/bin/sh", "-c", script, "sh", "two words", "", "ü\n$x"];
  const child = spawnProcess(argv, { env: { A: "b=c", HOME: undefined }, cwd: temporary.file("dir") });
  expect(await child.wait()).toEqual({ code: 0 });
  expect(readFileSync(out, "utf8")).toBe(`two words||ü\n$x|b=c|none|${realpathSync(temporary.file("dir"))}\n`);
});

it("hands process.env down by default", async () => {
  process.env["PYSPY_PROCESS_TEST"] = "here";
  const child = spawnProcess(["sh", "-c", 'test "$PYSPY_PROCESS_TEST" = here']);
  delete process.env["PYSPY_PROCESS_TEST"];
  expect(await child.wait()).toEqual({ code: 0 });
});

it("shares the standard streams, blocking", async () => {
  const script = fileURLToPath(new URL("programs/spawn-streams.ts", import.meta.url));
  const run = promisify(execFile)(process.execPath, ["--conditions=@pyspy/source", script], { timeout: 30_000, maxBuffer: 2 ** 24 });
  run.child.stdin!.end("from above");
  const { stdout, stderr } = await run;
  expect(stdout.length).toBe("before\n".length + 1_000_000 + "from above".length);
  expect(stdout.startsWith("before\n0000")).toBe(true);
  expect(stdout.endsWith("000from above")).toBe(true);
  expect(stderr).toBe("to stderr\n");
});

it("resets signals that Node ignores or blocks", async () => {
  await using child = traceable(["sleep", "60"]);
  const status = await until("the program to start", () => {
    const text = readFileSync(`/proc/${child.pid}/status`, "utf8");
    return text.startsWith("Name:\tsleep") ? text : undefined;
  });
  const mask = (name: string): string => new RegExp(`^${name}:\\s*(\\w+)$`, "m").exec(status)![1]!;
  const own = readFileSync("/proc/self/status", "utf8");
  expect(/^SigIgn:\s*0+$/m.test(own)).toBe(false);
  expect(mask("SigIgn")).toMatch(/^0+$/);
  expect(mask("SigBlk")).toMatch(/^0+$/);
});

it("survives being traced while the event loop runs", async () => {
  await using child = traceable(["sleep", "60"]);
  using target = openProcess(child.pid);
  const ended = child.wait();
  for (let round = 0; round < 5; round++) {
    using _pause = target.pause();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(child.exited()).toBeUndefined();
  }
  child.kill("SIGKILL");
  expect(await ended).toEqual({ signal: "SIGKILL" });
});

describe("failures", () => {
  it.each([
    [["no-such-command-anywhere"], {}, /"no-such-command-anywhere": ENOENT: no such file or directory/],
    [["/etc/passwd"], {}, /"\/etc\/passwd": EACCES/],
    [["/"], {}, /"\/": EACCES/],
    [["true"], { cwd: "/no/such/folder" }, /"true": ENOENT/],
    [[], {}, /no command given/],
    [[""], {}, /no command given/],
    [["echo", "a\0b"], {}, /NUL character/],
    [["echo"], { env: { A: "a\0b" } }, /NUL character/],
  ])("%j %j", (argv, options, message) => {
    let error: unknown;
    try {
      spawnProcess(argv, options);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(ProcessError);
    expect(error).toMatchObject({ code: "spawn-failed", message: expect.stringMatching(message) });
  });

  it("names a program that is no program", () => {
    using temporary = folder();
    writeFileSync(temporary.file("bad"), "\x7fELFnot", { mode: 0o755 });
    expect(() => spawnProcess([temporary.file("bad")])).toThrow(/ENOEXEC|ENOSYS|error 8/);
  });
});
