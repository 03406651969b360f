import type { Profile, Thread } from "@pyspy/profile";

/** A line of a timeline: one thread in one interpreter, with all names it had. */
export interface Track {
  /** With the latest name that is known. */
  readonly thread: Thread;
  /** Places in the profile's samples, in the order they were added. */
  readonly samples: readonly number[];
  readonly isMain: boolean;
}

/** Tracks that have samples: the profile's own process first, then by pid; in each, the main thread first. */
export function tracksOf(profile: Profile): Track[] {
  const tracks = new Map<string, { thread: Thread; samples: number[] }>();
  const trackOf = profile.threads.map((thread) => {
    const key = `${thread.pid} ${thread.interpreter} ${thread.osThreadId} ${thread.osThreadId === 0 ? thread.threadId : ""}`;
    let track = tracks.get(key);
    if (track === undefined) tracks.set(key, (track = { thread, samples: [] }));
    if (thread.name !== "") track.thread = thread;
    return track;
  });
  const { threads } = profile.sampleColumns();
  for (let index = 0; index < threads.length; index++) trackOf[threads[index]!]!.samples.push(index);
  return [...tracks.values()]
    .filter(({ samples }) => samples.length > 0)
    .map(({ thread, samples }) => ({ thread, samples, isMain: isMainThread(thread) }))
    .sort((a, b) => pidRank(profile, a.thread) - pidRank(profile, b.thread) || Number(b.isMain) - Number(a.isMain));
}

/** On Linux the main thread's id is the process's; elsewhere only its name tells. */
function isMainThread({ pid, interpreter, osThreadId, name }: Thread): boolean {
  return interpreter === 0 && (osThreadId === pid || name === "MainThread");
}

function pidRank(profile: Profile, { pid }: Thread): number {
  return pid === profile.info.pid ? -1 : pid;
}
