/** Seconds that a profiler runs before it is measured: compilers of code at run time need some. */
export function warmUp(seconds: number): number {
  return Math.min(0.5, seconds / 2);
}
