import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";

import { anyPython, startTarget, type Target } from "@pyspy/test-fixtures";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Output } from "../src/output.ts";
import { saveProfile } from "../src/save-profile.ts";
import { Folder } from "./folder.ts";
import { pyspy, startPyspy } from "./pyspy.ts";

const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;

describe("an output", () => {
  it("is found out to be impossible before anything is written to it", () => {
    using folder = new Folder();
    expect(() => new Output(folder.join("no/p.svg"))).toThrow(`cannot write to '${folder.join("no/p.svg")}': no such file or directory`);
    expect(() => new Output(folder.path)).toThrow("illegal operation on a directory");
    symlinkSync("no/p.svg", folder.join("link"));
    expect(() => new Output(folder.join("link"))).toThrow("no such file or directory");
  });

  it("leaves nothing behind unless it was written to", () => {
    using folder = new Folder();
    new Output(folder.join("p.svg"))[Symbol.dispose]();
    expect(folder.names()).toEqual([]);
  });

  it("keeps what is there until it is written to", () => {
    using folder = new Folder();
    const path = folder.join("p.svg");
    writeFileSync(path, "old and long");
    {
      using output = new Output(path);
      expect(readFileSync(path, "utf8")).toBe("old and long");
      expect(output.label).toBe(`'${path}'`);
    }
    expect(readFileSync(path, "utf8")).toBe("old and long");
    {
      using output = new Output(path);
      output.write(["n", "ew"]);
    }
    expect(readFileSync(path, "utf8")).toBe("new");
  });

  it("is made again if somebody has removed it meanwhile", () => {
    using folder = new Folder();
    using output = new Output(folder.join("p.svg"));
    execFileSync("rm", [folder.join("p.svg")]);
    output.write(["new"]);
    expect(readFileSync(folder.join("p.svg"), "utf8")).toBe("new");
  });

  it("writes through a link to a file that is not there yet", () => {
    using folder = new Folder();
    symlinkSync("p.svg", folder.join("link"));
    using output = new Output(folder.join("link"));
    output.write(["new"]);
    expect(readFileSync(folder.join("p.svg"), "utf8")).toBe("new");
  });

  it("lets a bug of a writer through as it is", () => {
    using folder = new Folder();
    const output = new Output(folder.join("p.svg"));
    const bug = new TypeError("bug");
    const broken = function* () {
      yield "part";
      throw bug;
    };
    expect(() => saveProfile(output, broken, "p.svg")).toThrow(bug);
  });
});

describe("a recording", () => {
  let busy: Target;
  beforeAll(async () => {
    busy = await startTarget(anyPython(), "busy.py");
  });
  afterAll(() => busy?.stop());

  const record = (output: string) => ["record", "-f", "raw", "-d", "0.2", "-o", output, "-p", busy.pid];

  it("is not begun when it could not be written", async () => {
    using folder = new Folder();
    const { status, stdout, stderr } = await pyspy(["record", "-o", folder.join("no/p.svg"), "--", "touch", folder.join("started")]);
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: "", stderr: `Error: cannot write to '${folder.join("no/p.svg")}': no such file or directory\n` });
    expect(folder.names()).toEqual([]);
  });

  it.skipIf(!isRoot)("is not begun where others may not write [needs root]", async () => {
    using folder = new Folder();
    chmodSync(folder.path, 0o755);
    const { status, stderr } = await pyspy(["record", "--", "touch", "started"], { uid: NOBODY, cwd: folder.path });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Error: cannot write to 'touch-.*\.svg': permission denied\n$/);
  });

  it("goes to another place when the device is full", async () => {
    using folder = new Folder();
    const { status, stdout, stderr } = await pyspy(record("/dev/full"), { env: { TMPDIR: folder.path } });
    expect(status).toBe(1);
    expect(stdout).not.toContain("Wrote");
    const [name = ""] = folder.names();
    expect(stderr).toBe(`Error: cannot write to '/dev/full': no space left on device; the profile is in '${folder.join(name)}' instead\n`);
    expect(readFileSync(folder.join(name), "utf8")).toMatch(/^<module> .*;spin \(fixture\.py:\d+\) \d+\n$/);
  });

  it("says that it is lost when there is no other place", async () => {
    const { status, stderr } = await pyspy(record("/dev/full"), { env: { TMPDIR: "/no/such/folder" } });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Error: cannot write to '\/dev\/full': no space left on device; cannot write to '\/no\/such\/folder\/.*': no such file or directory; the profile is lost\n$/);
  });

  it("goes to another place when the reader of standard output has gone", async () => {
    using folder = new Folder();
    await using running = startPyspy(record("-"), { env: { TMPDIR: folder.path } });
    running.child.stdout?.destroy();
    const { status, stderr } = await running.end();
    expect(status).toBe(1);
    const [name = ""] = folder.names();
    expect(stderr).toContain(`Error: cannot write to standard output: broken pipe; the profile is in '${folder.join(name)}' instead\n`);
    expect(readFileSync(folder.join(name), "utf8")).toMatch(/ \d+\n$/);
  });

  it("is written even if nobody reads what is said", async () => {
    using folder = new Folder();
    await using running = startPyspy(record(folder.join("p.txt")));
    running.child.stdout?.destroy();
    running.child.stderr?.destroy();
    expect(await running.end()).toMatchObject({ status: 0 });
    expect(readFileSync(folder.join("p.txt"), "utf8")).toMatch(/ \d+\n$/);
  });

  it("into a pipe with a name arrives whole", async () => {
    using folder = new Folder();
    execFileSync("mkfifo", [folder.join("pipe")]);
    const reader = startReader(folder.join("pipe"));
    const { status } = await pyspy(record(folder.join("pipe")));
    expect(status).toBe(0);
    expect(await reader).toMatch(/^<module> .* \d+\n$/);
  });

  describe.skipIf(!isRoot)("on a full disk [needs root]", () => {
    it("keeps the beginning when there is no other place", async () => {
      using folder = new Folder();
      using disk = new SmallDisk(folder.join("disk"));
      const { status, stderr } = await pyspy(["record", "-d", "0.2", "-o", disk.join("p.svg"), "-p", busy.pid], { env: { TMPDIR: disk.path } });
      expect(status).toBe(1);
      expect(stderr).toContain(`Error: cannot write to '${disk.join("p.svg")}': no space left on device; cannot write to '${disk.path}/pyspy-`);
      expect(stderr).toContain(`'${disk.join("p.svg")}' holds the beginning of the profile\n`);
      expect(readFileSync(disk.join("p.svg"), "utf8")).toMatch(/^(<\?xml|<svg)/);
    });

    it("leaves no half of a file when there is another place", async () => {
      using folder = new Folder();
      using disk = new SmallDisk(folder.join("disk"));
      mkdirSync(folder.join("tmp"));
      const { status, stderr } = await pyspy(["record", "-d", "0.2", "-o", disk.join("p.svg"), "-p", busy.pid], { env: { TMPDIR: folder.join("tmp") } });
      expect(status).toBe(1);
      expect(stderr).toContain("no space left on device; the profile is in");
      expect(execFileSync("ls", [disk.path], { encoding: "utf8" })).toBe("");
    });
  });
});

/** A file system of one page. */
class SmallDisk implements Disposable {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    mkdirSync(path);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8k", "tmpfs", path]);
  }

  join(name: string): string {
    return `${this.path}/${name}`;
  }

  [Symbol.dispose](): void {
    execFileSync("umount", [this.path]);
  }
}

async function startReader(path: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  return await readFile(path, "utf8");
}
