/** Tests and what only they use. */
export function isTest(path: string): boolean {
  return /\/test\/|\.test\.ts$/.test(path);
}
