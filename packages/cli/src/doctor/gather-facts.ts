import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { release, type as systemName } from "node:os";
import { containerOf } from "./container.ts";
import type { Facts, LinuxFacts } from "./facts.ts";
import { gatherProcess } from "./gather-process.ts";
import { gatherTarget } from "./gather-target.ts";
import { hidepidOf, parseMountInfo } from "./mount-info.ts";
import { probeSystem } from "./probe.ts";
import { shownText as text } from "./shown-text.ts";

export interface GatherOptions {
  readonly pid?: number | undefined;
  /** Look for the interpreter as well. */
  readonly attach?: boolean;
}

/** What this machine allows us, and what is known of the process with that pid. Does not throw. */
export function gatherFacts({ pid, attach = false }: GatherOptions = {}): Facts {
  const base: Facts = {
    system: systemName(),
    release: release(),
    architecture: process.arch,
    nodeVersion: process.versions.node,
    user: process.geteuid?.(),
  };
  if (base.system === "Darwin") return { ...base, systemIntegrityProtection: hasIntegrityProtection() };
  if (base.system !== "Linux") return base;
  const linux = gatherLinux();
  return pid === undefined ? { ...base, linux } : { ...base, linux, target: gatherTarget(pid, attach) };
}

function gatherLinux(): LinuxFacts {
  const mounts = parseMountInfo(text("/proc/self/mountinfo"));
  const ptraceScope = /^[0-3]$/.exec(text("/proc/sys/kernel/yama/ptrace_scope").trim())?.[0];
  return {
    self: gatherProcess(process.pid),
    ptraceScope: ptraceScope === undefined ? undefined : Number(ptraceScope),
    hidepid: hidepidOf(mounts),
    container: containerOf({
      dockerenv: existsSync("/.dockerenv"),
      containerenv: existsSync("/run/.containerenv"),
      kubernetesServiceHost: process.env["KUBERNETES_SERVICE_HOST"] !== undefined,
      cgroups: `${text("/proc/self/cgroup")}\n${text("/proc/1/cgroup")}`,
      mounts,
      announced: announcedContainer(),
      release: release(),
    }),
    securityLabel: text("/proc/self/attr/current").replace(/[\0\n]+$/, ""),
    probes: probeSystem(),
  };
}

/** https://systemd.io/CONTAINER_INTERFACE: what a container manager sets for process 1, and systemd writes down. */
function announcedContainer(): string {
  const written = text("/run/systemd/container").trim();
  if (written !== "") return written;
  const variable = text("/proc/1/environ").split("\0").find((entry) => entry.startsWith("container="));
  return (variable ?? `container=${process.env["container"] ?? ""}`).slice("container=".length);
}

function hasIntegrityProtection(): boolean | undefined {
  try {
    return execFileSync("/usr/bin/csrutil", ["status"], { encoding: "utf8", timeout: 5000 }).includes("enabled");
  } catch {
    return undefined;
  }
}
