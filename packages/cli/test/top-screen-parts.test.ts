import { describe, expect, it } from "vitest";

import { lineText } from "../src/top/styled-line.ts";
import { shop, Shop } from "./top-shop.ts";

describe("topScreen", () => {
  it("lists threads and marks one", () => {
    const screen = shop().screen(80, 12, { list: "threads" });
    expect(`\n${screen.lines.map((line) => lineText(line).trimEnd()).join("\n")}\n`).toMatchInlineSnapshot(`
      "
      Collecting samples from '/usr/bin/python3 -m shop.server --po…' (python v3.13.1)
      Total Samples 32
      GIL: 100.00%, Active: 125.00%, Threads: 3

        %Own     %GIL ▼OwnTime    GILTime  State      Thread
      100.00% 100.00%   0.320s    0.320s   active+gil Thread 100 "MainThread"
       25.00%   0.00%   0.080s    0.000s   idle       Thread 101 "スレッド-1"
        0.00%   0.00%   0.000s    0.000s   idle       Thread 0x7F02



      Enter shows one thread, Esc goes back.
      "
    `);
    expect(screen.shown).toEqual({ rowCount: 3, rowsFit: 6, scroll: 0, threads: [0, 1, 2], cursor: 0 });
    expect(screen.lines.filter((line) => line.some(({ style }) => style === "marked")).map(lineText)).toEqual([screen.lines[5]!.map(({ text }) => text).join("")]);
    expect(shop().screen(80, 12, { list: "threads", cursor: 2 }).shown).toMatchObject({ cursor: 2 });
    expect(shop().screen(80, 8, { list: "threads", cursor: 2 }).shown).toMatchObject({ rowsFit: 2, scroll: 1 });
  });

  it("shows one thread only", () => {
    const fixture = shop();
    fixture.statistics.select(1, fixture.profile);
    expect(fixture.text(80, 10, { thread: 1 })).toMatchInlineSnapshot(`
      "
      Collecting samples from '/usr/bin/python3 -m shop.server --po…' (python v3.13.1)
      Total Samples 32
      GIL: 100.00%, Active: 125.00%, Threads: 3
      Only Thread 101 "スレッド-1"  (Esc: all threads)
        %Own   %Total ▼OwnTime  TotalTime  Function (filename)
       25.00%  25.00%   0.080s    0.080s   計算する (仕事/計算.py)
        0.00%  25.00%   0.000s    0.080s   run (threading.py)


      Press q to quit, or ? for help.
      "
    `);
  });

  it("shows help, a search being typed, pause and what was said", () => {
    const fixture = shop();
    expect(fixture.text(80, 24, { isHelpShown: true })).toMatchInlineSnapshot(`
      "
      Keys

      1           Sort by %Own: time in the function itself, of the last interval
      2           Sort by %Total: time in the function and what it calls
      3           Sort by OwnTime: time in the function itself, since the start
      4           Sort by TotalTime: time in it and what it calls, since the start
      I           Reverse the order
      L           Switch between functions and lines
      T           List threads; Enter shows one thread only, Esc all again
      /           Search: rows with a text in them; Esc shows all again
      Arrows      Scroll; also PgUp, PgDn, Home, End
      P, Space    Pause the screen; sampling goes on
      R           Reset: start to count anew
      S           Save a flame graph: of what was gathered
      ?, X        Show this help, leave it
      Ctrl-L      Draw the screen anew
      Q, Ctrl-C   Quit






      Press X to leave help.
      "
    `);
    expect(fixture.text(40, 8, { isHelpShown: true }).split("\n")[3]).toBe("1: Sort by %Own");
    expect(fixture.text(80, 8, { isSearching: true, search: "pri", isPaused: true })).toMatchInlineSnapshot(`
      "
      Collecting samples from '/usr/bin/python3 -m shop.server --po…' (python v3.13.1)
      Total Samples 32  PAUSED
      GIL: 100.00%, Active: 125.00%, Threads: 3

        %Own   %Total ▼OwnTime  TotalTime  Function (filename)
       25.00%  25.00%   0.200s    0.200s   price (shop/prices.py)

      Search: pri   Enter keeps, Esc clears
      "
    `);
    expect(fixture.text(80, 8, { notice: "Wrote it to 'x\n.svg'" }).trimEnd().split("\n").at(-1)).toBe("Wrote it to 'x\\n.svg'");
  });

  it("brings the scroll into range, and says where it is", () => {
    expect(shop().screen(80, 9, { scroll: 99 }).shown).toMatchObject({ rowCount: 6, rowsFit: 3, scroll: 3 });
    expect(shop().text(80, 9, { scroll: 1 }).trimEnd().split("\n").at(-1)).toBe("Press q to quit, or ? for help.  2-4 of 6");
    for (const rows of [1, 2, 3, 5, 6, 7]) for (const columns of [1, 2, 7, 10]) shop().screen(columns, rows);
  });

  it("warns of late samples and tells errors", () => {
    const fixture = new Shop();
    Object.assign(fixture.profile.counts, { late: 100, errors: 9 });
    fixture.run(200, ["f", "f.py", 1]);
    fixture.refresh();
    expect(fixture.text(80, 8)).toMatchInlineSnapshot(`
      "
      Late: 100 of 300 samples, results may be inaccurate. Try a lower sampling rate
      Collecting samples from '/usr/bin/python3 -m shop.server --po…' (python v3.13.1)
      Total Samples 200, Error Rate 4.31%
      GIL: 100.00%, Active: 125.00%, Threads: 3

        %Own   %Total ▼OwnTime  TotalTime  Function (filename)
      100.00% 100.00%    2.00s     2.00s   f (f.py)
      Press q to quit, or ? for help.  1-1 of 4
      "
    `);
    expect(fixture.screen(80, 8).lines[0]).toEqual([{ text: expect.stringContaining("Late:"), style: "warning" }]);
    fixture.run(200, ["f", "f.py", 1]);
    fixture.refresh();
    expect(fixture.text(80, 8)).not.toContain("Late:");
  });

  it("escapes what would do something to the terminal, and cuts the command before the version", () => {
    const fixture = new Shop({ commandLine: ["python", `\u001b[2J${"x".repeat(200)}`] });
    fixture.run(1, ["a\u001b[31mb", "c\nd.py", 1]);
    fixture.refresh();
    const text = fixture.text(80, 10);
    expect(text).toContain("a\\u001b[31mb (c\\nd.py)");
    expect(text).toMatch(/^\nCollecting samples from 'python \\u001b\[2Jx+…' \(python v3\.13\.1\)\n/);
    expect(text.split("\n")[1]).toHaveLength(80);
  });

  it("is empty but whole before the first sample", () => {
    expect(new Shop().text(60, 8)).toMatchInlineSnapshot(`
      "
      Collecting samples from '/usr/bin/python3…' (python v3.13.1)
      Total Samples 0
      GIL: 0.00%, Active: 0.00%, Threads: 0

        %Own   %Total ▼OwnTime  TotalTime  Function (filename)


      Press q to quit, or ? for help.
      "
    `);
  });
});
