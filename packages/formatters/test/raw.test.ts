import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Profile } from "@pyspy/profile";
import { FormatError, readRaw, writeRaw } from "@pyspy/formatters";
import { escapeRaw, unescapeRaw } from "../src/raw-escape.ts";
import { profile, text, totalWeight, view } from "./arbitrary.ts";
import { info, pythonFrame, sampleProfile } from "./sample-profile.ts";

const raw = (of: Profile, options = {}): string => [...writeRaw(of, options)].join("");

describe("writeRaw", () => {
  it("writes the golden file", async () => {
    await expect(raw(sampleProfile())).toMatchFileSnapshot("golden/sample.collapsedstack.txt");
  });

  it("puts thread and process roots before the stacks, as py-spy words them", () => {
    expect(raw(sampleProfile(), { threads: true, processes: true, lines: "none" }).split("\n")).toEqual([
      'process 100:"python app.py --verbose";process 101:"python -c work()";thread (101);<module> (app.py);<lambda>%3B%0A (a&b<c>".py) 1',
      'process 100:"python app.py --verbose";thread (100): MainThread;<module> (app.py);<garbage collection> 1',
      'process 100:"python app.py --verbose";thread (100): MainThread;<module> (app.py);serve (app.py);render (app.py) 2',
      'process 100:"python app.py --verbose";thread (100): MainThread;<module> (app.py);serve (app.py);render (app.py);escape (markup/native.py) 3',
      'process 100:"python app.py --verbose";thread (107): worker-1;serve (app.py);dumps (json/__init__.py) 2',
      'process 100:"python app.py --verbose";thread (107): worker-1;serve (app.py);dumps (json/__init__.py);pthread_mutex_lock (libc.so.6) 1',
      "",
    ]);
  });

  it("merges frames that the view makes equal", () => {
    const lines = raw(sampleProfile(), { lines: "function", files: "full" }).split("\n");
    expect(lines).toContain("<module> (/srv/app/app.py:39);serve (/srv/app/app.py:11);render (/srv/app/app.py:8) 2");
    expect(lines).toContain("serve (/srv/app/app.py:11);dumps (/usr/lib/python3.13/json/__init__.py:230);pthread_mutex_lock (/lib/libc.so.6) 1");
  });

  it("rounds parts of samples so that the total holds", () => {
    const made = new Profile(info);
    const thread = made.threadId({ pid: 1, interpreter: 0, osThreadId: 1, threadId: 1, name: "" });
    for (let line = 1; line <= 8; line++) made.addSample(thread, made.stackId(0, made.frameId(pythonFrame("f", "a.py", line))), line, 0.5, 0);
    const counts = raw(made).trim().split("\n").map((line) => Number(line.split(" ").at(-1)));
    expect(counts).toEqual([1, 1, 1, 1]);
  });

  it("does not go on for ever where a process is its own ancestor", () => {
    const made = sampleProfile();
    made.addProcess({ pid: 100, parentPid: 101, commandLine: ["a"] });
    expect(raw(made, { processes: true }).split("\n")[0]).toMatch(/^process 100:"a";process 101:"python -c work\(\)";<module>/);
  });

  it("writes stacks 10,000 deep", () => {
    const made = new Profile(info);
    const thread = made.threadId({ pid: 1, interpreter: 0, osThreadId: 1, threadId: 1, name: "" });
    let stack = 0;
    for (let depth = 0; depth < 10_000; depth++) stack = made.stackId(stack, made.frameId(pythonFrame("f", "a.py", 1 + (depth % 2))));
    made.addSample(thread, stack, 0, 3, 0);
    expect(raw(made)).toBe(`${"f (a.py:1);f (a.py:2);".repeat(5000).slice(0, -1)} 3\n`);
  });
});

