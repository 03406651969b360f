import { Profile, type ProfileInfo, SampleFlags } from "@pyspy/profile";
import { describe, expect, it } from "vitest";

import { lineText } from "../src/top/styled-line.ts";
import { textWidth } from "../src/top/text-width.ts";
import { reportData, reportText } from "../src/top/top-report.ts";
import { type Screen, topScreen } from "../src/top/top-screen.ts";
import { TopStatistics } from "../src/top/top-statistics.ts";
import { START_VIEW, type TopView } from "../src/top/top-view.ts";

const info: ProfileInfo = {
  interval: 0.01,
  startTime: Date.UTC(2026, 10, 22, 20),
  title: "",
  pythonVersion: "3.13.1",
  pid: 100,
  commandLine: ["/usr/bin/python3", "-m", "shop.server", "--port", "8080"],
};
const { idle, gilHolder } = SampleFlags;

const main = { pid: 100, interpreter: 0, osThreadId: 100, threadId: 0x7f00, name: "MainThread" };
const worker = { pid: 100, interpreter: 0, osThreadId: 101, threadId: 0x7f01, name: "スレッド-1" };
const nameless = { pid: 100, interpreter: 0, osThreadId: 0, threadId: 0x7f02, name: "" };

const LONG = "a_function_with_quite_a_long_name_that_goes_on_and_on_and_on_until_it_is_longer_than_any_screen_is_wide_at_all";

class Fixture {
  readonly profile: Profile;
  readonly statistics: TopStatistics;
  #time = 0;

  constructor(over: Partial<ProfileInfo> = {}) {
    this.profile = new Profile({ ...info, ...over });
    this.statistics = new TopStatistics({ idle: false, gil: false }, "short");
  }

  /** Ticks in each of which the main thread runs `frames`, the worker something else, and a third thread nothing. */
  run(ticks: number, ...frames: readonly (readonly [name: string, file: string, line: number])[]): void {
    for (let tick = 0; tick < ticks; tick++) {
      this.#add(main, gilHolder, [["<module>", "shop/server.py", 3], ...frames]);
      this.#add(worker, tick % 4 === 0 ? 0 : idle, [["run", "threading.py", 992], ["計算する", "仕事/計算.py", 12]]);
      this.#add(nameless, idle, [["wait", "threading.py", 355]]);
      this.profile.duration = ++this.#time / 100;
    }
    this.statistics.take(this.profile);
  }

  refresh(): void {
    this.statistics.refresh(this.profile);
  }

  #add(thread: typeof main, flags: number, frames: readonly (readonly [string, string, number])[]): void {
    let stack = 0;
    for (const [name, shortFile, line] of frames) {
      const frame = { kind: "python", name, qualifiedName: name, file: `/srv/${shortFile}`, shortFile, line, column: 0, firstLine: 1, module: "" } as const;
      stack = this.profile.stackId(stack, this.profile.frameId(frame));
    }
    this.profile.addSample(this.profile.threadId(thread), stack, this.#time, 1, flags);
  }

  screen(columns: number, rows: number, view: Partial<TopView> = {}): Screen {
    const screen = topScreen(this.statistics, { ...this.profile.info, subprocesses: false }, { ...START_VIEW, ...view }, { columns, rows });
    expect(screen.lines).toHaveLength(rows);
    for (const line of screen.lines) expect(textWidth(lineText(line))).toBeLessThanOrEqual(columns);
    return screen;
  }

  text(columns: number, rows: number, view: Partial<TopView> = {}): string {
    return `\n${this.screen(columns, rows, view).lines.map((line) => lineText(line).trimEnd()).join("\n")}\n`;
  }
}

function shop(): Fixture {
  const fixture = new Fixture();
  fixture.run(16, ["handle", "shop/orders.py", 40], ["price", "shop/prices.py", 7]);
  fixture.refresh();
  fixture.run(4, ["handle", "shop/orders.py", 41], ["price", "shop/prices.py", 9], ["price", "shop/prices.py", 9]);
  fixture.run(12, ["handle", "shop/orders.py", 44], [LONG, "shop/names.py", 1]);
  fixture.refresh();
  return fixture;
}

