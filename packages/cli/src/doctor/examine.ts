import type { Check, CheckFunction } from "./check.ts";
import { checkForeignFunctions, checkIntegrityProtection, checkMacRoot, checkNode, checkPlatform } from "./check-machine.ts";
import {
  checkCapability,
  checkMemoryFile,
  checkProcessVmReadv,
  checkPtrace,
  checkSeccomp,
  checkSecurityModule,
  checkUser,
  checkYama,
} from "./check-rights.ts";
import { checkContainer, checkPidNamespace, checkProc, checkUserNamespace } from "./check-surroundings.ts";
import { checkCapabilities, checkDumpable, checkExistence, checkMemory, checkOwner, checkPython, checkTracer } from "./check-target.ts";
import type { Facts } from "./facts.ts";
import { hasSysPtrace } from "./process-status.ts";
import { type Rule, RULES } from "./rules.ts";

/** In the order of the table: first what holds for everything. */
const CHECKS: readonly CheckFunction[] = [
  checkPlatform,
  checkNode,
  checkForeignFunctions,
  checkMacRoot,
  checkIntegrityProtection,
  checkUser,
  checkCapability,
  checkYama,
  checkSeccomp,
  checkProcessVmReadv,
  checkMemoryFile,
  checkPtrace,
  checkSecurityModule,
  checkContainer,
  checkUserNamespace,
  checkPidNamespace,
  checkProc,
  checkExistence,
  checkOwner,
  checkDumpable,
  checkCapabilities,
  checkTracer,
  checkMemory,
  checkPython,
];

export interface Examination {
  readonly checks: readonly Check[];
  /** Whether the process, or processes of this user in general, can be read. */
  readonly works: boolean;
  /** What comes of it, as a sentence. */
  readonly verdict: string;
}

/** All checks of what was found, and what comes of them. */
export function examine(facts: Facts): Examination {
  const checks = CHECKS.map((check) => check(facts)).filter((check) => check !== undefined);
  const works = canRead(facts, checks);
  return { checks, works, verdict: verdictOf(facts, checks, works) };
}

/** That a Python was found in the process proves more than any rule. */
function canRead({ target }: Facts, checks: readonly Check[]): boolean {
  if (target) return target.python?.found === true;
  return !stopping(checks, "reading");
}

function verdictOf(facts: Facts, checks: readonly Check[], works: boolean): string {
  const { target } = facts;
  const what = target ? `Process ${target.pid}` : `${scopeOf(facts)} can be profiled`;
  if (!works) return target ? `${what} cannot be profiled.` : `${isYama(checks) ? "Processes that pyspy has not started" : "Processes"} cannot be profiled here.`;
  const limit = stopping(checks, "pausing") ? ", but not be stopped for it: use --nonblocking" : "";
  return target ? `${what} can be profiled${limit}.` : `${what}${limit}. For one of them: pyspy doctor --pid PID`;
}

/** Which processes no rule keeps from us, as far as that can be said without looking at one. */
function scopeOf({ linux, user }: Facts): string {
  return hasSysPtrace(linux?.self?.status.effective ?? 0n) ? "Processes" : `Processes of user ${user ?? "?"}`;
}

/** Yama's middle way. */
function isYama(checks: readonly Check[]): boolean {
  return checks.every(({ rule }) => rule === undefined || rule === "yama-descendants" || (RULES[rule] as Rule).stops !== "reading");
}

function stopping(checks: readonly Check[], what: Rule["stops"]): boolean {
  return checks.some(({ rule }) => rule !== undefined && (RULES[rule] as Rule).stops === what);
}
