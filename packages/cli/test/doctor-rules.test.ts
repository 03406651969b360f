import { describe, expect, it } from "vitest";
import type { Check } from "../src/doctor/check.ts";
import { examine } from "../src/doctor/examine.ts";
import { explain, explainPermission, permissionRule } from "../src/doctor/explain.ts";
import type { Facts, TargetFacts } from "../src/doctor/facts.ts";
import { report } from "../src/doctor/report.ts";
import { type Rule, type RuleCode, RULES } from "../src/doctor/rules.ts";
import { styleFor } from "../src/style.ts";
import { ALL_CAPABILITIES, denied, DOCKER_CAPABILITIES, facts, fails, processFacts, status, works } from "./doctor-facts.ts";

const user = processFacts(1000, 0n, { status: status(1000, 0n, { bounding: ALL_CAPABILITIES }), userNamespace: "user:[4026531837]" });
const otherUsers = denied(processFacts(0, ALL_CAPABILITIES, { userNamespace: undefined, dumpable: undefined }));
const ownProcess = denied(processFacts(1000, 0n));
const dockerRoot = processFacts(0, DOCKER_CAPABILITIES);
const docker = { kind: "Docker", evidence: "/.dockerenv" } as const;

/** Which rule blocks, by what the kernel's documents say of such a case. */
const CASES: readonly (readonly [string, Facts, RuleCode])[] = [
  ["another user's process", facts({ self: user }, otherUsers), "other-user"],
  ["root in Docker, another user's process", facts({ self: dockerRoot, container: docker }, denied(processFacts(1000, 0n))), "missing-capability"],
  ["same user, other group", facts({ self: user }, denied(processFacts(1000, 0n, { status: status(1000, 0n, { groups: [7, 7, 7] }) }))), "other-user"],
  ["same user after set-user-id", facts({ self: user }, denied(processFacts(1000, 0n, { status: status(1000, 0n, { users: [1000, 1000, 0] }) }))), "other-user"],
  ["same user, not dumpable", facts({ self: user }, denied(processFacts(1000, 0n, { dumpable: false }))), "not-dumpable"],
  ["same user, with more capabilities", facts({ self: user }, denied(processFacts(1000, 0x400n))), "more-capabilities"],
  ["root in Docker, a privileged process of root", facts({ self: dockerRoot }, denied(processFacts(0, ALL_CAPABILITIES))), "more-capabilities"],
  ["Yama 1, not started by us", facts({ self: user, ptraceScope: 1 }, ownProcess), "yama-descendants"],
  ["Yama 2", facts({ self: user, ptraceScope: 2 }, ownProcess), "yama-capability"],
  ["Yama 3, even for root", facts({ ptraceScope: 3 }, otherUsers), "yama-off"],
  ["another user's process comes before Yama", facts({ self: user, ptraceScope: 1 }, otherUsers), "other-user"],
  ["Yama 1, started by us: something else", facts({ self: user, ptraceScope: 1 }, denied(processFacts(1000, 0n, { ancestors: [150, 100, 1] }))), "security-module"],
  ["Yama 2 does not bind root", facts({ ptraceScope: 2 }, otherUsers), "security-module"],
  [
    "root of a user namespace, process outside",
    facts(
      { self: processFacts(0, ALL_CAPABILITIES, { userNamespace: "user:[4026532500]", userMap: "0 1000 1" }) },
      denied(processFacts(0, ALL_CAPABILITIES, { userNamespace: undefined, userMap: "0 0 4294967295" })),
    ),
    "user-namespace",
  ],
  ["hidden by hidepid", facts({ self: user, hidepid: "2" }, { ...denied(user), existence: "hidden", process: undefined }), "hidepid"],
  ["no /proc", facts({ self: undefined }, denied(user)), "no-proc"],
  ["stopping forbidden by seccomp, reading not", facts({ self: processFacts(0, ALL_CAPABILITIES, { status: status(0, ALL_CAPABILITIES, { seccomp: 2 }) }), probes: { foreignFunctions: works, processVmReadv: works, memoryFile: works, ptrace: fails("EPERM") } }), "seccomp-ptrace"],
  ["nothing at all seen", facts(), "unknown-denial"],
];

const plain = styleFor(false, {});

describe("permissionRule", () => {
  it.each(CASES)("%s", (_, seen, rule) => {
    expect(permissionRule(seen)).toBe(rule);
  });

  it("is the rule of the one blocked line, where the target cannot be read", () => {
    for (const [title, seen, rule] of CASES) {
      if (seen.target === undefined) continue;
      const rules = new Set(examine(seen).checks.flatMap((check) => check.rule ?? []));
      expect([...rules], title).toEqual([rule]);
      expect(examine(seen).works, title).toBe(false);
    }
  });
});