describe("topScreen", () => {
  it("fits 120 by 30", () => {
    expect(shop().text(120, 30)).toMatchInlineSnapshot(`
      "
      Collecting samples from '/usr/bin/python3 -m shop.server --port 8080' (python v3.13.1)
      Total Samples 32
      GIL: 100.00%, Active: 125.00%, Threads: 3

        %Own   %Total ▼OwnTime  TotalTime  Function (filename)
       25.00%  25.00%   0.200s    0.200s   price (shop/prices.py)
       75.00%  75.00%   0.120s    0.120s   a_function_with_quite_a_long_name_that_goes_on_and_on_and_on_until_it_is_longer_th…
       25.00%  25.00%   0.080s    0.080s   計算する (仕事/計算.py)
        0.00% 100.00%   0.000s    0.320s   <module> (shop/server.py)
        0.00% 100.00%   0.000s    0.320s   handle (shop/orders.py)
        0.00%  25.00%   0.000s    0.080s   run (threading.py)


















      Press q to quit, or ? for help.
      "
    `);
  });

  it("fits 80 by 24, with lines, another order, and a search", () => {
    expect(shop().text(80, 24, { lines: true, sort: 2 })).toMatchInlineSnapshot(`
      "
      Collecting samples from '/usr/bin/python3 -m shop.server --po…' (python v3.13.1)
      Total Samples 32
      GIL: 100.00%, Active: 125.00%, Threads: 3

        %Own  ▼%Total  OwnTime  TotalTime  Function (filename:line)
        0.00% 100.00%   0.000s    0.320s   <module> (shop/server.py:3)
       75.00%  75.00%   0.120s    0.120s   a_function_with_quite_a_long_name_that_goe…
        0.00%  75.00%   0.000s    0.120s   handle (shop/orders.py:44)
       25.00%  25.00%   0.080s    0.080s   計算する (仕事/計算.py:12)
       25.00%  25.00%   0.040s    0.040s   price (shop/prices.py:9)
        0.00%  25.00%   0.000s    0.080s   run (threading.py:992)
        0.00%  25.00%   0.000s    0.040s   handle (shop/orders.py:41)
        0.00%   0.00%   0.160s    0.160s   price (shop/prices.py:7)
        0.00%   0.00%   0.000s    0.160s   handle (shop/orders.py:40)









      Press q to quit, or ? for help.
      "
    `);
    expect(shop().text(80, 12, { sort: 4, reversed: true, search: "SHOP" })).toMatchInlineSnapshot(`
      "
      Collecting samples from '/usr/bin/python3 -m shop.server --po…' (python v3.13.1)
      Total Samples 32
      GIL: 100.00%, Active: 125.00%, Threads: 3

        %Own   %Total  OwnTime ▲TotalTime  Function (filename)
       75.00%  75.00%   0.120s    0.120s   a_function_with_quite_a_long_name_that_goe…
       25.00%  25.00%   0.200s    0.200s   price (shop/prices.py)
        0.00% 100.00%   0.000s    0.320s   <module> (shop/server.py)
        0.00% 100.00%   0.000s    0.320s   handle (shop/orders.py)


      Press q to quit, or ? for help.  4 with "SHOP" (Esc: all)
      "
    `);
  });

  it("takes two lines for a row on 50 by 20", () => {
    expect(shop().text(50, 20)).toMatchInlineSnapshot(`
      "
      '/usr/bin/python3 -m shop.serve…' (python v3.13.1)
      Total Samples 32
      GIL: 100.00%, Active: 125.00%, Threads: 3

        %Own   %Total ▼OwnTime  TotalTime
        Function (filename)
       25.00%  25.00%   0.200s    0.200s
        price (shop/prices.py)
       75.00%  75.00%   0.120s    0.120s
        a_function_with_quite_a_long_name_that_goes_on_…
       25.00%  25.00%   0.080s    0.080s
        計算する (仕事/計算.py)
        0.00% 100.00%   0.000s    0.320s
        <module> (shop/server.py)
        0.00% 100.00%   0.000s    0.320s
        handle (shop/orders.py)
        0.00%  25.00%   0.000s    0.080s
        run (threading.py)

      q: quit, ?: help
      "
    `);
  });

  it("shows what fits on 30 by 10, the sorted column always", () => {
    expect(shop().text(30, 10)).toMatchInlineSnapshot(`
      "
      '/usr/bin/p…' (python v3.13.1)
      Total Samples 32
      GIL: 100.00%, Active: 125.00%
      Threads: 3

        %Own   %Total ▼OwnTime
        Function (filename)
       25.00%  25.00%   0.200s
        price (shop/prices.py)
      q: quit, ?: help  1-1 of 6
      "
    `);
    expect(shop().text(30, 10, { sort: 4, scroll: 99 })).toMatchInlineSnapshot(`
      "
      '/usr/bin/p…' (python v3.13.1)
      Total Samples 32
      GIL: 100.00%, Active: 125.00%
      Threads: 3

        %Own   %Total ▼TotalTime
        Function (filename)
        0.00%  25.00%    0.080s
        run (threading.py)
      q: quit, ?: help  6-6 of 6
      "
    `);
    expect(shop().text(20, 10, { sort: 2 })).toMatchInlineSnapshot(`
      "
      '/usr/bi…' (python …
      Total Samples 32
      GIL: 100.00%
      Active: 125.00%
      Threads: 3

        %Own  ▼%Total
        Function (filenam…
        0.00% 100.00%
      q: quit, ?: help  1…
      "
    `);
  });

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
      S           Save what was gathered as a flame graph
      ?, X        Show this help, leave it
      Ctrl-L      Draw the screen anew
      Q, Ctrl-C   Quit






      Press X to leave help.
      "
    `);
    expect(fixture.text(40, 8, { isHelpShown: true }).split("\n")[3]).toBe("1: Sort by %Own: time in the function i…");
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
    const fixture = new Fixture();
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
    const fixture = new Fixture({ commandLine: ["python", `\u001b[2J${"x".repeat(200)}`] });
    fixture.run(1, ["a\u001b[31mb", "c\nd.py", 1]);
    fixture.refresh();
    const text = fixture.text(80, 10);
    expect(text).toContain("a\\u001b[31mb (c\\nd.py)");
    expect(text).toMatch(/^\nCollecting samples from 'python \\u001b\[2Jx+…' \(python v3\.13\.1\)\n/);
    expect(text.split("\n")[1]).toHaveLength(80);
  });

  it("is empty but whole before the first sample", () => {
    expect(new Fixture().text(60, 8)).toMatchInlineSnapshot(`
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

describe("reports", () => {
  it("prints the whole time with no row or line left out", () => {
    const fixture = shop();
    fixture.statistics.finish(fixture.profile);
    expect(`\n${reportText(fixture.statistics, { ...info, subprocesses: true }).map(lineText).join("\n")}\n`).toMatchInlineSnapshot(`
      "
      Collecting samples from '/usr/bin/python3 -m shop.server --port 8080' (python v3.13.1) and subprocesses
      Total Samples 32
      GIL: 100.00%, Active: 125.00%, Threads: 3

        %Own   %Total ▼OwnTime  TotalTime  Function (filename)
       62.50%  62.50%   0.200s    0.200s   price (shop/prices.py)
       37.50%  37.50%   0.120s    0.120s   a_function_with_quite_a_long_name_that_goes_on_and_on_and_on_until_it_is_longer_than_any_screen_is_wide_at_all (shop/names.py)
       25.00%  25.00%   0.080s    0.080s   計算する (仕事/計算.py)
        0.00% 100.00%   0.000s    0.320s   <module> (shop/server.py)
        0.00% 100.00%   0.000s    0.320s   handle (shop/orders.py)
        0.00%  25.00%   0.000s    0.080s   run (threading.py)
      "
    `);
  });

  it("gives the same as data", () => {
    const fixture = shop();
    fixture.statistics.finish(fixture.profile);
    const data = reportData(fixture.statistics, info);
    expect({ ...data, functions: data.functions.slice(0, 2), lines: data.lines.slice(0, 1) }).toMatchInlineSnapshot(`
      {
        "active": 1.25,
        "command": [
          "/usr/bin/python3",
          "-m",
          "shop.server",
          "--port",
          "8080",
        ],
        "duration": 0.32,
        "errors": 0,
        "functions": [
          {
            "file": "shop/prices.py",
            "line": null,
            "name": "price",
            "own": 0.625,
            "ownTime": 0.2,
            "total": 0.625,
            "totalTime": 0.2,
          },
          {
            "file": "shop/names.py",
            "line": null,
            "name": "a_function_with_quite_a_long_name_that_goes_on_and_on_and_on_until_it_is_longer_than_any_screen_is_wide_at_all",
            "own": 0.375,
            "ownTime": 0.12,
            "total": 0.375,
            "totalTime": 0.12,
          },
        ],
        "gil": 1,
        "interval": 0.01,
        "late": 0,
        "lines": [
          {
            "file": "shop/prices.py",
            "line": 7,
            "name": "price",
            "own": 0.5,
            "ownTime": 0.16,
            "total": 0.5,
            "totalTime": 0.16,
          },
        ],
        "pid": 100,
        "python": "3.13.1",
        "samples": 32,
        "threads": [
          {
            "gil": 1,
            "gilTime": 0.32,
            "name": "MainThread",
            "osThreadId": 100,
            "own": 1,
            "ownTime": 0.32,
            "pid": 100,
            "state": "active+gil",
            "threadId": 32512,
          },
          {
            "gil": 0,
            "gilTime": 0,
            "name": "スレッド-1",
            "osThreadId": 101,
            "own": 0.25,
            "ownTime": 0.08,
            "pid": 100,
            "state": "idle",
            "threadId": 32513,
          },
          {
            "gil": 0,
            "gilTime": 0,
            "name": null,
            "osThreadId": null,
            "own": 0,
            "ownTime": 0,
            "pid": 100,
            "state": "idle",
            "threadId": 32514,
          },
        ],
        "time": "2026-11-22T20:00:00.000Z",
        "version": 1,
      }
    `);
  });
});
