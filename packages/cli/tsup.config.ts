import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { defineConfig, type Options } from "tsup";
import library from "../../tsup.config.ts";
import { thirdPartyNotices } from "./third-party-notices.ts";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

/** What is loaded at once, by file: what starts, then one for each command and for the recording thread. */
const bundles = {
  main: "src/main.ts",
  run: "src/run.ts",
  record: "src/record.ts",
  dump: "src/dump.ts",
  top: "src/top/top.ts",
  doctor: "src/doctor/doctor.ts",
  "advice-on": "src/doctor/advice-on.ts",
  completions: "src/completions/completions.ts",
  "recording-worker": "src/recording-worker.ts",
  "recording-thread": "src/recording-thread.ts",
};

const banner = [
  'const __url = require("node:url").pathToFileURL(__filename).href;',
  // Node has had it since 20.4; esbuild's `using` looks for this one where there is none.
  'Symbol.dispose ??= Symbol.for("Symbol.dispose");',
].join(" ");

/**
 * Bundles with all of our packages and commander; koffi stays outside, for its binaries are packages of their own. They
 * share no pieces: a command is one file to load and compile, with only what it uses. CommonJS, since Node's loader of ES
 * modules takes 5 to 10 ms to start, on each thread.
 */
export default defineConfig({
  ...(library as object),
  entry: bundles,
  format: "cjs",
  outExtension: () => ({ js: ".js" }),
  splitting: false,
  noExternal: [/^@pyspy\//, "commander", "elfy", "endian-reader"],
  external: ["koffi"],
  // "node:fs" would become "fs" before the plugins see it.
  removeNodeProtocol: false,
  esbuildPlugins: [separateBundles(), withoutUnused(), thirdPartyNotices("THIRD-PARTY-NOTICES.txt")],
  esbuildOptions: (options) => {
    options.conditions = ["@pyspy/source", "import", "default"];
    options.supported = { "dynamic-import": false };
    options.define = { ...options.define, "import.meta.url": "__url" };
    // The sources are in the repository; the maps would hold most of them several times.
    options.sourcesContent = false;
    options.banner = { js: banner };
  },
});

/** `import("./x.ts")` loads the bundle of that name when it is come to. */
function separateBundles(): Plugin {
  return {
    name: "separate-bundles",
    setup(build) {
      build.onResolve({ filter: /\.ts$/ }, ({ path, kind }) => {
        if (kind !== "dynamic-import") return undefined;
        const name = basename(path, ".ts");
        if (!(name in bundles)) throw new Error(`import("${path}") needs a bundle of its own`);
        return { path: `./${name}.js`, external: true };
      });
      // The package as a whole is one of ES modules.
      const { outdir = "" } = build.initialOptions;
      build.onEnd(() => {
        mkdirSync(outdir, { recursive: true });
        writeFileSync(join(outdir, "package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);
      });
    },
  };
}

/**
 * What packages load and we do not need of it. Commander can have subcommands that are programs, which ours are not:
 * node:child_process takes 3 ms to load. elfy asserts one equality: node:assert takes 2 to 7 ms.
 */
const unused = [
  { importer: /[\\/]commander[\\/]/, path: /^(node:)?child_process$/, contents: "module.exports = {};" },
  {
    importer: /[\\/]elfy[\\/]/,
    path: /^(node:)?assert$/,
    contents: "exports.equal = (one, other) => { if (one !== other) throw new Error(`${one} is not ${other}`); };",
  },
];

function withoutUnused(): Plugin {
  const namespace = "without-unused";
  return {
    name: namespace,
    setup(build) {
      for (const { importer: from, path, contents } of unused) {
        build.onResolve({ filter: path }, ({ path: name, importer }) => (from.test(importer) ? { path: name, namespace, pluginData: contents } : undefined));
      }
      build.onLoad({ filter: /./, namespace }, ({ pluginData }) => ({ contents: pluginData as string }));
    },
  };
}
