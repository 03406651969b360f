import { fileURLToPath } from "node:url";

import type { Pausing } from "@pyspy/sampler";
import type { Ready } from "@pyspy/test-fixtures";

/** What a child of the bench is told on its standard input. */
export interface ChildRequest {
  readonly pid: number;
  readonly rate: number;
  readonly seconds: number;
  readonly warmUp: number;
  readonly legal?: Ready["legal"];
  /** Default: the recording's own. */
  readonly pausing?: Pausing;
}

/** A Node of its own for one measurement, so that its CPU time is that of what is measured. */
export function childCommand(url: URL): readonly string[] {
  return [process.execPath, "--conditions=@pyspy/source", fileURLToPath(url)];
}

/** In the child: what it was told. */
export async function readRequest(): Promise<ChildRequest> {
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) text += chunk as string;
  return JSON.parse(text) as ChildRequest;
}

/** In the child: its answer, as one line. */
export function answer(value: unknown): void {
  process.stdout.write(`answer ${JSON.stringify(value)}\n`);
}

/** What a child that has ended answered. */
export function answerIn<T>(output: string): T {
  const line = output.split("\n").findLast((text) => text.startsWith("answer "));
  if (line === undefined) throw new Error(`no answer in: ${output.slice(-2000)}`);
  return JSON.parse(line.slice("answer ".length)) as T;
}
