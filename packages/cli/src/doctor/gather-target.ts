import { existsSync } from "node:fs";
import { openProcess, type Process } from "@pyspy/process";
import { attach, formatVersion } from "@pyspy/sampler";
import type { ProcessFacts, PythonFacts, TargetFacts } from "./facts.ts";
import { gatherProcess } from "./gather-process.ts";
import { probeMemory } from "./probe.ts";
import { shownText } from "./shown-text.ts";

const MAX_CHILDREN = 20;
const OTHER_PYTHONS: readonly (readonly [name: string, file: RegExp])[] = [
  ["PyPy", /\/(lib)?pypy[^/]*$/i],
  ["GraalPy", /\/(lib)?(graalpy|pythonvm)[^/]*$/i],
];

/** What can be seen of a process. Does not throw. */
export function gatherTarget(pid: number, wantsPython: boolean): TargetFacts {
  const facts = gatherProcess(pid);
  const existence = existenceOf(pid, facts);
  if (existence !== "running") {
    return { pid, existence, process: facts, processVmReadv: undefined, memoryFile: undefined, executable: "", otherPython: undefined, pythonChildren: [] };
  }
  const executable = executableOf(pid);
  return {
    pid,
    existence,
    process: facts,
    processVmReadv: probeMemory(pid, "process_vm_readv"),
    memoryFile: probeMemory(pid, "/proc/pid/mem"),
    executable,
    otherPython: otherPythonOf(pid, executable),
    pythonChildren: pythonChildrenOf(pid),
    ...(wantsPython ? { python: pythonOf(pid) } : {}),
  };
}

function existenceOf(pid: number, facts: ProcessFacts | undefined): TargetFacts["existence"] {
  if (facts !== undefined) return facts.status.state === "Z" || facts.status.state === "X" ? "zombie" : "running";
  if (existsSync(`/proc/${pid}`)) return "hidden";
  try {
    process.kill(pid, 0);
    return existsSync("/proc/self") ? "hidden" : "none";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM" ? "hidden" : "none";
  }
}

/** Its link may be shown to fewer than its command line. */
function executableOf(pid: number): string {
  return ask(pid, (target) => target.executable()) ?? ask(pid, (target) => target.commandLine()[0]) ?? "";
}

function otherPythonOf(pid: number, executable: string): string | undefined {
  const mapped = ask(pid, (target) => target.memoryMaps().map(({ path }) => path)) ?? [];
  const files = new Set([`/${executable}`, ...mapped]);
  return OTHER_PYTHONS.find(([, pattern]) => [...files].some((file) => pattern.test(file)))?.[0];
}

function pythonChildrenOf(pid: number): { pid: number; name: string }[] {
  const children = ask(pid, (target) => target.children()) ?? [];
  return children.slice(0, MAX_CHILDREN).flatMap((child) => {
    const name = shownText(`/proc/${child}/comm`).trim();
    return /^python/i.test(name) ? [{ pid: child, name }] : [];
  });
}

function pythonOf(pid: number): PythonFacts {
  try {
    using target = openProcess(pid);
    const { version, image, strategy } = attach(target);
    return { found: true, version: formatVersion(version), image, strategy };
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: string };
    return { found: false, code: typeof code === "string" ? code : "", message: message ?? String(error) };
  }
}

function ask<T>(pid: number, question: (target: Process) => T): T | undefined {
  try {
    using target = openProcess(pid);
    return question(target);
  } catch {
    return undefined;
  }
}
