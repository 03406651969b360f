import { blocked, type Check, notApplicable, ok, unknown } from "./check.ts";
import type { Facts } from "./facts.ts";

const OLDEST_NODE = 20;
const ARCHITECTURES: ReadonlySet<string> = new Set(["x64", "arm64", "riscv64", "loong64"]);

export function checkPlatform({ system, release, architecture }: Facts): Check {
  const fact = `${system} ${release}, ${architecture}`;
  if (system !== "Linux") return blocked("Platform", fact, "platform-unsupported");
  return ARCHITECTURES.has(architecture) ? ok("Platform", fact) : blocked("Platform", fact, "architecture-unsupported");
}

export function checkNode({ nodeVersion }: Facts): Check {
  const major = Number.parseInt(nodeVersion, 10);
  return major >= OLDEST_NODE ? ok("Node.js", nodeVersion) : blocked("Node.js", nodeVersion, "old-node");
}

export function checkForeignFunctions({ linux }: Facts): Check | undefined {
  if (!linux) return undefined;
  const { foreignFunctions } = linux.probes;
  return foreignFunctions.works ? ok("koffi", "loaded") : blocked("koffi", foreignFunctions.message, "no-koffi");
}

export function checkMacRoot({ system, user }: Facts): Check | undefined {
  if (system !== "Darwin") return undefined;
  return user === 0 ? ok("User", "root") : blocked("User", `user ${user ?? "?"}`, "mac-root");
}

export function checkIntegrityProtection({ system, systemIntegrityProtection: isOn }: Facts): Check | undefined {
  const name = "System Integrity Protection";
  if (system !== "Darwin") return undefined;
  if (isOn === undefined) return unknown(name, "csrutil did not tell");
  return isOn ? blocked(name, "on", "mac-system-integrity-protection") : notApplicable(name, "off");
}
