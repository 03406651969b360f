import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** What is used of an esbuild plugin. */
interface Plugin {
  readonly name: string;
  setup(build: Build): void;
}

interface Build {
  readonly initialOptions: { readonly outdir?: string; metafile?: boolean };
  onEnd(callback: (result: { readonly metafile?: { readonly inputs: object } | undefined }) => void): void;
}

const LICENCE_FILE = /^(licen[cs]e|copying)(\.|$)/i;
const README_FILE = /^readme/i;
/** The last section of a README, if it is one on the licence. */
const LICENCE_SECTION = /^#+\s*licen[cs]e\s*$([^#]*)\s*$/im;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** Writes the licences of all packages that are in the bundle into a file beside it, as they ask for; fails if one has none. */
export function thirdPartyNotices(file: string): Plugin {
  return {
    name: "third-party-notices",
    setup(build) {
      build.initialOptions.metafile = true;
      const { outdir = "" } = build.initialOptions;
      build.onEnd(({ metafile }) => {
        const folders = new Set(Object.keys(metafile?.inputs ?? {}).flatMap(packageFolder));
        mkdirSync(outdir, { recursive: true });
        writeFileSync(join(outdir, file), [...folders].map(notice).toSorted().join(`\n${"-".repeat(80)}\n\n`));
      });
    },
  };
}

/** "../node_modules/.pnpm/elfy@1.0.0/node_modules/elfy" of a file in it; none for a source of our own. */
function packageFolder(input: string): readonly string[] {
  const folder = /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(input)?.[0];
  return folder === undefined ? [] : [resolve(folder)];
}

function notice(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  return `${name} ${version} (${license ?? "licence as follows"})\n\n${licenceText(folder)}\n`;
}

function licenceText(folder: string): string {
  const find = (pattern: RegExp) => readdirSync(folder).find((name) => pattern.test(name));
  const file = find(LICENCE_FILE);
  if (file !== undefined) return readFileSync(join(folder, file), "utf8").trim();
  const readme = find(README_FILE);
  const section = readme && LICENCE_SECTION.exec(readFileSync(join(folder, readme), "utf8"))?.[1];
  if (!section?.includes("Copyright")) throw new Error(`no licence text found in ${folder}`);
  return section.trim();
}
