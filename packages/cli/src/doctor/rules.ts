import { FIRST_PID_NAMESPACE } from "./access-rule.ts";
import type { ContainerKind } from "./container.ts";
import type { Facts } from "./facts.ts";
import { hasSysPtrace } from "./process-status.ts";

/**
 * Every rule that can be in the way, and every state of a process that cannot be profiled: the only file with advice.
 */
export interface Rule {
  /** What it keeps from working. "pausing": stopping the process, which not every reading needs. "nothing": only slower. */
  readonly stops: "reading" | "pausing" | "nothing";
  /** What forbids or lacks what, as a sentence. */
  readonly rule: (facts: Facts) => string;
  /** The least change that lifts it. */
  readonly remedy: (facts: Facts) => string;
}

export type RuleCode = keyof typeof RULES;

/** The CPython versions with a layout. */
const SUPPORTED = "CPython 2.7 and 3.3 to 3.15";
const SYSTEMS: Readonly<Record<string, string>> = { Darwin: "macOS", Windows_NT: "Windows" };
const SUDO = 'sudo env "PATH=$PATH" pyspy ...';
const START_IT = "pyspy record -- python program.py";

/** How a process gets CAP_SYS_PTRACE, by what it runs in. */
const CAPABILITY: Readonly<Record<ContainerKind, string>> = {
  Docker: `Start the container with it: docker run --cap-add SYS_PTRACE ... (in Compose: cap_add: [SYS_PTRACE]).
In one that runs: docker exec --privileged -it CONTAINER pyspy ...`,
  Podman: `Start the container with it: podman run --cap-add=SYS_PTRACE ...
In one that runs: podman exec --privileged -it CONTAINER pyspy ...`,
  Kubernetes: `Add to the container in the pod's manifest:
  securityContext:
    capabilities:
      add: ["SYS_PTRACE"]
In a pod that runs: kubectl debug -it POD --profile=sysadmin --target=CONTAINER --image=IMAGE-WITH-PYSPY`,
  containerd: `Start the container with it: nerdctl run --cap-add SYS_PTRACE ...`,
  LXC: `Take sys_ptrace out of lxc.cap.drop in the container's configuration, and start it anew.`,
  "systemd-nspawn": `Start the container with it: systemd-nspawn --capability=CAP_SYS_PTRACE ...`,
  WSL: `Run pyspy as root: ${SUDO}`,
  other: `Let whatever starts this container give it CAP_SYS_PTRACE.`,
};

/** How a container's seccomp profile is changed. */
const SECCOMP: Readonly<Partial<Record<ContainerKind, string>>> = {
  Docker: `docker run --cap-add SYS_PTRACE ... has Docker's own profile allow it; any other profile: docker run --security-opt seccomp=PROFILE.json ...`,
  Podman: `podman run --cap-add=SYS_PTRACE ... has Podman's own profile allow it; any other profile: podman run --security-opt seccomp=PROFILE.json ...`,
  Kubernetes: `securityContext.capabilities.add: ["SYS_PTRACE"] has the runtime's own profile allow it; any other: securityContext.seccompProfile (type: Localhost).`,
  "systemd-nspawn": `systemd-nspawn --system-call-filter=@debug ... allows it.`,
};

function capabilityRemedy({ linux }: Facts): string {
  if (linux?.container) return CAPABILITY[linux.container.kind];
  return "It was dropped before pyspy was started (CapabilityBoundingSet= of a systemd unit, setpriv, capsh): run pyspy from a root shell that has it.";
}

function seccompRemedy(call: string): (facts: Facts) => string {
  return ({ linux }) => {
    const kind = linux?.container?.kind;
    const how = kind && SECCOMP[kind];
    return how ?? `Add ${call} to the calls that the seccomp profile allows (of a systemd unit: SystemCallFilter=@debug), or run pyspy outside of it.`;
  };
}

/** Others' processes are root's to read; whether sudo helps here depends on what root has been left. */
function becomeRoot(facts: Facts): string {
  if (facts.linux?.container === undefined || hasSysPtrace(facts.linux.self?.status.bounding ?? 0n)) return `Run pyspy as root: ${SUDO}`;
  return `Run pyspy as the process's user, or as root, which needs CAP_SYS_PTRACE for it. ${capabilityRemedy(facts)}`;
}

function userOf(facts: Facts): string {
  return `user ${facts.linux?.self?.status.users[0] ?? facts.user ?? "?"}`;
}

function targetUser({ target }: Facts): string {
  return `user ${target?.process?.status.users[0] ?? "?"}`;
}

const LABEL = ({ linux }: Facts): string => (linux?.securityLabel ? ` (pyspy runs as "${linux.securityLabel}")` : "");

