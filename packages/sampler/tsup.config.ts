import { defineConfig } from "tsup";
import library from "../../tsup.config.ts";

export default defineConfig({ ...(library as object), entry: ["src/index.ts", "src/recording-worker.ts"] });
