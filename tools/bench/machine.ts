import { cpus, loadavg, release, totalmem, type } from "node:os";

/** Where figures were taken: without it they say nothing. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  /** Of the last minute, when the bench was started. */
  readonly loadAverage: number;
  readonly date: string;
}

export function describeMachine(): Machine {
  const [first] = cpus();
  return {
    cpu: (first?.model ?? "unknown").trim(),
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release()}`,
    node: process.version,
    loadAverage: loadavg()[0] ?? 0,
    date: new Date().toISOString(),
  };
}

export function machineLine({ cpu, cores, memoryGiB, kernel, node, loadAverage }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${kernel}, Node ${node}; load average at the start ${loadAverage.toFixed(2)}`;
}
