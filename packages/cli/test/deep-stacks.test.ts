import { pythons, startTarget } from "@pyspy/test-fixtures";
import { describe, expect, it } from "vitest";

import { unsupported } from "./supported.ts";
import { pyspy } from "./pyspy.ts";

const DEPTH = 10_000;

describe.each(pythons().map((python) => [python.label, python] as const))("a stack of 10,000 frames on %s", (_label, python) => {
  const reason = unsupported(python);

  it.skipIf(reason !== "")(`is whole in text and JSON${reason && ` [${reason}]`}`, async () => {
    await using target = await startTarget(python, "deep.py", [DEPTH]);
    const { frames } = target.ready.threads.find(({ name }) => name === "deep")!;
    expect(frames.length).toBeGreaterThan(DEPTH);
    const [text, json] = await Promise.all([pyspy(["dump", "-p", target.pid]), pyspy(["dump", "--json", "-p", target.pid])]);
    const shown = text.stdout.split('"deep"\n')[1]!.split("\nThread")[0]!.trimEnd().split("\n");
    expect(shown.map((line) => line.replace(/^ {4}(\S+) \(.*:(\d+)\)$/, "$1 $2"))).toEqual(frames.map(({ name, line }) => `${name} ${line}`));
    const traces = JSON.parse(json.stdout) as { thread_name: string; frames: { name: string; filename: string; line: number }[] }[];
    const trace = traces.find(({ thread_name }) => thread_name === "deep")!;
    expect(trace.frames.map(({ name, filename, line }) => ({ name, file: filename, line }))).toEqual(frames.map(({ name, file, line }) => ({ name, file, line })));
  });
});
