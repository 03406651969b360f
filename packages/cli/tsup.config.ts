import { defineConfig } from "tsup";
import library from "../../tsup.config.ts";

/** One bundle with all of our packages and commander; koffi stays outside, for its binaries are packages of their own. */
export default defineConfig({
  ...(library as object),
  entry: { main: "src/main.ts", "recording-worker": "src/recording-worker.ts" },
  noExternal: [/^@pyspy\//, "commander", "elfy", "endian-reader"],
  external: ["koffi"],
  esbuildOptions: (options) => {
    options.conditions = ["@pyspy/source", "import", "default"];
    // elfy is CommonJS and asks for Node's modules.
    options.banner = { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' };
  },
});
