import type { Pause, Pauser } from "../process.ts";
import { Tracer } from "./tracer.ts";

/** Stops every thread of the process, or these, once; disposing of the pause lets the process go altogether. */
export function pause(pid: number, threads?: readonly number[]): Pause {
  const tracer = new Tracer(pid);
  return stopped(tracer, threads ? tracer.stop(threads) : tracer.stopAll(), () => tracer.releaseAll());
}

/** Keeps the threads seized from pause to pause, which then costs an interrupt and a continue each. */
export function pauser(pid: number): Pauser {
  const tracer = new Tracer(pid);
  return {
    pause: () => stopped(tracer, tracer.stopAll(), () => tracer.resumeAll()),
    service: () => tracer.service(),
    [Symbol.dispose]: () => tracer.releaseAll(),
  };
}

function stopped({ since }: Tracer, threads: readonly number[], resume: () => void): Pause {
  let held = true;
  return {
    threads,
    since,
    [Symbol.dispose]: () => {
      if (held) resume();
      held = false;
    },
  };
}
