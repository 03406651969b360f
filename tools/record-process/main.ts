import { record } from "./record.ts";
import { recordPythons } from "./record-pythons.ts";

const usage = `usage: node --conditions=@pyspy/source tools/record-process/main.ts PID OUT
       node --conditions=@pyspy/source tools/record-process/main.ts --pythons FOLDER`;

/** Keeps all that one dump of a Python process asks of it, so that the dump can be repeated without the process. */
async function main([what, out, ...rest]: readonly string[]): Promise<void> {
  if (what === undefined || out === undefined || rest.length > 0) throw new Error(usage);
  if (what === "--pythons") await recordPythons(out);
  else if (/^\d+$/.test(what)) report(record(Number(what), out));
  else throw new Error(usage);
}

function report({ path, bytes, stacks }: ReturnType<typeof record>): void {
  console.log(`${path}: ${bytes} bytes, ${stacks} threads`);
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
