import type { Facts, LinuxFacts, Outcome, ProcessFacts, TargetFacts } from "./facts.ts";
import { hasSysPtrace, includesAll } from "./process-status.ts";
import type { RuleCode } from "./rules.ts";

/** The inodes of the first namespaces are constants of the kernel: include/uapi/linux/nsfs.h. */
const FIRST_USER_NAMESPACE = "user:[4026531837]";
export const FIRST_PID_NAMESPACE = "pid:[4026531836]";
const WHOLE_MAP = "0 0 4294967295";

/** Whether either way of reading the memory works. */
export function isReadable(target: TargetFacts): boolean {
  return works(target.processVmReadv) || works(target.memoryFile);
}

export function works(outcome: Outcome | undefined): boolean {
  return outcome?.works === true;
}

/** The user namespace of the target, seen from ours: capabilities that we have in ours count there unless "outside". */
export function userNamespaceOf(self: ProcessFacts, target: ProcessFacts): "same" | "below" | "outside" | "unknown" {
  if (self.userNamespace !== undefined && self.userNamespace === target.userNamespace) return "same";
  // The first namespace is above all others; of others, a link that is shown is one that we may look into.
  if (isFirstUserNamespace(self) || target.userNamespace !== undefined) return "below";
  if (self.userMap === undefined || target.userMap === undefined) return "unknown";
  return self.userMap === target.userMap ? "unknown" : "outside";
}

export function isFirstUserNamespace(self: ProcessFacts): boolean {
  if (self.userNamespace !== undefined) return self.userNamespace === FIRST_USER_NAMESPACE;
  return self.userMap === WHOLE_MAP;
}

/** Whether CAP_SYS_PTRACE is ours and counts for the target. */
function isPrivileged(self: ProcessFacts, target: ProcessFacts): boolean {
  return hasSysPtrace(self.status.effective) && userNamespaceOf(self, target) !== "outside";
}

/**
 * Which rule of the kernel keeps us from the target's memory: undefined when it can be read, or when none of them does.
 * The order is that of `__ptrace_may_access` ("Ptrace access mode checking" in ptrace(2)) and of Yama after it.
 */
export function accessRule({ linux, target }: Facts): RuleCode | undefined {
  if (target === undefined || linux === undefined || isReadable(target)) return undefined;
  if (target.existence === "hidden") return "hidepid";
  const { self } = linux;
  if (self === undefined) return "no-proc";
  if (target.process === undefined) return undefined;
  return credentialsRule(self, target.process) ?? yamaRule(linux, self, target.process);
}

function credentialsRule(self: ProcessFacts, target: ProcessFacts): RuleCode | undefined {
  if (isPrivileged(self, target)) return undefined;
  const outside = hasSysPtrace(self.status.effective);
  if (!hasSameIds(self, target)) return outside ? "user-namespace" : ownerRule(self);
  if (target.dumpable === false) return outside ? "user-namespace" : "not-dumpable";
  if (userNamespaceOf(self, target) === "outside") return "user-namespace";
  return includesAll(self.status.permitted, target.status.permitted) ? undefined : "more-capabilities";
}

/** Root reads others' processes by a capability that root has been left; others may become root. */
function ownerRule(self: ProcessFacts): RuleCode {
  return self.status.users[0] === 0 ? "missing-capability" : "other-user";
}

/** Our real ids must be the target's real, effective and saved ones. */
export function hasSameIds(self: ProcessFacts, target: ProcessFacts): boolean {
  const user = self.status.users[0];
  const group = self.status.groups[0];
  return target.status.users.every((id) => id === user) && target.status.groups.every((id) => id === group);
}

function yamaRule({ ptraceScope }: LinuxFacts, self: ProcessFacts, target: ProcessFacts): RuleCode | undefined {
  if (ptraceScope === 3) return "yama-off";
  if (isPrivileged(self, target)) return undefined;
  if (ptraceScope === 2) return "yama-capability";
  return ptraceScope === 1 && !target.ancestors.includes(self.pid) ? "yama-descendants" : undefined;
}
