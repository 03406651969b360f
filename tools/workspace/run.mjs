import { spawn } from "node:child_process";

import { environment, root } from "./environment.mjs";

/**
 * Runs a command in the clone's root and keeps what it writes.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<{ status: number, output: string }>} its exit status, 128 + N if a signal ended it
 */
export function runQuietly(command, args) {
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(command, args, { cwd: root, env: environment, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
    child.on("error", (error) => resolve({ status: 127, output: `${output}${error.message}\n` }));
    child.on("close", (code, signal) => resolve({ status: exitStatus(code, signal), output }));
  });
}

/**
 * Runs a command that talks to the user itself. While it runs, Ctrl-C and its like are the command's affair.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 * @returns {Promise<number>} its exit status, 128 + N if a signal ended it
 */
export function runOpenly(command, args, { cwd = root, env = {} } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...environment, ...env }, stdio: "inherit" });
    const release = passSignals(child);
    const end = (status) => {
      release();
      resolve(status);
    };
    child.on("error", (error) => {
      console.error(`${command}: ${error.message}`);
      end(127);
    });
    child.on("exit", (code, signal) => end(exitStatus(code, signal)));
  });
}

const ignore = () => {};

/** The terminal sends SIGINT to the command as well; the others come to us alone. */
function passSignals(child) {
  const pass = (signal) => child.kill(signal);
  process.on("SIGINT", ignore).on("SIGTERM", pass).on("SIGHUP", pass);
  return () => process.off("SIGINT", ignore).off("SIGTERM", pass).off("SIGHUP", pass);
}

const numbers = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGPIPE: 13, SIGTERM: 15 };

function exitStatus(code, signal) {
  return code ?? 128 + (numbers[signal] ?? 0);
}
