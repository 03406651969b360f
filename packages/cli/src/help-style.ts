import { isatty } from "node:tty";
import type { HelpConfiguration, OutputConfiguration } from "commander";
import { styleFor, wantsColour } from "./style.ts";

/** The colours of help; where it goes decides whether they stay. */
export function helpStyle(): HelpConfiguration {
  const { heading, name } = styleFor(true, { CLICOLOR_FORCE: "1" });
  return { styleTitle: heading, styleCommandText: name, styleSubcommandText: name, styleOptionText: name, styleArgumentText: name };
}

/** Whether help on either stream keeps its colours. */
export function helpColours(): OutputConfiguration {
  return { getOutHasColors: () => wantsColour(isatty(1)), getErrHasColors: () => wantsColour(isatty(2)) };
}
