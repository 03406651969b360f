import type { Profile, Thread, ThreadId } from "@pyspy/profile";
import { SpanClock } from "./span-clock.ts";

/** A line of a timeline: one thread in one interpreter, with all names it had. */
export interface Track {
  /** With the latest name that is known. */
  readonly thread: Thread;
  /** In the profile, one for each name. */
  readonly threads: readonly ThreadId[];
  readonly isMain: boolean;
  readonly sampleCount: number;
  /** End of the last sample's span, in seconds since the start of the recording. */
  readonly end: number;
  /** Whether any CPU time of it is known. */
  readonly hasCpuTime: boolean;
}

interface OpenTrack {
  thread: Thread;
  readonly threads: ThreadId[];
  readonly clock: SpanClock;
  sampleCount: number;
  hasCpuTime: boolean;
}

/** Tracks that have samples: the profile's own process first, then by pid; in each, the main thread first. */
export function tracksOf(profile: Profile): Track[] {
  const tracks = new Map<string, OpenTrack>();
  const trackOf = profile.threads.map((thread, id) => {
    const key = `${thread.pid} ${thread.interpreter} ${thread.osThreadId} ${thread.osThreadId === 0 ? thread.threadId : ""}`;
    let track = tracks.get(key);
    if (track === undefined) tracks.set(key, (track = openTrack(thread, profile.info.interval)));
    if (thread.name !== "") track.thread = thread;
    track.threads.push(id);
    return track;
  });
  const samples = profile.samples();
  while (samples.next()) {
    const track = trackOf[samples.thread]!;
    track.sampleCount++;
    track.clock.add(samples.time, samples.weight);
    if (samples.cpuTime > 0) track.hasCpuTime = true;
  }
  return [...tracks.values()]
    .filter(({ sampleCount }) => sampleCount > 0)
    .map(({ thread, threads, sampleCount, clock, hasCpuTime }) => ({
      thread,
      threads,
      isMain: isMainThread(thread),
      sampleCount,
      end: clock.end,
      hasCpuTime,
    }))
    .sort((a, b) => pidRank(profile, a.thread) - pidRank(profile, b.thread) || Number(b.isMain) - Number(a.isMain));
}

function openTrack(thread: Thread, interval: number): OpenTrack {
  return { thread, threads: [], clock: new SpanClock(interval), sampleCount: 0, hasCpuTime: false };
}

/** End of the recording in seconds: as long as it was said to be, or the end of the last span. */
export function recordingEnd(profile: Profile, tracks: readonly Track[]): number {
  return tracks.reduce((end, track) => Math.max(end, track.end), profile.duration);
}

/** On Linux the main thread's id is the process's; elsewhere only its name tells. */
function isMainThread({ pid, interpreter, osThreadId, name }: Thread): boolean {
  return interpreter === 0 && (osThreadId === pid || name === "MainThread");
}

function pidRank(profile: Profile, { pid }: Thread): number {
  return pid === profile.info.pid ? -1 : pid;
}
