import { accessRule, works } from "./access-rule.ts";
import { blocked, type Check, notApplicable, ok, unknown } from "./check.ts";
import type { Facts, LinuxFacts, Outcome } from "./facts.ts";
import { hasSysPtrace } from "./process-status.ts";
import type { RuleCode } from "./rules.ts";

const SECCOMP_MODES = ["none", "strict", "filter"];

export function checkUser({ linux, user }: Facts): Check | undefined {
  if (!linux) return undefined;
  if (user === 0) return ok("User", "0 (root)");
  return ok("User", `${user ?? "?"}, not root: its own processes, unless CAP_SYS_PTRACE or another rule below says otherwise`);
}

export function checkCapability(facts: Facts): Check | undefined {
  const name = "CAP_SYS_PTRACE";
  if (!facts.linux) return undefined;
  const status = facts.linux.self?.status;
  if (!status) return unknown(name, "/proc/self/status cannot be read");
  if (hasSysPtrace(status.effective)) return ok(name, "in the effective set");
  const fact = `not in the effective set; ${hasSysPtrace(status.bounding) ? "in" : "not in"} the bounding set`;
  if (accessRule(facts) === "missing-capability") return blocked(name, fact, "missing-capability");
  // Root is expected to read any process, others to read their own.
  if (facts.user === 0 && facts.target === undefined) return blocked(name, fact, "own-processes-only");
  return notApplicable(name, `${fact}; needed for other users' processes only`);
}

export function checkYama(facts: Facts): Check | undefined {
  const name = "Yama ptrace_scope";
  if (!facts.linux) return undefined;
  const { ptraceScope: scope, self } = facts.linux;
  if (scope === undefined) return notApplicable(name, "not in this kernel");
  const fact = `${scope}: ${SCOPES[scope] ?? "?"}`;
  const rule = facts.target ? accessRule(facts) : yamaRuleFor(scope, hasSysPtrace(self?.status.effective ?? 0n));
  return rule?.startsWith("yama-") ? blocked(name, fact, rule) : ok(name, fact);
}

const SCOPES = ["no restriction", "descendants only, without CAP_SYS_PTRACE", "only with CAP_SYS_PTRACE", "nobody"];

/** For a process that pyspy has not started. */
function yamaRuleFor(scope: number, isCapable: boolean): RuleCode | undefined {
  if (scope === 3) return "yama-off";
  if (isCapable || scope === 0) return undefined;
  return scope === 2 ? "yama-capability" : "yama-descendants";
}

export function checkSeccomp({ linux }: Facts): Check | undefined {
  const name = "Seccomp";
  if (!linux) return undefined;
  const mode = linux.self?.status.seccomp;
  if (mode === undefined) return unknown(name, "not told by /proc/self/status");
  return mode === 0 ? notApplicable(name, "no filter") : ok(name, `mode ${mode} (${SECCOMP_MODES[mode] ?? "?"}); the calls below tell what it forbids`);
}

export function checkProcessVmReadv({ linux }: Facts): Check | undefined {
  if (!linux) return undefined;
  const { processVmReadv: outcome, foreignFunctions } = linux.probes;
  const name = "process_vm_readv";
  if (!works(foreignFunctions)) return unknown(name, "cannot be tried without koffi");
  if (outcome.works) return ok(name, "reads a child of pyspy");
  if (hasSeccomp(linux)) return blocked(name, seen(outcome), "seccomp-process-vm-readv");
  return blocked(name, seen(outcome), outcome.errno === "ENOSYS" ? "kernel-without-process-vm-readv" : refusalRule(linux));
}

export function checkMemoryFile({ linux }: Facts): Check | undefined {
  if (!linux) return undefined;
  const { memoryFile } = linux.probes;
  if (memoryFile.works) return ok("/proc/PID/mem", "reads a child of pyspy");
  // Either of the two will do.
  if (works(linux.probes.processVmReadv)) return notApplicable("/proc/PID/mem", `${seen(memoryFile)}; not needed`);
  return blocked("/proc/PID/mem", seen(memoryFile), refusalRule(linux));
}

export function checkPtrace({ linux }: Facts): Check | undefined {
  if (!linux) return undefined;
  const { ptrace, foreignFunctions } = linux.probes;
  if (!works(foreignFunctions)) return unknown("ptrace", "cannot be tried without koffi");
  if (ptrace.works) return ok("ptrace", "stops a child of pyspy");
  return blocked("ptrace", seen(ptrace), hasSeccomp(linux) ? "seccomp-ptrace" : "no-pause");
}

export function checkSecurityModule({ linux }: Facts): Check | undefined {
  if (!linux) return undefined;
  const { securityLabel: label } = linux;
  return label === "" ? notApplicable("Security module", "no label") : ok("Security module", label);
}

/** Why a child of our own is kept from us, which only few rules do. */
function refusalRule({ ptraceScope, self }: LinuxFacts): RuleCode {
  if (ptraceScope === 3) return "yama-off";
  return ptraceScope === 2 && !hasSysPtrace(self?.status.effective ?? 0n) ? "yama-capability" : "security-module";
}

function hasSeccomp({ self }: LinuxFacts): boolean {
  return (self?.status.seccomp ?? 0) > 0;
}

function seen(outcome: Outcome & { works: false }): string {
  return outcome.errno === "" ? outcome.message : `${outcome.errno} on a child of pyspy`;
}
