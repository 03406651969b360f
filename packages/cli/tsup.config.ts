import { defineConfig } from "tsup";
import library from "../../tsup.config.ts";
import { thirdPartyNotices } from "./third-party-notices.ts";

const banner = [
  // elfy is CommonJS and asks for Node's modules.
  'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  // Node has had it since 20.4; esbuild's `using` looks for this one where there is none.
  'Symbol.dispose ??= Symbol.for("Symbol.dispose");',
].join(" ");

/** One bundle with all of our packages and commander; koffi stays outside, for its binaries are packages of their own. */
export default defineConfig({
  ...(library as object),
  entry: { main: "src/main.ts", "recording-worker": "src/recording-worker.ts" },
  noExternal: [/^@pyspy\//, "commander", "elfy", "endian-reader"],
  external: ["koffi"],
  esbuildPlugins: [thirdPartyNotices("THIRD-PARTY-NOTICES.txt")],
  esbuildOptions: (options) => {
    options.conditions = ["@pyspy/source", "import", "default"];
    options.banner = { js: banner };
  },
});
