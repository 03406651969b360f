import { defineConfig, type Options } from "tsup";

/** Every package is built alike: ES modules for Node 20, declarations by tsc (TypeScript 7 has no compiler API for tsup). */
const library: Options = {
  entry: ["src/index.ts"],
  format: "esm",
  target: "node20",
  platform: "node",
  dts: false,
  sourcemap: true,
  clean: true,
};

export default defineConfig(library);
