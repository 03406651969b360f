/** `npm run graph`: checks who imports whom, and a few rules that no linter knows. */
import { fileURLToPath } from "node:url";

import { checkGraph } from "./check-graph.ts";

const violations = checkGraph(fileURLToPath(new URL("../..", import.meta.url)));
for (const violation of violations) console.error(violation);
process.exitCode = violations.length === 0 ? 0 : 1;
