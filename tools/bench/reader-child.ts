/** Reads stacks as fast as it can, and does nothing with them. */
import { openProcess, type Process } from "@pyspy/process";
import { attach, type Python } from "@pyspy/sampler";

import { answer, type ChildRequest, readRequest } from "./child.ts";
import { legalShare } from "./legal-stacks.ts";

/** Samples between looks at the clock. */
const BATCH = 16;

export interface ReaderAnswer {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly samples: number;
  /** Stacks, by outcome: one for each thread and sample. */
  readonly kept: number;
  readonly torn: number;
  readonly failed: number;
  readonly calls: number;
  /** Share of the kept ones that the program can have; only where it was told which. */
  readonly legal?: number;
}

const request = await readRequest();
using process = openProcess(request.pid);
answer(measure(attach(process), process, request));

function measure(python: Python, target: Process, { seconds, warmUp, legal }: ChildRequest): ReaderAnswer {
  sampleFor(python, warmUp);
  const calls = target.memory.calls;
  const cpu = globalThis.process.cpuUsage();
  const start = performance.now();
  const counts = sampleFor(python, seconds);
  const elapsed = (performance.now() - start) / 1000;
  const { user, system } = globalThis.process.cpuUsage(cpu);
  const measured = { seconds: elapsed, cpuSeconds: (user + system) / 1e6, ...counts, calls: target.memory.calls - calls };
  return legal === undefined ? measured : { ...measured, legal: legalShare(python, legal) };
}

function sampleFor(python: Python, seconds: number): { samples: number; kept: number; torn: number; failed: number } {
  const counts = { samples: 0, kept: 0, torn: 0, failed: 0 };
  const end = performance.now() + seconds * 1000;
  do {
    for (let count = 0; count < BATCH; count++) {
      for (const { outcome } of python.sample("never")) {
        if (outcome === "exact") counts.kept++;
        else if (outcome === "torn") counts.torn++;
        else counts.failed++;
      }
    }
    counts.samples += BATCH;
  } while (performance.now() < end);
  return counts;
}
