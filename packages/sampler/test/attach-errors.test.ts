import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openProcess, ProcessError, spawnProcess } from "@pyspy/process";
import { attach, AttachError, readStacks, record, RecordingError } from "@pyspy/sampler";
import { anyPython, pythons, startTarget } from "@pyspy/test-fixtures";
import { describe, expect, it } from "vitest";
import { unsupported } from "./supported.ts";
import { until } from "./until.ts";

describe("attaching fails, and says why,", () => {
  it("to a program that is no Python", async () => {
    const child = spawnProcess(["sleep", "60"]);
    try {
      using process = openProcess(child.pid);
      await until("sleep", () => process.executable().endsWith("sleep") || process.executable().endsWith("coreutils"));
      const error = failure(() => attach(process));
      expect(error).toBeInstanceOf(AttachError);
      expect(error).toMatchObject({ code: "not-python", pid: child.pid });
      expect((error as Error).message).toMatch(new RegExp(`^no Python interpreter found in process ${child.pid}\n  symbol _PyRuntime \\(.*(sleep|coreutils) and \\d+ more\\): no such symbol\n`));
    } finally {
      child.kill("SIGKILL");
      await child.wait();
    }
  });

  const tooOld = pythons().filter((python) => unsupported(python) !== "");
  it.each(tooOld.map((python) => [python.label, python] as const))("to a version without a layout: %s", async (_, python) => {
    await using target = await startTarget(python, "still.py");
    using process = openProcess(target.pid);
    const error = failure(() => attach(process));
    const { major, minor, micro } = python.version;
    expect(error).toMatchObject({ name: "AttachError", code: "unsupported-version" });
    expect((error as Error).message).toMatch(new RegExp(`^Python ${major}\\.${minor}\\.${micro} in process ${target.pid} is not supported on linux-x64\n`));
  });

  it("to a process that has ended", async () => {
    const target = await startTarget(anyPython(), "still.py");
    using process = openProcess(target.pid);
    const python = attach(process);
    await target.stop();
    await until("its end, and burial", () => !existsSync(`/proc/${target.pid}`));
    for (const error of [failure(() => attach(process)), failure(() => readStacks(python))]) {
      expect(error).toBeInstanceOf(ProcessError);
      expect(error).toMatchObject({ code: "no-such-process", pid: target.pid });
    }
    expect(failure(() => openProcess(target.pid))).toMatchObject({ name: "ProcessError", code: "no-such-process" });
    await expect(record({ pid: target.pid, rate: 100, duration: 1 }).result).rejects.toMatchObject({
      name: "RecordingError",
      failure: { name: "ProcessError", code: "no-such-process" },
    });
  });

  const isRoot = process.getuid?.() === 0;
  it.skipIf(!isRoot)(`to another user's process${isRoot ? "" : " [needs root, to become another user]"}`, async () => {
    await using target = await startTarget(anyPython(), "still.py");
    const program = fileURLToPath(new URL("programs/dump-as-nobody.ts", import.meta.url));
    const output = execFileSync(process.execPath, ["--conditions=@pyspy/source", program, String(target.pid)], { encoding: "utf8", timeout: 30_000 });
    const { name, code, message } = JSON.parse(output) as { name: string; code: string; message: string };
    expect({ name, code }).toEqual({ name: "ProcessError", code: "permission-denied" });
    expect(message).toMatch(new RegExp(`\\b${target.pid}\\b`));
  });
});

it("gives a failed recording the code of what failed", async () => {
  const child = spawnProcess(["sleep", "60"]);
  try {
    const error: unknown = await record({ pid: child.pid, rate: 100, duration: 1 }).result.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RecordingError);
    expect(error).toMatchObject({ failure: { name: "AttachError", code: "not-python" } });
    expect((error as Error).message).toMatch(new RegExp(`^no Python interpreter found in process ${child.pid}\n`));
  } finally {
    child.kill("SIGKILL");
    await child.wait();
  }
});

function failure(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("no error");
}
