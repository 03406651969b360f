import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import type { TopOptions } from "../src/top/top-options.ts";
import { poll } from "./pyspy.ts";

/** Why there is no terminal that can be looked at; "" if there is. */
export const whyNoTmux: string = spawnSync("tmux", ["-V"]).status === 0 ? "" : "needs tmux";

/** What runs `top` alone, from its sources. */
export const topCommand: readonly string[] = [process.execPath, "--conditions=@pyspy/source", fileURLToPath(new URL("top-main.ts", import.meta.url))];

let servers = 0;

/** A terminal with a shell in it, of a tmux of its own. */
export class TopTerminal implements Disposable {
  readonly #server: string = `pyspy-top-${process.pid}-${servers++}`;

  constructor(columns: number, rows: number, cwd: string) {
    const env = { ...process.env, PS1: "$ ", TERM: "xterm-256color", LC_ALL: "C.UTF-8", NO_COLOR: "", CLICOLOR: "", CLICOLOR_FORCE: "", NODE_OPTIONS: "" };
    const args = ["-L", this.#server, "-f", "/dev/null", "new-session", "-d", "-x", String(columns), "-y", String(rows), "-c", cwd, "/bin/sh"];
    execFileSync("tmux", args, { env });
  }

  /** Types a command that runs `top`, shows the terminal's modes before and after, and how it ended. */
  startTop(options: Partial<TopOptions>, ...program: readonly string[]): void {
    const command = [...topCommand, JSON.stringify(options), ...program].map(quote).join(" ");
    this.type(`clear; before=$(stty -g); ${command}; echo "[status $?]"; [ "$before" = "$(stty -g)" ] && echo "[same modes]" || echo "[other modes]"\n`);
  }

  type(text: string): void {
    this.#tmux("send-keys", "-l", "--", text.replaceAll("\n", "\r"));
  }

  /** Keys by tmux's names: "Enter", "Down", "C-c". */
  press(...keys: readonly string[]): void {
    this.#tmux("send-keys", ...keys);
  }

  resize(columns: number, rows: number): void {
    this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** What it shows, line by line. */
  lines(): string[] {
    return this.#tmux("capture-pane", "-p").replace(/\n$/, "").split("\n");
  }

  text(): string {
    return this.lines().join("\n");
  }

  /** The same with escape sequences. */
  painted(): string {
    return this.#tmux("capture-pane", "-p", "-e");
  }

  async until(what: string | RegExp, check?: (text: string) => boolean): Promise<string> {
    const isSo = check ?? ((text: string) => (typeof what === "string" ? text.includes(what) : what.test(text)));
    let text = "";
    await poll(String(what), () => isSo((text = this.text())), () => text);
    return text;
  }

  /** Process id of what runs in the foreground below the shell; 0 if nothing does. */
  topPid(): number {
    const shell = this.#tmux("display-message", "-p", "#{pane_pid}").trim();
    const { stdout } = spawnSync("ps", ["-o", "pid=", "--ppid", shell], { encoding: "utf8" });
    return Number(stdout.trim().split(/\s+/)[0] ?? 0);
  }

  /** Waits for the end of `top`; returns what is on the screen then. The screen is the usual one, its cursor is shown. */
  async ended(): Promise<{ text: string; isRestored: boolean }> {
    const text = await this.until(/^\[(same|other) modes\]$/m);
    const modes = this.#tmux("display-message", "-p", "#{alternate_on} #{cursor_flag} #{wrap_flag}").trim();
    return { text, isRestored: /^\[same modes\]$/m.test(text) && modes === "0 1 1" };
  }

  [Symbol.dispose](): void {
    spawnSync("tmux", ["-L", this.#server, "kill-server"]);
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync("tmux", ["-L", this.#server, ...args], { encoding: "utf8" });
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