describe("the texts", () => {
  it("say how to give the capability, for each kind of container", () => {
    const target = denied(processFacts(1000, 0n));
    const remedy = (kind: "Docker" | "Podman" | "Kubernetes" | "LXC" | "systemd-nspawn" | "containerd") =>
      explainPermission(facts({ self: dockerRoot, container: { kind, evidence: "" } }, target)).split("\n").slice(1).join("\n");
    expect(remedy("Docker")).toContain("docker run --cap-add SYS_PTRACE ");
    expect(remedy("Podman")).toContain("podman run --cap-add=SYS_PTRACE ");
    expect(remedy("Kubernetes")).toContain('  securityContext:\n    capabilities:\n      add: ["SYS_PTRACE"]\n');
    expect(remedy("LXC")).toContain("lxc.cap.drop");
    expect(remedy("systemd-nspawn")).toContain("systemd-nspawn --capability=CAP_SYS_PTRACE");
    expect(remedy("containerd")).toContain("nerdctl run --cap-add SYS_PTRACE");
  });

  it("send a user to sudo where root has the capability, and to the container where root lacks it", () => {
    const sudo = 'Run pyspy as root: sudo env "PATH=$PATH" pyspy ...';
    const first = "The process runs as user 0 and pyspy as user 1000; without CAP_SYS_PTRACE only a user's own processes can be read.";
    expect(explainPermission(facts({ self: user }, otherUsers))).toBe(`${first}\n${sudo}`);
    const inDocker = processFacts(1000, 0n, { status: status(1000, 0n, { bounding: DOCKER_CAPABILITIES }) });
    expect(explainPermission(facts({ self: inDocker, container: docker }, otherUsers))).toContain("docker run --cap-add SYS_PTRACE");
  });

  it("name the sysctl for Yama, on the host for a container", () => {
    const text = explainPermission(facts({ self: user, ptraceScope: 1 }, ownProcess));
    expect(text.split("\n")).toEqual([
      "kernel.yama.ptrace_scope is 1: without CAP_SYS_PTRACE only processes that pyspy has started can be read.",
      'Run pyspy as root: sudo env "PATH=$PATH" pyspy ...',
      "Or for all processes, until the next restart: sudo sysctl kernel.yama.ptrace_scope=0",
      "Or let pyspy start the program: pyspy record -- python program.py",
    ]);
    const inDocker = explainPermission(facts({ self: user, ptraceScope: 1, container: docker }, ownProcess));
    expect(inDocker).toContain("until the next restart, on the host: sudo sysctl kernel.yama.ptrace_scope=0");
  });

  it("are there for every rule, with no gap filled by undefined", () => {
    for (const seen of [facts(), { ...facts(), linux: undefined } as unknown as Facts, facts({ self: user }, otherUsers)]) {
      for (const rule of Object.values(RULES) as Rule[]) {
        expect(rule.rule(seen)).toMatch(/^[^\n]{20,}[.)]$/);
        expect(rule.remedy(seen)).not.toMatch(/undefined|^$/);
      }
    }
  });
});

describe("explain", () => {
  it("tells a process that has ended from one that never was", () => {
    const gone = facts({}, { ...denied(user), existence: "none", process: undefined });
    expect(explain("no-such-process", gone, "no process 200")).toBe("It has ended, or never was.\nCheck the process id: ps lists the processes that run.");
    expect(explain("no-such-process", gone, "process 200 has ended")).toMatch(/^The process has ended\.\n.*pyspy record -- python program\.py$/);
    const inner = facts({ self: processFacts(0, 0n, { pidNamespace: "pid:[4026532700]" }) }, gone.target);
    expect(explain("no-such-process", inner)).toContain("pid namespace of its own");
  });

  it("names PyPy, and children that are Pythons", () => {
    expect(explain("not-python", running({ executable: "/opt/pypy3.10", otherPython: "PyPy" }))).toMatch(/^\/opt\/pypy3\.10 is PyPy, /);
    const shell = running({ executable: "/bin/sh", pythonChildren: [{ pid: 300, name: "python3" }] });
    expect(explain("not-python", shell)).toBe(
      "/bin/sh is no CPython: no file that it has mapped holds an interpreter.\nIt has started a Python: --pid 300 (python3)",
    );
  });

  it("has advice on each code of the packages below, and none on others", () => {
    const codes = ["no-such-process", "permission-denied", "pause-failed", "spawn-failed", "not-python", "unsupported-version", "interpreter-not-found"];
    for (const code of codes) expect(explain(code, running({})), code).toMatch(/\n/);
    expect(explain("file-not-found", running({}))).toBeUndefined();
    expect(explain("", running({}))).toBeUndefined();
  });

  it("names the tracer when a process cannot be stopped", () => {
    const traced = running({ process: processFacts(0, 0n, { status: status(0, 0n, { tracer: 77 }) }) });
    expect(explain("pause-failed", traced)).toMatch(/^Process 77, a debugger /);
  });
});

