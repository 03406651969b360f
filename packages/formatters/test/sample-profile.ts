import { type Frame, Profile, type ProfileInfo, SampleFlags } from "@pyspy/profile";

export const info: ProfileInfo = {
  interval: 0.01,
  startTime: 1_700_000_000_000,
  title: "python app.py --verbose",
  pythonVersion: "3.13.1",
  pid: 100,
  commandLine: ["python", "app.py", "--verbose"],
};

export function pythonFrame(name: string, shortFile: string, line: number, folder = "/srv/app/"): Frame {
  return { kind: "python", name, qualifiedName: name, file: folder + shortFile, shortFile, line, column: 0, firstLine: line - 1, module: "" };
}

export const frames = {
  module: pythonFrame("<module>", "app.py", 40),
  serve: pythonFrame("serve", "app.py", 12),
  render9: { ...pythonFrame("render", "app.py", 9), firstLine: 8 },
  render10: { ...pythonFrame("render", "app.py", 10), firstLine: 8 },
  escape: pythonFrame("escape", "markup/native.py", 3, "/srv/venv/lib/python3.13/site-packages/"),
  dumps: pythonFrame("dumps", "json/__init__.py", 231, "/usr/lib/python3.13/"),
  lock: { kind: "native", name: "pthread_mutex_lock", qualifiedName: "", file: "", shortFile: "", line: 0, column: 0, firstLine: 0, module: "/lib/libc.so.6" },
  odd: { ...pythonFrame("<lambda>;\n", "a&b<c>\".py", 1), firstLine: 1 },
  bare: { kind: "synthetic", name: "<garbage collection>", qualifiedName: "", file: "", shortFile: "", line: 0, column: 0, firstLine: 0, module: "" },
} as const satisfies Record<string, Frame>;

/** Two threads of one process and one of its child; an idle gap, a late tick, and a sample without a stack. */
export function sampleProfile(): Profile {
  const profile = new Profile(info);
  profile.addProcess({ pid: 101, parentPid: 100, commandLine: ["python", "-c", "work()"] });
  const { module, serve, render9, render10, escape, dumps, lock, odd, bare } = frames;
  const thread = (pid: number, osThreadId: number, name: string): number =>
    profile.threadId({ pid, interpreter: 0, osThreadId, threadId: 0x7f00_0000_0000 + osThreadId, name });
  const stack = (...path: Frame[]): number => path.reduce((callers, frame) => profile.stackId(callers, profile.frameId(frame)), 0);
  const worker = thread(100, 107, "worker-1");
  const main = thread(100, 100, "MainThread");
  const child = thread(101, 101, "");
  profile.addSample(worker, stack(serve, dumps), 0.01, 1, 0);
  profile.addSample(main, stack(module, serve, render9), 0, 1, SampleFlags.gilHolder);
  profile.addSample(main, stack(module, serve, render10, escape), 0.01, 1, SampleFlags.gilHolder);
  profile.addSample(main, stack(module, serve, render10, escape), 0.02, 2, 0);
  profile.addSample(worker, stack(serve, dumps, lock), 0.02, 1, SampleFlags.idle);
  profile.addSample(main, stack(module, serve, render9), 0.04, 1, 0);
  profile.addSample(child, stack(module, odd), 0.045, 1, 0);
  profile.addSample(main, stack(module, bare), 0.1, 1, SampleFlags.garbageCollection);
  profile.addSample(main, 0, 0.11, 1, 0);
  profile.addSample(worker, stack(serve, dumps), 0.11, 1, 0);
  profile.duration = 0.12;
  return profile;
}

/** Weight of all samples with a stack. */
export const sampleTotal = 10;
