import { readFileSync } from "node:fs";

import { anyPython, startTarget, type Target } from "@pyspy/test-fixtures";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Folder } from "./folder.ts";
import { poll, pyspy } from "./pyspy.ts";
import { CTRL_C, startInTerminal, whyNoTerminal } from "./terminal.ts";

let busy: Target;
beforeAll(async () => {
  busy = await startTarget(anyPython(), "busy.py");
});
afterAll(() => busy?.stop());

describe.skipIf(whyNoTerminal !== "")(`in a terminal${whyNoTerminal && ` [${whyNoTerminal}]`}`, () => {
  it("a recording shows how it gets on, and Ctrl-C ends it", async () => {
    using folder = new Folder();
    await using running = startInTerminal(["record", "-d", "50s", "-o", folder.join("p.svg"), "-p", busy.pid]);
    await running.until(/\r\S+\[2K\d+\.\ds of 50s {2}\d+ samples {2}\d+\/s {2}0 errors {2}1 thread/);
    running.child.stdin?.write(CTRL_C);
    await running.until(/\[status 0\]/);
    expect(running.stdout).toContain("\u001b[2K\r\n\u001b[32m\u001b[1mpyspy\u001b[0m\u001b[2m>\u001b[0m Stopped sampling because Control-C pressed\r\n");
    expect(readFileSync(folder.join("p.svg"), "utf8")).toMatch(/<\/svg>\s*$/);
  });

  it("it can be silent", async () => {
    using folder = new Folder();
    await using running = startInTerminal(["record", "-d", "0.6", "--hideprogress", "-o", folder.join("p.svg"), "-p", busy.pid]);
    await running.until(/\[status 0\]/);
    expect(running.stdout).not.toContain("\u001b[2K");
  });

  it("a terminal that is closed does not take the recording with it", async () => {
    using folder = new Folder();
    await using running = startInTerminal(["record", "-o", folder.join("p.svg"), "-p", busy.pid]);
    await running.until(/Sampling process/);
    running.child.kill("SIGKILL");
    await poll("the end of the file", () => readFileSync(folder.join("p.svg"), "utf8").trimEnd().endsWith("</svg>"));
  });
});

it("no terminal, no progress line", async () => {
  const { stderr } = await pyspy(["record", "-f", "raw", "-o", "-", "-d", "0.6", "-p", busy.pid]);
  expect(stderr).toMatch(/^pyspy> Sampling/);
  expect(stderr).not.toContain("\u001b");
});
