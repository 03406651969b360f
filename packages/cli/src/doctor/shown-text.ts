import { readFileSync } from "node:fs";

/** A file of /proc or the like; "" for what is not there or not shown. */
export function shownText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
