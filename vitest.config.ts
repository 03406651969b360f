import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["@pyspy/source", "node", "import", "default"] },
  ssr: { resolve: { conditions: ["@pyspy/source", "node", "import", "default"] } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "tools/**/*.test.ts", "layouts-gen/**/*.test.ts", "test-fixtures/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
