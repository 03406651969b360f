import { readdirSync, readlinkSync } from "node:fs";
import { procError } from "./proc-error.ts";

/** The links of /proc/PID/ns, such as mnt: "mnt:[4026531841]". */
export function namespaces(pid: number): Record<string, string> {
  try {
    const folder = `/proc/${pid}/ns`;
    return Object.fromEntries(readdirSync(folder).map((kind) => [kind, readlinkSync(`${folder}/${kind}`)]));
  } catch (error) {
    throw procError(pid, "read the namespaces", error);
  }
}
