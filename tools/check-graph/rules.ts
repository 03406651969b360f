/** What the sources of a folder may import: packages of this workspace, and packages from outside. */
export interface AllowedImports {
  readonly workspace: readonly string[];
  readonly external: readonly string[];
}

/** By folder; node: modules are allowed everywhere. A package that is not here may import nothing. */
export const allowedImports: Readonly<Record<string, AllowedImports>> = {
  "packages/profile": { workspace: [], external: [] },
  "packages/layouts": { workspace: [], external: [] },
  "packages/process": { workspace: [], external: ["koffi", "@koromix/koffi-linux-x64", "@koromix/koffi-linux-arm64"] },
  "packages/binary": { workspace: [], external: ["elfy"] },
  "packages/unwind": { workspace: [], external: [] },
  "packages/sampler": {
    workspace: ["@pyspy/process", "@pyspy/binary", "@pyspy/layouts", "@pyspy/unwind", "@pyspy/profile"],
    external: [],
  },
  "packages/formatters": { workspace: ["@pyspy/profile"], external: [] },
  "packages/cli": {
    workspace: ["@pyspy/sampler", "@pyspy/formatters", "@pyspy/profile", "@pyspy/process"],
    external: ["commander", "koffi"],
  },
  "layouts-gen": { workspace: ["@pyspy/binary", "@pyspy/layouts"], external: [] },
};

/** The one file that may ask which platform this is. */
export const platformFile = "packages/process/src/open-process.ts";

/** Words that say nothing of what is in a file. */
export const emptyWords: readonly string[] = ["utils", "util", "helpers", "helper", "common", "manager", "managers", "types"];

export const maximumLines = 350;

/** Data: may be longer. */
export const generatedFolder = "/generated/";
