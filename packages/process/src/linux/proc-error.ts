import { existsSync } from "node:fs";
import { ProcessError } from "../errors.ts";
import { errorCode } from "./errno.ts";

/** What a failed access to `/proc/PID/...` means for the process. `purpose` continues "cannot ...". */
export function procError(pid: number, purpose: string, cause: unknown): ProcessError {
  const code = errorCode(cause);
  if ((code === "ENOENT" || code === "ESRCH") && !existsSync(`/proc/${pid}`)) return absent(pid, cause);
  const message = `cannot ${purpose} of process ${pid}: ${code === "" ? String(cause) : code}`;
  const denied = code === "EACCES" || code === "EPERM";
  if (denied) return new ProcessError("permission-denied", pid, message, { cause });
  return new ProcessError(code === "ESRCH" ? "no-such-process" : "system-error", pid, message, { cause });
}

/** With the mount option hidepid=2, /proc does not show others' processes, but signal 0 tells that they exist. */
function absent(pid: number, cause: unknown): ProcessError {
  if (!existsSync("/proc/self/stat")) {
    return new ProcessError("unsupported", pid, "/proc is not mounted", { cause });
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) === "EPERM") {
      return new ProcessError("permission-denied", pid, `process ${pid} is hidden from this user`, { cause });
    }
  }
  return new ProcessError("no-such-process", pid, `no process ${pid}`, { cause });
}
