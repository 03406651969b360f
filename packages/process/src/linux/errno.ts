import { getSystemErrorMap } from "node:util";

/** Error numbers that mean something to this package; the same on every Linux architecture Node runs on. */
export const EPERM = 1;
export const ESRCH = 3;
export const ECHILD = 10;
export const EFAULT = 14;
export const ENOSYS = 38;

/** "ENOENT: no such file or directory" */
export function describeErrno(errno: number): string {
  const entry = getSystemErrorMap().get(-errno);
  return entry === undefined ? `error ${errno}` : `${entry[0]}: ${entry[1]}`;
}

/** The symbolic code of an error thrown by node:fs, "" when it has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