describe("readRaw", () => {
  it("reads what was written: raw to profile to raw is the identity", () => {
    fc.assert(
      fc.property(profile, view, (of, options) => {
        const written = raw(of, options);
        expect(raw(readRaw(written))).toBe(written);
        expect(totalWeight(readRaw(written))).toBe(totalWeight(of));
      }),
    );
  });

  it("reads frames apart and keeps the order of the lines as time", () => {
    const line = 'process 1:"x";thread (12): a;f (a.py:3);g (C:\\Program Files (x86)\\b.py);h (b) (c:4);i;<j>;k (a:b:0) 3';
    const read = readRaw(`${line}\r\n 4\n\nf (a.py:3) 2`, { interval: 0.5, title: "t", pid: 9 });
    expect(read.frames.map(({ kind, name, file, line: at }) => [kind, name, file, at])).toEqual([
      ["process", 'process 1:"x"', "", 0],
      ["thread", "thread (12): a", "", 0],
      ["python", "f", "a.py", 3],
      ["python", "g", "C:\\Program Files (x86)\\b.py", 0],
      ["python", "h", "b) (c", 4],
      ["native", "i", "", 0],
      ["synthetic", "<j>", "", 0],
      ["python", "k", "a:b:0", 0],
    ]);
    const samples = [...read.samples()];
    expect(samples.map(({ time, weight }) => [time, weight])).toEqual([[0, 3], [1.5, 4], [3.5, 2]]);
    expect(read.stackFrames(samples[1]!.stack)).toEqual([]);
    expect([read.duration, read.info.title, read.threads[0]?.pid]).toEqual([4.5, "t", 9]);
  });

  it("takes lines as well as text, with their ends or without", () => {
    const expected = raw(sampleProfile());
    expect(raw(readRaw(expected.split("\n")))).toBe(expected);
    expect(raw(readRaw(expected.split(/(?<=\n)/)))).toBe(expected);
    expect(raw(readRaw(expected.replaceAll("\n", "\r\n")))).toBe(expected);
  });

  it("keeps counts exact up to 2^53 - 1", () => {
    const line = `f ${Number.MAX_SAFE_INTEGER}\n`;
    expect(raw(readRaw(line))).toBe(line);
    expect(readRaw(line).sampleCount).toBe(3);
  });

  it.each([
    ["f 1\nno count", 2, 'line 2: no count at the end of "no count"'],
    ["f 1.5", 1, 'line 1: no count at the end of "f 1.5"'],
    ["f -1", 1, 'line 1: no count at the end of "f -1"'],
    ["7", 1, 'line 1: no count at the end of "7"'],
    ["\n\nf 9007199254740992", 3, 'line 3: count too large: "9007199254740992"'],
    ["x".repeat(100), 1, `line 1: no count at the end of "${"x".repeat(80)}…"`],
  ])("refuses %j", (source, line, message) => {
    const refused = expect(() => readRaw(source));
    refused.toThrow(FormatError);
    refused.toThrow(expect.objectContaining({ line, message }));
  });

  it("gives a profile or a FormatError for any text", () => {
    const line = fc.tuple(text, fc.constantFrom(" 1", " 20", " x", "", " 007")).map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.array(line).map((lines) => lines.join("\n"))), (source) => {
        let read: Profile;
        try {
          read = readRaw(source);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
          return;
        }
        expect(raw(readRaw(raw(read)))).toBe(raw(read));
      }),
    );
  });
});

describe("escapes of raw", () => {
  it("are undone and leave no separator", () => {
    fc.assert(
      fc.property(text, (each) => {
        expect(unescapeRaw(escapeRaw(each))).toBe(each);
        expect(escapeRaw(each)).not.toMatch(/[;\n\r\u2028\u2029]/);
      }),
    );
  });

  it("leave a percent sign alone that means nothing", () => {
    expect(escapeRaw("100% %20 %3b")).toBe("100% %20 %3b");
    expect(escapeRaw("%3B;")).toBe("%253B%3B");
  });
});
