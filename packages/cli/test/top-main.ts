/** `pyspy top` alone, for tests in a terminal: `node --conditions=@pyspy/source top-main.ts '{"pid":1}' [program...]`. */
import { advise } from "../src/advice.ts";
import { message } from "../src/message.ts";
import { top, type TopOptions } from "../src/top/top.ts";

const [options = "{}", ...program] = process.argv.slice(2);
try {
  await top(program, { rate: 100, delay: 1, ...(JSON.parse(options) as Partial<TopOptions>) });
} catch (error) {
  message(`Error: ${advise(error)}`);
  process.exitCode = 1;
}
