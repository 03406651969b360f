import { openProcess, ProcessError } from "@pyspy/process";

// Pauses a process and holds it until it is killed itself; exit code 3 when it may not.
try {
  const pause = openProcess(Number(process.argv[2])).pause();
  setTimeout(() => pause[Symbol.dispose](), 60_000);
} catch (error) {
  process.exit(error instanceof ProcessError && error.code === "permission-denied" ? 3 : 1);
}
