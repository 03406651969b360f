/** A line of /proc/PID/mountinfo (proc_pid_mountinfo(5)). */
export interface Mount {
  /** Folder of the mounted file system that is seen there. */
  readonly root: string;
  readonly point: string;
  readonly type: string;
  /** Options of the file system, unlike those of the mount. */
  readonly superOptions: string;
}

/** Lines that are not as the manual page says are left out. */
export function parseMountInfo(text: string): Mount[] {
  return text.split("\n").flatMap((line) => {
    const [mount, fileSystem] = line.split(" - ");
    const [, , , root, point] = mount?.split(" ") ?? [];
    const [type, , superOptions] = fileSystem?.split(" ") ?? [];
    if (root === undefined || point === undefined || type === undefined) return [];
    return [{ root, point, type, superOptions: superOptions ?? "" }];
  });
}

/** The option `hidepid` of the uppermost /proc: "0" for none, else as the kernel writes it: "2", "invisible", ... */
export function hidepidOf(mounts: readonly Mount[]): string {
  const proc = mounts.findLast(({ point, type }) => point === "/proc" && type === "proc");
  const value = /(?:^|,)hidepid=(\w+)/.exec(proc?.superOptions ?? "")?.[1] ?? "0";
  return value === "off" ? "0" : value;
}
