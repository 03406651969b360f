import type { Profile } from "@pyspy/profile";
import { recordingEnd, tracksOf } from "../track.ts";

/** "12,345 samples · 60.00 s · 100 Hz · Python 3.13.1 · pid 4711 · 3 errors": what is known of the recording. */
export function subtitle(profile: Profile, samples: number): string {
  const { interval, pythonVersion, pid } = profile.info;
  const { errors, torn, late } = profile.counts;
  const parts = [
    counted(samples, "sample"),
    `${recordingEnd(profile, tracksOf(profile)).toFixed(2)} s`,
    `${Number((1 / interval).toPrecision(3))} Hz`,
  ];
  if (pythonVersion !== "") parts.push(`Python ${pythonVersion}`);
  if (pid !== 0) parts.push(`pid ${pid}`);
  if (errors > 0) parts.push(counted(errors, "error"));
  if (torn > 0) parts.push(counted(torn, "torn sample"));
  if (late > 0) parts.push(counted(late, "late tick"));
  return parts.join(" · ");
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString("en-US")} ${what}${count === 1 ? "" : "s"}`;
}
