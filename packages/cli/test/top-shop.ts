import { Profile, type ProfileInfo, SampleFlags } from "@pyspy/profile";
import { expect } from "vitest";

import { lineText } from "../src/top/styled-line.ts";
import { textWidth } from "../src/top/text-width.ts";
import { type Screen, topScreen } from "../src/top/top-screen.ts";
import { TopStatistics } from "../src/top/top-statistics.ts";
import { START_VIEW, type TopView } from "../src/top/top-view.ts";

export const info: ProfileInfo = {
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

/** A shop: its main thread, a worker, and a thread that waits. */
export class Shop {
  readonly profile: Profile;
  readonly statistics: TopStatistics;
  #time = 0;

  constructor(over: Partial<ProfileInfo> = {}) {
    this.profile = new Profile({ ...info, ...over });
    this.statistics = new TopStatistics({ idle: false, gil: false }, "short");
  }

  /** Takes ticks in each of which the main thread runs `frames`, the worker something else, and a third thread nothing. */
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

/** After two refreshes. */
export function shop(): Shop {
  const fixture = new Shop();
  fixture.run(16, ["handle", "shop/orders.py", 40], ["price", "shop/prices.py", 7]);
  fixture.refresh();
  fixture.run(4, ["handle", "shop/orders.py", 41], ["price", "shop/prices.py", 9], ["price", "shop/prices.py", 9]);
  fixture.run(12, ["handle", "shop/orders.py", 44], [LONG, "shop/names.py", 1]);
  fixture.refresh();
  return fixture;
}
