/** What an error of the packages below says of itself; on the recording thread's errors only this is left. */
interface Failure {
  readonly code?: unknown;
  readonly pid?: unknown;
  readonly message: string;
}

/** The message for an error, with advice where there is some. A bug is shown with its place. */
export async function advise(error: unknown): Promise<string> {
  if (!(error instanceof Error)) return String(error);
  const { code, message, pid } = failureOf(error);
  const advice = typeof code === "string" && code !== "" ? await adviceOn(code, message, typeof pid === "number" ? pid : pidIn(message)) : undefined;
  if (advice !== undefined) return `${message}\n${advice}`;
  return isBug(error) ? (error.stack ?? message) : message;
}

/** Loaded when there is something to advise on: looking at the machine takes the other packages. */
async function adviceOn(code: string, message: string, pid: number | undefined): Promise<string | undefined> {
  return (await import("./doctor/advice-on.ts")).adviceOn(code, message, pid);
}

/** By shape, not by class: the classes' packages are loaded only by the commands that need them. */
function failureOf(error: Error): Failure {
  return (error as { failure?: Failure }).failure ?? error;
}

function pidIn(message: string): number | undefined {
  const match = /\bprocess (\d+)/.exec(message);
  return match ? Number(match[1]) : undefined;
}

function isBug(error: Error): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
}
