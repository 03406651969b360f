import type { Profile } from "@pyspy/profile";
import { inChunks } from "./chunks.ts";
import { defaultFrameView, type FrameView, type ViewedFrame } from "./frame-view.ts";
import { placeFrames, type PlaceFrames, stackPlaces } from "./place-frames.ts";
import { threadIdText } from "./root-frame.ts";
import { roundSeconds, type Span, spansOf } from "./timeline.ts";
import { recordingEnd, type Track, tracksOf } from "./track.ts";
import { type SampledTrack, sampledTracks } from "./track-samples.ts";
import { version } from "./version.ts";

/**
 * speedscope's own format: one sampled profile for each thread, the main thread first, in seconds. An empty sample
 * stands for time in which a thread was idle, so that threads line up. Paths are full unless `files` says otherwise.
 */
export function writeSpeedscope(profile: Profile, options: Partial<FrameView> = {}): Iterable<string> {
  return inChunks(speedscopeParts(profile, { ...defaultFrameView, files: "full", ...options }));
}

function* speedscopeParts(profile: Profile, view: FrameView): Iterable<string> {
  const frames = placeFrames(profile, view);
  const tracks = tracksOf(profile);
  const end = roundSeconds(recordingEnd(profile, tracks));
  yield `{"$schema":"https://www.speedscope.app/file-format-schema.json",\n`;
  yield `"name":${JSON.stringify(profile.info.title || "pyspy profile")},"exporter":${JSON.stringify(`pyspy@${version}`)},\n`;
  yield `"activeProfileIndex":0,"shared":{"frames":[\n`;
  yield* separated(frames.frames, frameJson);
  yield `\n]},"profiles":[\n`;
  let separator = "";
  for (const sampled of sampledTracks(profile, tracks)) {
    yield separator;
    yield* trackParts(profile, sampled, frames, end, profileName(sampled.track, view));
    separator = ",\n";
  }
  yield "\n]}\n";
}

function profileName({ thread }: Track, view: FrameView): string {
  const parts = [`Thread ${threadIdText(thread)}`];
  if (view.processes) parts.unshift(`Process ${thread.pid}`);
  if (thread.name !== "") parts.push(`"${thread.name}"`);
  if (thread.interpreter !== 0) parts.push(`interpreter ${thread.interpreter}`);
  return parts.join(" ");
}

function* trackParts(profile: Profile, track: SampledTrack, frames: PlaceFrames, end: number, name: string): Iterable<string> {
  yield `{"type":"sampled","name":${JSON.stringify(name)},"unit":"seconds","startValue":0,"endValue":${end},"samples":[\n`;
  yield* separated(spansTo(profile, track, end), ({ stack }) => `[${stackPlaces(profile, stack, frames).join()}]`);
  yield `\n],"weights":[\n`;
  yield* separated(spansTo(profile, track, end), (span) => String(roundSeconds(span.end - span.start)));
  yield "\n]}";
}

/** The track's spans and, if it ends more than half an interval early, the idle time up to the recording's end. */
function* spansTo(profile: Profile, { samples }: SampledTrack, end: number): Iterable<Span> {
  let last = 0;
  for (const span of spansOf(profile.info.interval, samples())) {
    yield span;
    last = span.end;
  }
  if (end - last > profile.info.interval / 2) yield { start: last, end, stack: 0, cpuTime: 0 };
}

/** py-spy writes exactly these four keys, and tools rely on it. */
function frameJson({ name, file, line }: ViewedFrame): string {
  return JSON.stringify({ name, file, line: line === 0 ? null : line, col: null });
}

function* separated<T>(values: Iterable<T>, json: (value: T) => string): Iterable<string> {
  let separator = "";
  for (const value of values) {
    yield separator + json(value);
    separator = ",\n";
  }
}
