import { describe, expect, it } from "vitest";

import { percentText, secondsText } from "../src/top/seconds-text.ts";
import { actionOf, KeyDecoder } from "../src/top/top-keys.ts";
import { changeView, type Shown, START_VIEW, type TopView, type ViewAction } from "../src/top/top-view.ts";

const ROWS: Shown = { rowCount: 50, rowsFit: 10, scroll: 0, threads: [], cursor: undefined };
const THREADS: Shown = { rowCount: 3, rowsFit: 2, scroll: 0, threads: [4, 2, 7], cursor: 4 };

/** The view after keys; what is shown follows the view as drawing would have it. */
function press(keys: readonly string[], view: TopView = START_VIEW, shown: Shown = ROWS): TopView {
  let now = view;
  for (const key of keys) {
    const action = actionOf(key, now);
    if (action) now = changeView(now, action as ViewAction, { ...shown, scroll: now.scroll, cursor: now.cursor ?? shown.cursor });
  }
  return now;
}

describe("keys", () => {
  it("decodes characters, control characters and sequences, also in pieces", () => {
    const decoder = new KeyDecoder();
    expect(decoder.decode("q\u0003\u007f\r関\u001b[A\u001bOB\u001b[5~\u001b[1;5H\u001b[200~\u001bx")).toEqual([
      "q", "ctrl-c", "backspace", "enter", "関", "up", "down", "page-up", "home",
    ]);
    expect(decoder.decode("\u001b[")).toEqual([]);
    expect(decoder.isWaiting).toBe(true);
    expect(decoder.decode("6~a")).toEqual(["page-down", "a"]);
    expect(decoder.decode("\u001b")).toEqual([]);
    expect(decoder.flush()).toEqual(["escape"]);
    expect(decoder.decode("\u001b\u001b[B")).toEqual(["escape", "down"]);
    expect(decoder.decode(`\u001b[${"1".repeat(100)}`).length).toBeGreaterThan(0);
  });

  it("has py-spy's keys in either case, and its own", () => {
    const actions = [..."1234lLrR?xXqtTpP isS/"].map((key) => actionOf(key, START_VIEW)?.do);
    expect(actions).toEqual([
      "sort", "sort", "sort", "sort", "lines", "lines", "reset", "reset", "help", "close-help", "close-help", "quit",
      "threads", "threads", "pause", "pause", "pause", "reverse", "save", "save", "search",
    ]);
    expect(actionOf("2", START_VIEW)).toEqual({ do: "sort", by: 2 });
    expect(actionOf("z", START_VIEW)).toBeUndefined();
  });

  it("takes letters as text while searching, but always leaves by Ctrl-C", () => {
    const searching = press(["/"]);
    expect(actionOf("q", searching)).toEqual({ do: "type", text: "q" });
    expect(actionOf("ctrl-c", searching)).toEqual({ do: "quit" });
    expect(press(["/", "j", "s", "関", "backspace", "o"])).toMatchObject({ search: "jso", isSearching: true });
    expect(press(["/", "j", "enter", "1"])).toMatchObject({ search: "j", isSearching: false, sort: 1 });
    expect(press(["/", "j", "escape"])).toMatchObject({ search: "", isSearching: false });
    expect(press(["/", "j", "enter", "escape"])).toMatchObject({ search: "" });
    expect(press(["/", "a", "b", "ctrl-u"])).toMatchObject({ search: "", isSearching: true });
    expect(press(["/", "backspace"])).toMatchObject({ isSearching: false });
  });
});

describe("view", () => {
  it("scrolls within the rows", () => {
    expect(press(["up"]).scroll).toBe(0);
    expect(press(["down", "down"]).scroll).toBe(2);
    expect(press(["page-down"]).scroll).toBe(9);
    expect(press(["end"]).scroll).toBe(40);
    expect(press(["end", "down"]).scroll).toBe(40);
    expect(press(["end", "page-up"]).scroll).toBe(31);
    expect(press(["end", "home"]).scroll).toBe(0);
    expect(press(["end", "1"]).scroll).toBe(0);
  });

  it("moves a mark through the threads, shows the marked one's functions, and goes back", () => {
    expect(press(["t", "down"], START_VIEW, THREADS)).toMatchObject({ list: "threads", cursor: 2, scroll: 0 });
    expect(press(["t", "down", "down", "down"], START_VIEW, THREADS)).toMatchObject({ cursor: 7, scroll: 1 });
    const one = press(["t", "down", "enter"], START_VIEW, THREADS);
    expect(one).toMatchObject({ list: "functions", thread: 2 });
    expect(press(["t"], one, THREADS)).toMatchObject({ list: "threads", cursor: 2 });
    expect(press(["t", "escape"], one, THREADS)).toMatchObject({ list: "functions", thread: 2 });
    expect(press(["escape"], one)).toMatchObject({ thread: undefined });
    expect(press(["t", "enter"], START_VIEW, { ...THREADS, threads: [], cursor: undefined })).toMatchObject({ list: "functions", thread: undefined });
  });

  it("keeps sort, order, lines and pause apart from help", () => {
    expect(press(["4", "i", "l", "p", "?"])).toMatchObject({ sort: 4, reversed: true, lines: true, isPaused: true, isHelpShown: true });
    expect(press(["?", "x"]).isHelpShown).toBe(false);
    expect(press(["?", "?"]).isHelpShown).toBe(false);
    expect(press(["?", "escape"]).isHelpShown).toBe(false);
  });
});

describe("percentText", () => {
  it.each([
    [0, "0.00%"], [0.5, "50.00%"], [9.99994, "999.99%"], [9.99996, "1000.0%"], [99.9994, "9999.9%"], [99.9999, "10000%"],
  ])("%d is %s", (share, text) => {
    expect(percentText(share)).toBe(text);
  });
});

describe("secondsText", () => {
  it.each([
    [0, "0.000"], [0.9994, "0.999"], [1, "1.00"], [99.994, "99.99"], [100, "100.0"], [1000, "1000.0"], [1000.6, "1001"], [123_456.7, "123457"],
  ])("%d is %s", (seconds, text) => {
    expect(secondsText(seconds)).toBe(text);
  });
});