export const RULES = {
  "platform-unsupported": {
    stops: "reading",
    rule: ({ system }) => `Reading processes on ${SYSTEMS[system] ?? system} is not supported yet; only Linux is.`,
    remedy: () => "Run pyspy on Linux, in the container or virtual machine where the program runs.",
  },
  "architecture-unsupported": {
    stops: "reading",
    rule: ({ architecture }) => `Only 64-bit little-endian processors are supported; this Node.js is built for ${architecture}.`,
    remedy: () => "Use a 64-bit build of Node.js.",
  },
  "mac-root": {
    stops: "reading",
    rule: () => "macOS gives a process's memory (task_for_pid) to root only.",
    remedy: () => `Run pyspy as root: ${SUDO}`,
  },
  "mac-system-integrity-protection": {
    stops: "nothing",
    rule: () => "System Integrity Protection keeps Apple's own programs, /usr/bin/python3 among them, from being read, also by root.",
    remedy: () => "Use a Python from elsewhere (python.org, Homebrew, pyenv, a virtual environment of one of these).",
  },
  "old-node": {
    stops: "reading",
    rule: ({ nodeVersion }) => `pyspy needs Node.js 20 or later; this is ${nodeVersion}.`,
    remedy: () => "Install a newer Node.js.",
  },
  "no-koffi": {
    stops: "pausing",
    rule: () => "koffi, which calls the C library for pyspy, could not be loaded: memory is read more slowly, and no process can be stopped or started.",
    remedy: () => "Install pyspy without --omit=optional and --no-optional: koffi's build for this machine is an optional package.",
  },
  "no-proc": {
    stops: "reading",
    rule: () => "/proc is not mounted; everything about processes is read there.",
    remedy: () => "Mount it: mount -t proc proc /proc",
  },
  hidepid: {
    stops: "reading",
    rule: ({ linux }) => `/proc is mounted with hidepid=${linux?.hidepid ?? "?"}, which hides other users' processes.`,
    remedy: () => `Run pyspy as root: ${SUDO}\nOr let /proc show them: mount -o remount,hidepid=0 /proc`,
  },
  "other-user": {
    stops: "reading",
    rule: (facts) => `The process runs as ${targetUser(facts)} and pyspy as ${userOf(facts)}; without CAP_SYS_PTRACE only a user's own processes can be read.`,
    remedy: becomeRoot,
  },
  "missing-capability": {
    stops: "reading",
    rule: (facts) => `CAP_SYS_PTRACE is missing: root needs it to read a process of ${targetUser(facts)}.`,
    remedy: capabilityRemedy,
  },
  "own-processes-only": {
    stops: "nothing",
    rule: () => "CAP_SYS_PTRACE is missing: root needs it to read other users' processes, and those with more capabilities than pyspy's.",
    remedy: capabilityRemedy,
  },
  "more-capabilities": {
    stops: "reading",
    rule: () => "The process has capabilities that pyspy has not; without CAP_SYS_PTRACE only a process with no more than its reader's can be read.",
    remedy: (facts) => (facts.linux?.self?.status.users[0] === 0 ? capabilityRemedy(facts) : becomeRoot(facts)),
  },
  "not-dumpable": {
    stops: "reading",
    rule: () => "The process is not dumpable (its program is set-user-id or not readable, or it has asked for it with PR_SET_DUMPABLE); reading it takes CAP_SYS_PTRACE.",
    remedy: (facts) => (facts.linux?.self?.status.users[0] === 0 ? capabilityRemedy(facts) : becomeRoot(facts)),
  },
  "user-namespace": {
    stops: "reading",
    rule: () => "The process is in a user namespace outside of pyspy's; capabilities count only in one's own user namespace and those below it.",
    remedy: () => `Run pyspy where the process runs, or from the host as root: ${SUDO}`,
  },
  "yama-descendants": {
    stops: "reading",
    rule: () => "kernel.yama.ptrace_scope is 1: without CAP_SYS_PTRACE only processes that pyspy has started can be read.",
    remedy: (facts) => `Run pyspy as root: ${SUDO}\n${yamaRemedy(facts)}\nOr let pyspy start the program: ${START_IT}`,
  },
  "yama-capability": {
    stops: "reading",
    rule: () => "kernel.yama.ptrace_scope is 2: only processes with CAP_SYS_PTRACE can read others.",
    remedy: (facts) => `Run pyspy as root: ${SUDO}\n${yamaRemedy(facts)}`,
  },
  "yama-off": {
    stops: "reading",
    rule: () => "kernel.yama.ptrace_scope is 3: no process can read another, and only a restart of the machine changes that.",
    remedy: () => "Set it to 0, 1 or 2 in /etc/sysctl.d/ (kernel.yama.ptrace_scope = 1) and restart the machine.",
  },
  "seccomp-process-vm-readv": {
    stops: "nothing",
    rule: () => "A seccomp filter forbids the system call process_vm_readv; memory is read through /proc/PID/mem, which takes a call for each piece.",
    remedy: seccompRemedy("process_vm_readv"),
  },
  "seccomp-ptrace": {
    stops: "pausing",
    rule: () => "A seccomp filter forbids the system call ptrace, with which a process is stopped while it is read.",
    remedy: (facts) => `With --nonblocking it is read without being stopped.\n${seccompRemedy("ptrace")(facts)}`,
  },
  "kernel-without-process-vm-readv": {
    stops: "nothing",
    rule: () => "The kernel lacks the system call process_vm_readv (CONFIG_CROSS_MEMORY_ATTACH); memory is read through /proc/PID/mem, which takes a call for each piece.",
    remedy: () => "None is needed; a kernel with it is faster.",
  },
  "security-module": {
    stops: "reading",
    rule: (facts) => `None of the usual rules forbids it: a security module (AppArmor, SELinux) or a policy of this sandbox does${LABEL(facts)}.`,
    remedy: ({ linux }) =>
      linux?.container?.kind === "Docker"
        ? "Try docker run --security-opt apparmor=unconfined ...; the kernel's log (dmesg, journalctl -k) names the denial."
        : "The kernel's log (dmesg, journalctl -k) names the denial. SELinux: setsebool deny_ptrace 0.",
  },
  "no-pause": {
    stops: "pausing",
    rule: (facts) => `Stopping a process is forbidden by a policy of the system${LABEL(facts)}.`,
    remedy: () => "With --nonblocking it is read without being stopped.",
  },
  traced: {
    stops: "pausing",
    rule: ({ target }) => `Process ${target?.process?.status.tracer ?? "?"}, a debugger or another profiler, traces it, and a process has one tracer at most.`,
    remedy: () => "End that one, or read without stopping the process: --nonblocking",
  },
  "no-such-process": {
    stops: "reading",
    rule: ({ linux }) => {
      const own = linux?.self?.pidNamespace;
      const inside = own !== undefined && own !== FIRST_PID_NAMESPACE ? " pyspy runs in a pid namespace of its own, where pids are other than on the host." : "";
      return `It has ended, or never was.${inside}`;
    },
    remedy: () => "Check the process id: ps lists the processes that run.",
  },
  "target-gone": {
    stops: "reading",
    rule: () => "The process has ended.",
    remedy: () => `To see all of a program that ends soon, let pyspy start it: ${START_IT}`,
  },
  zombie: {
    stops: "reading",
    rule: ({ target }) => `The process has ended; its parent, process ${target?.process?.status.parent ?? "?"}, has not asked for its exit status yet.`,
    remedy: () => `To see all of a program that ends soon, let pyspy start it: ${START_IT}`,
  },
  "not-python": {
    stops: "reading",
    rule: ({ target }) => `${target?.executable ? target.executable : "The process"} is no CPython: no file that it has mapped holds an interpreter.`,
    remedy: ({ target }) => {
      const children = target?.pythonChildren ?? [];
      if (children.length === 0) return "Check the process id. A Python that it has started has a process id of its own.";
      return `It has started a Python: ${children.map(({ pid, name }) => `--pid ${pid} (${name})`).join(", ")}`;
    },
  },
  pypy: {
    stops: "reading",
    rule: ({ target }) => `${target?.executable ? target.executable : "The process"} is ${target?.otherPython ?? "PyPy"}, whose memory is laid out in another way; pyspy reads CPython only.`,
    remedy: () => "Run the program under CPython to profile it with pyspy, or use that interpreter's own profiler.",
  },
  "unsupported-version": {
    stops: "reading",
    rule: () => `Only ${SUPPORTED} can be read.`,
    remedy: () => "Look for a newer pyspy, or run the program under one of these.",
  },
  "interpreter-not-found": {
    stops: "reading",
    rule: () => "It is a Python, but its interpreter's state was not found where its version keeps it: the process is starting or ending, or its Python is built in an unusual way.",
    remedy: () => "Try again once the program runs. If it stays so, report it with what pyspy doctor --pid PID prints.",
  },
  "spawn-failed": {
    stops: "nothing",
    rule: () => "The program could not be started.",
    remedy: () => "Check its name: it is looked up in PATH.",
  },
  "pause-failed": {
    stops: "pausing",
    rule: () => "The process could not be stopped; a debugger or another profiler may hold it.",
    remedy: () => "With --nonblocking it is read without being stopped.",
  },
  "unknown-denial": {
    stops: "reading",
    rule: (facts) => `The system refuses access, and no rule was found that explains it${LABEL(facts)}.`,
    remedy: () => `If pyspy does not run as root, try: ${SUDO}`,
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** Not namespaced: in a container it is the host's. */
function yamaRemedy({ linux }: Facts): string {
  const where = linux?.container && linux.container.kind !== "WSL" ? ", on the host" : "";
  return `Or for all processes, until the next restart${where}: sudo sysctl kernel.yama.ptrace_scope=0`;
}
