import { describe, expect, it } from "vitest";

import { lineText } from "../src/top/styled-line.ts";
import { reportData, reportText } from "../src/top/top-report.ts";
import { info, shop } from "./top-shop.ts";

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
