import { ProcessError } from "../errors.ts";
import type { SpawnedProcess, SpawnOptions } from "../spawned-process.ts";
import { describeErrno } from "./errno.ts";
import { requireLibc, type Libc } from "./libc.ts";
import { LinuxChild } from "./spawned-child.ts";

/** More than any C library's posix_spawnattr_t (336) or posix_spawn_file_actions_t (80) takes. */
const opaqueLength = 1024;
/** Size of a signal set, one bit a signal, in glibc and musl. */
const sigset_t = 128;
const POSIX_SPAWN_SETSIGDEF = 0x04;
const POSIX_SPAWN_SETSIGMASK = 0x08;
const F_GETFL = 3;
const F_SETFL = 4;
const O_NONBLOCK = 0o4000;
const standardStreams = [0, 1, 2] as const;

/** posix_spawnp(3) with the standard streams as they are and signals as a shell would hand them down. */
export function spawnLinuxProcess(argv: readonly string[], options: SpawnOptions): SpawnedProcess {
  const libc = requireLibc(0, "starting a process");
  const envp = environment(options.env ?? process.env);
  const [command] = argv;
  if (command === undefined || command === "") throw failed("", "no command given");
  const withNul = [...argv, ...envp, options.cwd ?? ""].find((text) => text.includes("\0"));
  if (withNul !== undefined) throw failed(command, `a NUL character in ${JSON.stringify(withNul)}`);

  const memory = Array.from({ length: 2 }, () => new Uint8Array(new ArrayBuffer(opaqueLength)));
  const [actions, attributes] = memory.map(libc.address) as [number, number];
  setActions(libc, actions, options.cwd);
  setSignals(libc, attributes);
  try {
    return spawn(libc, argv, envp, actions, attributes);
  } finally {
    libc.posix_spawnattr_destroy(attributes);
    libc.posix_spawn_file_actions_destroy(actions);
  }
}

function spawn(libc: Libc, argv: readonly string[], envp: readonly string[], actions: number, attributes: number): SpawnedProcess {
  const command = argv[0]!;
  const pid = new Int32Array(new ArrayBuffer(4));
  for (const fd of standardStreams) clearNonblock(libc, fd);
  const errno = libc.posix_spawnp(libc.address(pid), command, actions, attributes, [...argv, null], [...envp, null]);
  if (errno !== 0) throw failed(command, describeErrno(errno));
  return new LinuxChild(libc, pid[0]!);
}

/** Node marks its standard streams close-on-exec; dup2 onto itself is posix_spawn's way to take that off. */
function setActions(libc: Libc, actions: number, cwd: string | undefined): void {
  libc.posix_spawn_file_actions_init(actions);
  for (const fd of standardStreams) libc.posix_spawn_file_actions_adddup2(actions, fd, fd);
  if (cwd !== undefined) libc.posix_spawn_file_actions_addchdir_np(actions, cwd);
}

/**
 * Node ignores SIGPIPE and SIGXFSZ, and a child would go on ignoring them. The sets are written by hand, since glibc's
 * sigfillset leaves out two signals of its own that a child would then ignore.
 */
function setSignals(libc: Libc, attributes: number): void {
  const none = new Uint8Array(new ArrayBuffer(sigset_t));
  const all = new Uint8Array(new ArrayBuffer(sigset_t)).fill(0xff);
  libc.posix_spawnattr_init(attributes);
  libc.posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  libc.posix_spawnattr_setsigmask(attributes, libc.address(none));
  libc.posix_spawnattr_setsigdefault(attributes, libc.address(all));
}

/** Node makes pipes non-blocking, for all who share them, and few programs expect EAGAIN from their output. */
function clearNonblock(libc: Libc, fd: number): void {
  const flags = libc.fcntl(fd, F_GETFL, 0);
  if (flags >= 0 && (flags & O_NONBLOCK) !== 0) libc.fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
}

function environment(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
}

function failed(command: string, reason: string): ProcessError {
  return new ProcessError("spawn-failed", 0, `cannot start ${JSON.stringify(command)}: ${reason}`);
}
