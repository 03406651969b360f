/**
 * `pyspy top` with options as JSON, for tests: `node --conditions=@pyspy/source top-main.ts '{"pid":1}' [program...]`.
 * Signals make it fail in ways that it has no other reason to.
 */
import { advise } from "../src/advice.ts";
import { message } from "../src/message.ts";
import { top, type TopOptions } from "../src/top/top.ts";

const [options = "{}", ...program] = process.argv.slice(2);
process.on("SIGUSR2", () => {
  throw new Error("thrown on SIGUSR2");
});
process.on("SIGPWR", () => process.exit(7));
try {
  await top(program, { rate: 100, delay: 1, ...(JSON.parse(options) as Partial<TopOptions>) });
} catch (error) {
  message(`Error: ${await advise(error)}`);
  process.exitCode = 1;
}
