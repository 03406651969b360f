import type { RecordingProgress } from "@pyspy/sampler";

const REFRESH_MS = 200;
const CLEAR_LINE = "\r\u001b[2K";

/** Shows one line about the recording on stderr, where that is a terminal, and removes it at the end. */
export function showProgress(progress: RecordingProgress, duration: number): { end(): void } {
  const { stderr } = process;
  if (!stderr.isTTY) return { end: () => undefined };
  const start = performance.now();
  const draw = () => {
    const text = progressText(progress, (performance.now() - start) / 1000, duration);
    stderr.write(`${CLEAR_LINE}${text.slice(0, Math.max((stderr.columns ?? 80) - 1, 0))}`);
  };
  const timer = setInterval(draw, REFRESH_MS);
  return {
    end: () => {
      clearInterval(timer);
      stderr.write(CLEAR_LINE);
    },
  };
}

/** "12.3s of 30s  1230 samples  100/s  0 errors  4 threads" */
export function progressText(progress: RecordingProgress, elapsed: number, duration: number): string {
  const { ticks, samples, errors, threads } = progress;
  const length = Number.isFinite(duration) ? ` of ${duration}s` : "";
  const rate = elapsed > 0 ? Math.round(ticks / elapsed) : 0;
  return [
    `${elapsed.toFixed(1)}s${length}`,
    `${samples} samples`,
    `${rate}/s`,
    `${errors} ${errors === 1 ? "error" : "errors"}`,
    `${threads} ${threads === 1 ? "thread" : "threads"}`,
  ].join("  ");
}
