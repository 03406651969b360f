import type { Facts, LinuxFacts, Outcome, ProcessFacts, TargetFacts } from "../src/doctor/facts.ts";
import type { ProcessStatus } from "../src/doctor/process-status.ts";

export const works: Outcome = { works: true };
export const ALL_CAPABILITIES: bigint = 0x1ff_ffff_ffffn;
/** What Docker leaves root: no CAP_SYS_PTRACE. */
export const DOCKER_CAPABILITIES: bigint = 0xa80425fbn;

export function fails(errno: string): Outcome {
  return { works: false, errno, message: `cannot do it: ${errno}` };
}

export function status(user: number, capabilities: bigint, rest: Partial<ProcessStatus> = {}): ProcessStatus {
  return {
    name: "python",
    state: "S",
    threadGroup: 200,
    parent: 1,
    tracer: 0,
    users: [user, user, user],
    groups: [user, user, user],
    permitted: capabilities,
    effective: capabilities,
    bounding: capabilities,
    seccomp: 0,
    namespacePids: [200],
    ...rest,
  };
}

export function processFacts(user: number, capabilities: bigint, rest: Partial<ProcessFacts> = {}): ProcessFacts {
  return {
    pid: 100,
    status: status(user, capabilities),
    userNamespace: "user:[4026531837]",
    pidNamespace: "pid:[4026531836]",
    userMap: "0 0 4294967295",
    ancestors: [1],
    dumpable: true,
    ...rest,
  };
}

/** Root on a machine of its own, with nothing in the way. */
export function facts(linux: Partial<LinuxFacts> = {}, target?: TargetFacts): Facts {
  return {
    system: "Linux",
    release: "6.1.0",
    architecture: "x64",
    nodeVersion: "22.1.0",
    user: linux.self?.status.users[1] ?? 0,
    linux: {
      self: processFacts(0, ALL_CAPABILITIES),
      ptraceScope: undefined,
      hidepid: "0",
      container: undefined,
      securityLabel: "",
      probes: { foreignFunctions: works, processVmReadv: works, memoryFile: works, ptrace: works },
      ...linux,
    },
    ...(target ? { target } : {}),
  };
}

/** A process that cannot be read. */
export function denied(process: ProcessFacts, rest: Partial<TargetFacts> = {}): TargetFacts {
  return {
    pid: 200,
    existence: "running",
    process: { ...process, pid: 200 },
    processVmReadv: fails("EPERM"),
    memoryFile: fails("EACCES"),
    executable: "/usr/bin/python3",
    otherPython: undefined,
    pythonChildren: [],
    python: { found: false, code: "permission-denied", message: "cannot read process 200: EACCES" },
    ...rest,
  };
}
