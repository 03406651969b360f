import type { Profile, SampleCursor, StackId } from "@pyspy/profile";
import type { Track } from "./track.ts";

/** Goes through a track's samples in the order they were added: after each `next()` that returned true, fields are of the next. */
export interface TrackSamples {
  readonly stack: StackId;
  readonly time: number;
  readonly weight: number;
  readonly cpuTime: number;
  next(): boolean;
}

export interface SampledTrack {
  readonly track: Track;
  /** From the first; as often as it is called. */
  readonly samples: () => TrackSamples;
}

/** Samples that are sorted by track at a time: 12 MB. */
const GROUP_SAMPLES = 2 ** 19;

/**
 * The tracks one after the other with their samples. In the profile those of all threads are mixed: as many tracks as fit
 * into a group are sorted out in one pass, and a track that fits none is picked out each time. So passes are as many as there
 * are groups' worth of samples, however many threads there are, and memory is that of one group.
 */
export function* sampledTracks(profile: Profile, tracks: readonly Track[], limit: number = GROUP_SAMPLES): Iterable<SampledTrack> {
  for (let first = 0; first < tracks.length; ) {
    let end = first;
    let size = 0;
    while (end < tracks.length && size + tracks[end]!.sampleCount <= limit) size += tracks[end++]!.sampleCount;
    if (end === first) {
      const track = tracks[end++]!;
      yield { track, samples: () => new PickedSamples(profile, track) };
    } else yield* sorted(profile, tracks.slice(first, end), size);
    first = end;
  }
}

class PickedSamples implements TrackSamples {
  readonly #cursor: SampleCursor;
  readonly #isWanted: Uint8Array;

  constructor(profile: Profile, { threads }: Track) {
    this.#cursor = profile.samples();
    this.#isWanted = new Uint8Array(profile.threads.length);
    for (const thread of threads) this.#isWanted[thread] = 1;
  }

  get stack(): StackId {
    return this.#cursor.stack;
  }

  get time(): number {
    return this.#cursor.time;
  }

  get weight(): number {
    return this.#cursor.weight;
  }

  get cpuTime(): number {
    return this.#cursor.cpuTime;
  }

  next(): boolean {
    while (this.#cursor.next()) if (this.#isWanted[this.#cursor.thread] === 1) return true;
    return false;
  }
}

interface Columns {
  readonly stacks: Uint32Array;
  readonly times: Float64Array;
  /** In single precision, as the profile's are. */
  readonly weights: Float32Array;
  readonly cpuTimes: Float64Array;
}

function* sorted(profile: Profile, tracks: readonly Track[], size: number): Iterable<SampledTrack> {
  const columns = { stacks: new Uint32Array(size), times: new Float64Array(size), weights: new Float32Array(size), cpuTimes: new Float64Array(size) };
  /** By thread: the place of its track here, and one more; 0 for threads of other tracks. */
  const trackOf = new Uint32Array(profile.threads.length);
  const ends: number[] = [];
  let start = 0;
  for (const [place, { threads, sampleCount }] of tracks.entries()) {
    for (const thread of threads) trackOf[thread] = place + 1;
    ends.push(start);
    start += sampleCount;
  }
  const cursor = profile.samples();
  while (cursor.next()) {
    const place = trackOf[cursor.thread]!;
    if (place === 0) continue;
    const index = ends[place - 1]!++;
    columns.stacks[index] = cursor.stack;
    columns.times[index] = cursor.time;
    columns.weights[index] = cursor.weight;
    columns.cpuTimes[index] = cursor.cpuTime;
  }
  for (const [place, track] of tracks.entries()) {
    const end = ends[place]!;
    yield { track, samples: () => new SortedSamples(columns, end - track.sampleCount, end) };
  }
}

class SortedSamples implements TrackSamples {
  readonly #columns: Columns;
  readonly #end: number;
  #index: number;

  constructor(columns: Columns, start: number, end: number) {
    this.#columns = columns;
    this.#index = start - 1;
    this.#end = end;
  }

  get stack(): StackId {
    return this.#columns.stacks[this.#index]!;
  }

  get time(): number {
    return this.#columns.times[this.#index]!;
  }

  get weight(): number {
    return this.#columns.weights[this.#index]!;
  }

  get cpuTime(): number {
    return this.#columns.cpuTimes[this.#index]!;
  }

  next(): boolean {
    return ++this.#index < this.#end;
  }
}
