import * as fc from "fast-check";
import { expect, it } from "vitest";
import { tracksOf } from "../src/track.ts";
import { sampledTracks } from "../src/track-samples.ts";
import { profile } from "./arbitrary.ts";

it("each track has its samples in their order, however many fit into a group, as often as they are asked for", () => {
  fc.assert(
    fc.property(profile, fc.nat({ max: 31 }), (of, limit) => {
      const tracks = tracksOf(of);
      const all = [...of.samples()];
      const sampled = [];
      for (const { track, samples } of sampledTracks(of, tracks, limit)) {
        sampled.push(track);
        const expected = all.filter(({ thread }) => track.threads.includes(thread));
        expect(track.sampleCount).toBe(expected.length);
        for (let pass = 0; pass < 2; pass++) {
          const given = samples();
          const read = [];
          while (given.next()) read.push([given.stack, given.time, given.weight, given.cpuTime]);
          expect(read).toEqual(expected.map(({ stack, time, weight, cpuTime }) => [stack, time, weight, cpuTime]));
        }
      }
      expect(sampled).toEqual(tracks);
    }),
  );
});
