import { styleText } from "node:util";

/** The colours of a dump. */
export interface Style {
  pid(text: string): string;
  bold(text: string): string;
  dim(text: string): string;
  name(text: string): string;
  file(text: string): string;
}

type Format = Parameters<typeof styleText>[0];

/** Colours for a stream: by CLICOLOR_FORCE, NO_COLOR and CLICOLOR, in that order, else where it is a terminal. */
export function styleFor(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv = process.env): Style {
  const coloured = wantsColour(stream.isTTY === true, environment);
  const paint = (format: Format) => (text: string) => (coloured ? styleText(format, text, { validateStream: false }) : text);
  return { pid: paint(["bold", "yellow"]), bold: paint("bold"), dim: paint("dim"), name: paint("green"), file: paint("cyan") };
}

function wantsColour(isTerminal: boolean, environment: NodeJS.ProcessEnv): boolean {
  const isSet = (name: string) => (environment[name] ?? "") !== "" && environment[name] !== "0";
  if (isSet("CLICOLOR_FORCE") || isSet("FORCE_COLOR")) return true;
  if ((environment["NO_COLOR"] ?? "") !== "" || environment["CLICOLOR"] === "0") return false;
  return isTerminal;
}
