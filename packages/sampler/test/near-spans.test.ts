import { attach } from "@pyspy/sampler";
import fc from "fast-check";
import { expect, it } from "vitest";
import { NearSpans, type Place } from "../src/near-spans.ts";
import { recordingNamed } from "./recordings.ts";

const python = attach(recordingNamed("3.13").open());
const { memory } = python.process;
const [slot] = python.sample("never");
/** What is recorded of the first thread's state. */
const KNOWN = 128;

const place = fc.record({ distance: fc.nat(KNOWN - 16), length: fc.integer({ min: 1, max: 16 }) });

it("brings the bytes of every place, in one span if they are near each other", () => {
  fc.assert(
    fc.property(fc.array(place, { minLength: 1, maxLength: 20 }), (wanted) => {
      const places: Place[] = wanted.map(({ distance, length }) => ({ address: slot!.address + distance, length }));
      const spans = new NearSpans(places);
      const batch = read(spans);
      expect(spans.count).toBe(1);
      places.forEach(({ address, length }, index) => {
        const at = spans.offset(batch, index);
        expect(batch.bytes.slice(at, at + length)).toEqual(memory.read(address, length));
      });
    }),
    { numRuns: 100 },
  );
});

it("a place that cannot be read does not take others that are far away with it", () => {
  const spans = new NearSpans([{ address: slot!.address, length: 8 }, { address: 8, length: 8 }, { address: slot!.address + 16, length: 8 }]);
  const batch = read(spans);
  expect([spans.count, spans.bytes]).toEqual([2, 8 + 24]);
  expect(spans.offset(batch, 1)).toBe(-1);
  for (const [index, distance] of [[0, 0], [2, 16]] as const) {
    const at = spans.offset(batch, index);
    expect(batch.bytes.slice(at, at + 8)).toEqual(memory.read(slot!.address + distance, 8));
  }
});

it("none is none", () => {
  expect([new NearSpans([]).count, new NearSpans([]).bytes]).toEqual([0, 0]);
});

function read(spans: NearSpans): ReturnType<typeof memory.batch> {
  const batch = memory.batch(spans.bytes + 16 * spans.count, spans.count + 1);
  // Spans of others come before.
  batch.add(slot!.address, 1);
  spans.addTo(batch);
  memory.readBatch(batch);
  return batch;
}
