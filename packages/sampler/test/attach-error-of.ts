import { AttachError } from "@pyspy/sampler";

/** The `AttachError` that `run` ends with; anything else that it throws is thrown on. */
export function attachErrorOf(run: () => unknown): AttachError {
  try {
    run();
  } catch (error) {
    if (error instanceof AttachError) return error;
    throw error;
  }
  throw new Error("attached");
}
