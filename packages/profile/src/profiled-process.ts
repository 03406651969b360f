/** A process that threads of a profile belong to. */
export interface ProfiledProcess {
  readonly pid: number;
  /** The process that started it; 0 if not known. */
  readonly parentPid: number;
  readonly commandLine: readonly string[];
}
