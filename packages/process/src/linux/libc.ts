import { createRequire } from "node:module";
import { ProcessError } from "../errors.ts";

/**
 * The C library's functions that Node has none for. Pointers are numbers, got once from `address` for memory that the
 * caller keeps alive. Results are -1 on error, with the reason in `errno`, unless told otherwise.
 */
export interface Libc {
  process_vm_readv(pid: number, local: number, localCount: number, remote: number, remoteCount: number, flags: number): number;
  ptrace(request: number, tid: number, address: number, data: number): number;
  waitpid(pid: number, status: number, options: number): number;
  waitid(idType: number, id: number, info: number, options: number): number;
  usleep(microseconds: number): number;
  fcntl(fd: number, command: number, argument: number): number;
  pidfd_open(pid: number): number;
  /** Returns an error number, 0 for success. */
  posix_spawnp(
    pid: number,
    file: string,
    actions: number,
    attributes: number,
    argv: readonly (string | null)[],
    envp: readonly (string | null)[],
  ): number;
  posix_spawn_file_actions_init(actions: number): number;
  posix_spawn_file_actions_adddup2(actions: number, from: number, to: number): number;
  posix_spawn_file_actions_addchdir_np(actions: number, path: string): number;
  posix_spawn_file_actions_destroy(actions: number): number;
  posix_spawnattr_init(attributes: number): number;
  posix_spawnattr_setflags(attributes: number, flags: number): number;
  posix_spawnattr_setsigmask(attributes: number, signals: number): number;
  posix_spawnattr_setsigdefault(attributes: number, signals: number): number;
  posix_spawnattr_destroy(attributes: number): number;
  errno(): number;
  /** Address of the view's first byte; stable as long as the view is referenced. */
  address(view: ArrayBufferView): number;
  /** Calls back when `fd` becomes readable; the result stops watching. */
  watch(fd: number, callback: () => void): () => void;
}

type Koffi = typeof import("koffi");
type Signature = readonly [result: string, ...parameters: string[]];

const SYS_pidfd_open = 434;

const signatures = {
  process_vm_readv: ["int64_t", "int", "uint64_t", "uint64_t", "uint64_t", "uint64_t", "uint64_t"],
  ptrace: ["int64_t", "int64_t", "int", "uint64_t", "uint64_t"],
  waitpid: ["int", "int", "uint64_t", "int"],
  waitid: ["int", "int", "int", "uint64_t", "int"],
  usleep: ["int", "uint32_t"],
  fcntl: ["int", "int", "int", "int64_t"],
  posix_spawnp: ["int", "uint64_t", "const char *", "uint64_t", "uint64_t", "const char **", "const char **"],
  posix_spawn_file_actions_init: ["int", "uint64_t"],
  posix_spawn_file_actions_adddup2: ["int", "uint64_t", "int", "int"],
  posix_spawn_file_actions_addchdir_np: ["int", "uint64_t", "const char *"],
  posix_spawn_file_actions_destroy: ["int", "uint64_t"],
  posix_spawnattr_init: ["int", "uint64_t"],
  posix_spawnattr_setflags: ["int", "uint64_t", "int16_t"],
  posix_spawnattr_setsigmask: ["int", "uint64_t", "uint64_t"],
  posix_spawnattr_setsigdefault: ["int", "uint64_t", "uint64_t"],
  posix_spawnattr_destroy: ["int", "uint64_t"],
  syscall: ["int64_t", "int64_t", "int64_t", "int64_t"],
} as const satisfies Record<string, Signature>;

type FunctionName = keyof typeof signatures;

let loaded: Libc | Error | undefined;

/** The C library through koffi, loaded at first use; undefined where koffi is absent or has no build for this machine. */
export function findLibc(): Libc | undefined {
  loaded ??= tryLoad();
  return loaded instanceof Error ? undefined : loaded;
}

/** As {@link findLibc}, but throws {@link ProcessError} `unsupported` with the reason and what it was needed for. */
export function requireLibc(pid: number, purpose: string): Libc {
  const libc = findLibc();
  if (libc !== undefined) return libc;
  throw new ProcessError("unsupported", pid, `${purpose} needs koffi, which could not be loaded`, { cause: loaded });
}

function tryLoad(): Libc | Error {
  try {
    return load(loadKoffi());
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/**
 * koffi's binary as it is in the package of its own that koffi takes it from. What koffi puts around it adds nothing that
 * is used here, and takes 6 ms to load, since it looks at all that node:util has.
 */
function loadKoffi(): Koffi {
  const require = createRequire(import.meta.url);
  try {
    const requireOfKoffi = createRequire(require.resolve("koffi"));
    if (process.arch === "x64") return requireOfKoffi("@koromix/koffi-linux-x64") as Koffi;
    if (process.arch === "arm64") return requireOfKoffi("@koromix/koffi-linux-arm64") as Koffi;
  } catch {
    // Koffi may find its binary elsewhere, and else says what is wrong.
  }
  return require("koffi") as Koffi;
}

function load(koffi: Koffi): Libc {
  const library = koffi.load(null);
  const declare = (name: FunctionName): ((...values: never[]) => number) => {
    const [result, ...parameters] = signatures[name];
    return library.func(name, result, parameters);
  };
  const functions = Object.create(null) as Record<FunctionName, (...values: never[]) => number>;
  for (const name of Object.keys(signatures) as FunctionName[]) functions[name] = orMissing(name, declare);
  const syscall = functions.syscall as (number: number, first: number, second: number) => number;
  return Object.assign(functions, {
    pidfd_open: (pid: number) => syscall(SYS_pidfd_open, pid, 0),
    errno: () => koffi.errno(),
    address: (view: ArrayBufferView) => Number(koffi.address(view)),
    watch: (fd: number, callback: () => void) => {
      const handle = koffi.node.poll(fd, { readable: true }, callback);
      return () => handle.close();
    },
  }) as unknown as Libc;
}

/** A C library may lack one of them (posix_spawn_file_actions_addchdir_np came in glibc 2.29): calling it then throws. */
function orMissing(
  name: FunctionName,
  declare: (name: FunctionName) => (...values: never[]) => number,
): (...values: never[]) => number {
  try {
    return declare(name);
  } catch (cause) {
    return () => {
      throw new ProcessError("unsupported", 0, `the C library has no ${name}`, { cause });
    };
  }
}
