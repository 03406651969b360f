import { describe, expect, it } from "vitest";

import { shop } from "./top-shop.ts";

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
});
