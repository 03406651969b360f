import { execFileSync, spawnSync } from "node:child_process";
import type { Field } from "../fields.ts";

export const hasGdb: boolean = spawnSync("gdb", ["--version"], { timeout: 10_000 }).status === 0;

/** What gdb finds each field to be in the file's debug information, in one process; `undefined` without any. */
export function evaluateFields(file: string, fields: readonly Field[]): Map<string, number> | undefined {
  const commands = fields.flatMap((field) => ["-ex", `output/u ${expression(field)}`, "-ex", `echo \\ ${field.name}\\n`]);
  const said = execFileSync("gdb", ["-batch", "-nx", "-q", ...commands, file], {
    encoding: "utf8", timeout: 60_000, maxBuffer: 1 << 24, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, DEBUGINFOD_URLS: "" },
  });
  const values = [...said.matchAll(/^(\d+) (\S+)$/gm)].map(([, value, name = ""]) => [name, Number(value)] as const);
  return values.length === 0 ? undefined : new Map(values);
}

function expression({ type, member }: Field): string {
  return member === undefined ? `sizeof(${type})` : `(unsigned long)&((${type} *)0)->${member}`;
}
