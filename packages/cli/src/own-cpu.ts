/** CPU time that this process, with all of its threads, uses from now on. */
export class OwnCpu {
  readonly #before: NodeJS.CpuUsage = process.cpuUsage();
  readonly #start: number = performance.now();

  /** User and system time so far, as a share of one core. */
  share(): number {
    const { user, system } = process.cpuUsage(this.#before);
    return (user + system) / 1000 / (performance.now() - this.#start);
  }
}
