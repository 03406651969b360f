import { basename } from "node:path";

/** What we were started as: `py-spy` where a link of that name leads here, for scripts that were written for it. */
export const programName: "pyspy" | "py-spy" = basename(process.argv[1] ?? "") === "py-spy" ? "py-spy" : "pyspy";
