import { spawnSync } from "node:child_process";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BinaryError, bytesSource, fileSource, openBinary, type ByteSource } from "@pyspy/binary";
import { describe, expect, it } from "vitest";
import { has, inTemporaryFolder } from "./real-files.ts";

const bytes = Uint8Array.from({ length: 100 }, (_, index) => index);

function inBothWays(check: (source: ByteSource) => void): void {
  check(bytesSource("bytes", bytes));
  inTemporaryFolder((folder) => {
    writeFileSync(join(folder, "file"), bytes);
    using file = fileSource(join(folder, "file"));
    check(file);
  });
}

describe("sources", () => {
  it("read from an offset, fewer bytes at the end, none past it", () => {
    inBothWays((source) => {
      expect(source.size).toBe(100);
      expect([...source.read(10, 3)]).toEqual([10, 11, 12]);
      expect([...source.read(98, 10)]).toEqual([98, 99]);
      expect(source.read(100, 10)).toHaveLength(0);
      expect(source.read(1000, 10)).toHaveLength(0);
      expect(source.read(10, 0)).toHaveLength(0);
    });
  });

  it("give bytes that are the caller's", () => {
    inBothWays((source) => {
      source.read(0, 4).fill(255);
      expect([...source.read(0, 4)]).toEqual([0, 1, 2, 3]);
    });
    const buffer = Buffer.from([1, 2, 3]);
    bytesSource("buffer", buffer).read(0, 3).fill(9);
    expect([...buffer]).toEqual([1, 2, 3]);
  });

  it("a file that is missing, closed or a folder is an error that says so", () => {
    inTemporaryFolder((folder) => {
      const missing = join(folder, "missing");
      expect(() => fileSource(missing)).toThrow(
        expect.objectContaining({ name: "BinaryError", code: "unreadable", source: missing, cause: expect.objectContaining({ code: "ENOENT" }) }),
      );
      mkdirSync(join(folder, "sub"));
      expect(() => fileSource(join(folder, "sub"))).toThrow(expect.objectContaining({ code: "unreadable" }));
      writeFileSync(join(folder, "file"), bytes);
      const file = fileSource(join(folder, "file"));
      file.close();
      file.close();
      expect(() => file.read(0, 1)).toThrow(expect.objectContaining({ code: "unreadable", offset: 0 }));
    });
  });

  it("a file that shrinks gives what it still has", () => {
    inTemporaryFolder((folder) => {
      writeFileSync(join(folder, "file"), bytes);
      using file = fileSource(join(folder, "file"));
      truncateSync(join(folder, "file"), 10);
      expect(file.read(0, 100)).toHaveLength(10);
      expect(() => openBinary(file)).toThrow(expect.objectContaining({ code: "truncated" }));
    });
  });

  it.skipIf(!has("mkfifo"))("a FIFO is refused, not waited for [needs mkfifo]", () => {
    inTemporaryFolder((folder) => {
      spawnSync("mkfifo", [join(folder, "fifo")], { timeout: 10_000 });
      expect(() => fileSource(join(folder, "fifo"))).toThrow(expect.objectContaining({ code: "unreadable", message: expect.stringContaining("regular") }));
    });
  });
});

describe("what is no binary", () => {
  it.each([[""], ["#!/"], ["#!/bin/sh\n"], ["PK\x03\x04 and so on"]])("%j", (text) => {
    const source = bytesSource("text", Buffer.from(text));
    expect(() => openBinary(source)).toThrow(BinaryError);
    expect(() => openBinary(source)).toThrow(expect.objectContaining({ code: "unknown-format", source: "text", offset: 0 }));
  });

  it("a source that fails is an error with its cause", () => {
    const cause = new Error("EIO");
    const source: ByteSource = {
      name: "broken",
      size: 4096,
      read() {
        throw cause;
      },
    };
    expect(() => openBinary(source)).toThrow(expect.objectContaining({ code: "unreadable", source: "broken", cause }));
  });
});
