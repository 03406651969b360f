import type { FrameId, Profile } from "@pyspy/profile";
import { type FrameView, type ViewedFrame, viewFrame } from "./frame-view.ts";

/** The profile's frames as a view shows them, each distinct name, file and line once. */
export interface PlaceFrames {
  readonly frames: readonly ViewedFrame[];
  /** Place in `frames`, by the profile's frame. */
  readonly placeOf: readonly number[];
}

export function placeFrames(profile: Profile, view: FrameView): PlaceFrames {
  const frames: ViewedFrame[] = [];
  const places = new Map<string, number>();
  const placeOf = profile.frames.map((frame) => {
    const viewed = viewFrame(frame, view);
    const key = `${viewed.line} ${viewed.name.length} ${viewed.name}${viewed.file}`;
    let place = places.get(key);
    if (place === undefined) places.set(key, (place = frames.push(viewed) - 1));
    return place;
  });
  return { frames, placeOf };
}

/** Places of a stack's frames, root first. */
export function stackPlaces(profile: Profile, stack: FrameId, { placeOf }: PlaceFrames): number[] {
  return profile.stackFrames(stack).map((frame) => placeOf[frame]!);
}
