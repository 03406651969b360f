import { isTerminal } from "../is-terminal.ts";
import { tell } from "../message.ts";
import { styleFor } from "../style.ts";
import { examine } from "./examine.ts";
import { gatherFacts } from "./gather-facts.ts";
import { report } from "./report.ts";

export interface DoctorOptions {
  readonly pid?: number;
}

const STDOUT = 1;
const BLOCKED = 1;

/** `pyspy doctor`: what keeps a process, or processes at all, from being read. Exit status 1 if something does. */
export function doctor({ pid }: DoctorOptions): void {
  const facts = gatherFacts({ pid, attach: true });
  const examination = examine(facts);
  tell(STDOUT, report(facts, examination, styleFor(isTerminal(STDOUT))));
  if (!examination.works) process.exitCode = BLOCKED;
}