describe("the table", () => {
  it("shows check, state and fact, and the rule and the remedy of what is blocked", () => {
    const seen = facts({ self: user, ptraceScope: 1 });
    const text = report(seen, examine(seen), plain);
    expect(text).toContain(`Yama ptrace_scope  blocked         1: descendants only, without CAP_SYS_PTRACE
                                   rule    kernel.yama.ptrace_scope is 1: without CAP_SYS_PTRACE only processes that pyspy has started can be read.
                                   remedy  Run pyspy as root: sudo env "PATH=$PATH" pyspy ...
                                           Or for all`);
    expect(text.endsWith("\n\nProcesses that pyspy has not started cannot be profiled here.\n")).toBe(true);
  });

  it("says what was seen of Yama", () => {
    expect(row(facts({ ptraceScope: 0 }), "Yama ptrace_scope")).toEqual({ name: "Yama ptrace_scope", state: "ok", fact: "0: no restriction" });
    expect(row(facts(), "Yama ptrace_scope")?.state).toBe("not applicable");
    expect(row(facts({ ptraceScope: 1 }), "Yama ptrace_scope")?.state).toBe("ok");
    expect(row(facts({ ptraceScope: 3 }), "Yama ptrace_scope")).toMatchObject({ state: "blocked", rule: "yama-off" });
    expect(examine(facts({ ptraceScope: 3 })).works).toBe(false);
  });

  it("does not call blocked what root in a container can do all the same", () => {
    const seen = facts({ self: dockerRoot, container: docker });
    expect(row(seen, "CAP_SYS_PTRACE")).toMatchObject({ state: "blocked", rule: "own-processes-only" });
    expect(examine(seen)).toMatchObject({ works: true, verdict: "Processes of user 0 can be profiled. For one of them: pyspy doctor --pid PID" });
  });

  it("refuses other platforms, old versions of Node.js and 32 bits", () => {
    const mac: Facts = { system: "Darwin", release: "24.0", architecture: "arm64", nodeVersion: "22.0.0", user: 501, systemIntegrityProtection: true };
    expect(examine(mac).checks.flatMap(({ rule }) => rule ?? [])).toEqual(["platform-unsupported", "mac-root", "mac-system-integrity-protection"]);
    expect(examine({ ...mac, system: "Windows_NT", user: undefined }).checks.flatMap(({ rule }) => rule ?? [])).toEqual(["platform-unsupported"]);
    expect(row({ ...facts(), nodeVersion: "18.20.1" }, "Node.js")).toMatchObject({ state: "blocked", rule: "old-node" });
    expect(row({ ...facts(), architecture: "arm" }, "Platform")).toMatchObject({ rule: "architecture-unsupported" });
  });

  it("says what works without koffi", () => {
    const missing = { works: false, errno: "", message: "process_vm_readv needs koffi, which could not be loaded" } as const;
    const seen = facts({ probes: { foreignFunctions: missing, processVmReadv: missing, memoryFile: works, ptrace: missing } });
    expect(row(seen, "koffi")).toMatchObject({ state: "blocked", rule: "no-koffi" });
    expect(row(seen, "ptrace")?.state).toBe("unknown");
    expect(examine(seen)).toMatchObject({ works: true, verdict: expect.stringContaining("--nonblocking") });
  });

  it("keeps the target's text from the terminal's controls", () => {
    const seen = facts({}, denied(processFacts(0, 0n), { executable: "/tmp/\u001b[2Jx" }));
    expect(report(seen, examine(seen), plain)).not.toContain("\u001b");
  });
});

function running(rest: Partial<TargetFacts>): Facts {
  return facts({}, denied(processFacts(0, 0n), { processVmReadv: works, memoryFile: works, ...rest }));
}

function row(seen: Facts, name: string): Check | undefined {
  return examine(seen).checks.find((check) => check.name === name);
}
