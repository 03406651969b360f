import { formats } from "@pyspy/formatters";
import type { Profile } from "@pyspy/profile";
import { outputName } from "../output-name.ts";
import { Output } from "../output.ts";
import { saveProfile } from "../save-profile.ts";
import type { StackCounts } from "./stack-counts.ts";

/** Writes a flame graph of the stacks, whose ids are the profile's, into the current directory; says where it is. */
export function saveTop(profile: Profile, stacks: StackCounts, name: string, files: "short" | "full"): string {
  const [format] = formats;
  const file = outputName(name, format!.extension);
  stacks.addTo(profile);
  try {
    using output = new Output(file);
    saveProfile(output, () => format!.write(profile, { files }), file);
    const left = stacks.left > 0 ? `, without ${Math.round(stacks.left)} samples of the stacks seen last` : "";
    return `Wrote flame graph to ${output.label}${left}`;
  } catch (error) {
    return `Error: ${(error as Error).message}`;
  } finally {
    // They are counted already.
    profile.takeSamples();
  }
}
