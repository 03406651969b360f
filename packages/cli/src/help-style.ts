import type { HelpConfiguration, OutputConfiguration } from "commander";
import { isTerminal } from "./is-terminal.ts";
import { styleFor, wantsColour } from "./style.ts";

/** The colours of help; where it goes decides whether they stay. */
export function helpStyle(): HelpConfiguration {
  const { heading, name } = styleFor(true, { CLICOLOR_FORCE: "1" });
  return { styleTitle: heading, styleCommandText: name, styleSubcommandText: name, styleOptionText: name, styleArgumentText: name };
}

/** Whether help on either stream keeps its colours. */
export function helpColours(): OutputConfiguration {
  return { getOutHasColors: () => wantsColour(isTerminal(1)), getErrHasColors: () => wantsColour(isTerminal(2)) };
}
