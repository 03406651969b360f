/** Seconds as py-spy writes them: three decimals below 1, two below 100, one up to 1000, none above. */
export function secondsText(seconds: number): string {
  if (seconds < 1) return seconds.toFixed(3);
  if (seconds < 100) return seconds.toFixed(2);
  return seconds.toFixed(seconds <= 1000 ? 1 : 0);
}

/** Two decimals, as py-spy has them, but never more than seven characters up to 100,000 %. */
export function percentText(share: number): string {
  const percent = 100 * share;
  return `${percent.toFixed(percent < 999.995 ? 2 : percent < 9999.95 ? 1 : 0)}%`;
}
