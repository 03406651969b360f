import { openProcess } from "@pyspy/process";
import { attach } from "@pyspy/sampler";

/** Tries to attach to a process as a user without rights; prints the error. */
const error: unknown = await Promise.resolve(Number(process.argv[2])).then((pid) => {
  process.setgroups?.([]);
  process.setgid?.(65534);
  process.setuid?.(65534);
  using target = openProcess(pid);
  attach(target);
}).catch((reason: unknown) => reason);
const { name, code, message } = error as { name: string; code: string; message: string };
console.log(JSON.stringify({ name, code, message }));
