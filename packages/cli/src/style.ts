import { programName } from "./program-name.ts";

/** The colours of what is shown on a terminal. */
export interface Style {
  pid(text: string): string;
  bold(text: string): string;
  dim(text: string): string;
  name(text: string): string;
  file(text: string): string;
  /** Of what we say ourselves, before it. */
  speaker(text: string): string;
  heading(text: string): string;
}

/** "Select graphic rendition": ECMA-48 8.3.117. */
const BOLD = 1;
const DIM = 2;
const GREEN = 32;
const YELLOW = 33;
const CYAN = 36;

/** "pyspy> " or "py-spy> ", which goes before what we say ourselves. */
export function speakerPrefix(isTerminal: boolean): string {
  const style = styleFor(isTerminal);
  return `${style.speaker(programName)}${style.dim(">")} `;
}

/** Colours for a stream: by CLICOLOR_FORCE, FORCE_COLOR, NO_COLOR and CLICOLOR, in that order, else where it is a terminal. */
export function styleFor(isTerminal: boolean, environment: NodeJS.ProcessEnv = process.env): Style {
  const isColoured = wantsColour(isTerminal, environment);
  const paint = (...codes: number[]) => {
    const start = codes.map((code) => `\u001b[${code}m`).join("");
    return (text: string) => (isColoured ? `${start}${text}\u001b[0m` : text);
  };
  return { pid: paint(YELLOW, BOLD), bold: paint(BOLD), dim: paint(DIM), name: paint(GREEN), file: paint(CYAN), speaker: paint(GREEN, BOLD), heading: paint(YELLOW) };
}

/** Whether {@link styleFor} gives colours. */
export function wantsColour(isTerminal: boolean, environment: NodeJS.ProcessEnv = process.env): boolean {
  const force = environment["CLICOLOR_FORCE"] ?? "";
  if (force !== "" && force !== "0") return true;
  const nodeForce = environment["FORCE_COLOR"] ?? "";
  if (nodeForce !== "") return nodeForce !== "0" && nodeForce !== "false";
  if ((environment["NO_COLOR"] ?? "") !== "" || environment["CLICOLOR"] === "0") return false;
  return isTerminal;
}
