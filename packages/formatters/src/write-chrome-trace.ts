import type { Profile } from "@pyspy/profile";
import { inChunks } from "./chunks.ts";
import { defaultFrameView, type FrameView, type ViewedFrame } from "./frame-view.ts";
import { placeFrames, type PlaceFrames, stackPlaces } from "./place-frames.ts";
import { commandText } from "./root-frame.ts";
import { roundSeconds, spansOf } from "./timeline.ts";
import { type Track, tracksOf } from "./track.ts";
import { type SampledTrack, sampledTracks } from "./track-samples.ts";

/**
 * Chrome trace events, for Perfetto and others: a slice for as long as a frame stays on a thread's stack, times in
 * microseconds, names of processes and threads. Where CPU time is known, a slice's ends have the thread's own clock as well.
 * Paths are full unless `files` says otherwise.
 */
export function writeChromeTrace(profile: Profile, options: Partial<FrameView> = {}): Iterable<string> {
  return inChunks(chromeTraceParts(profile, { ...defaultFrameView, files: "full", ...options }));
}

function* chromeTraceParts(profile: Profile, view: FrameView): Iterable<string> {
  const tracks = tracksOf(profile);
  const tids = traceThreadIds(tracks);
  const frames = placeFrames(profile, view);
  const labels = frames.frames.map(eventLabel);
  yield `{"displayTimeUnit":"ms","traceEvents":[`;
  let separator = "\n";
  for (const event of processNames(profile, tracks)) {
    yield separator + event;
    separator = ",\n";
  }
  let index = 0;
  for (const sampled of sampledTracks(profile, tracks)) {
    const { track } = sampled;
    const place = `"pid":${track.thread.pid},"tid":${tids[index]!}`;
    for (const event of threadNames(track, index, place)) yield `,\n${event}`;
    for (const { phase, time, cpuTime, place: frame } of trackEvents(profile, sampled, frames)) {
      const clock = track.hasCpuTime ? `,"tts":${microseconds(cpuTime)}` : "";
      yield `,\n{"ph":"${phase}","ts":${microseconds(time)}${clock},${place},${labels[frame]!}}`;
    }
    index++;
  }
  yield "\n]}\n";
}

/** Viewers take (pid, tid) for a thread; a thread's second interpreter gets a number that no thread has. */
function traceThreadIds(tracks: readonly Track[]): number[] {
  const ids = tracks.map(({ thread }) => thread.osThreadId || thread.threadId);
  let free = Math.max(0, ...ids);
  const used = new Set<string>();
  return ids.map((id, index) => {
    const { pid } = tracks[index]!.thread;
    const own = used.has(`${pid} ${id}`) ? ++free : id;
    used.add(`${pid} ${own}`);
    return own;
  });
}

/** speedscope knows a slice by its name and arguments, so that they stand at its end as at its start. */
function eventLabel({ kind, name, file, line }: ViewedFrame): string {
  const args = { filename: file, line: line === 0 ? null : line };
  return `"cat":${JSON.stringify(kind)},"name":${JSON.stringify(name)},"args":${JSON.stringify(args)}`;
}

function processNames(profile: Profile, tracks: readonly Track[]): string[] {
  const pids = new Set(tracks.map(({ thread }) => thread.pid));
  return [...pids].map((pid) => {
    const name = commandText(profile, pid) || `process ${pid}`;
    return JSON.stringify({ ph: "M", pid, tid: 0, name: "process_name", args: { name } });
  });
}

function threadNames({ thread }: Track, index: number, place: string): string[] {
  const interpreter = thread.interpreter === 0 ? "" : ` (interpreter ${thread.interpreter})`;
  const name = (thread.name || (thread.osThreadId === 0 ? "thread" : `thread ${thread.osThreadId}`)) + interpreter;
  return [
    `{"ph":"M",${place},"name":"thread_name","args":${JSON.stringify({ name })}}`,
    `{"ph":"M",${place},"name":"thread_sort_index","args":{"sort_index":${index}}}`,
  ];
}

interface SliceEdge {
  readonly phase: "B" | "E";
  readonly time: number;
  /** Of the thread, up to then. */
  readonly cpuTime: number;
  /** Place in the frames. */
  readonly place: number;
}

/** Frames that stay from one span to the next go on as one slice; idle time and the end close all. */
function* trackEvents(profile: Profile, { samples }: SampledTrack, frames: PlaceFrames): Iterable<SliceEdge> {
  let open: number[] = [];
  let openStack = 0;
  let time = 0;
  let cpuTime = 0;
  for (const span of spansOf(profile.info.interval, samples())) {
    const { start, end, stack } = span;
    time = end;
    ({ cpuTime } = span);
    if (stack === openStack || start === end) continue;
    const next = stackPlaces(profile, stack, frames);
    const kept = commonLength(open, next);
    yield* edges("E", start, cpuTime, open.slice(kept).reverse());
    yield* edges("B", start, cpuTime, next.slice(kept));
    open = next;
    openStack = stack;
  }
  yield* edges("E", time, cpuTime, open.reverse());
}

function* edges(phase: "B" | "E", time: number, cpuTime: number, places: readonly number[]): Iterable<SliceEdge> {
  for (const place of places) yield { phase, time, cpuTime, place };
}

function commonLength(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

function microseconds(seconds: number): number {
  return Math.round(roundSeconds(seconds) * 1e9) / 1e3;
}
