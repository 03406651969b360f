import { openProcess } from "@pyspy/process";
import { attach, type Pausing, type Python } from "@pyspy/sampler";
import { Profile, SampleFlags } from "@pyspy/profile";
import { pythons } from "@pyspy/test-fixtures";
import { describe, expect, it } from "vitest";
import { Recorder } from "../src/recorder.ts";
import { startInline } from "./inline-target.ts";
import { unsupported } from "./supported.ts";

const SAMPLES = 150;
/** Until all threads have come to where they sleep. */
const MOST_SAMPLES_BEFORE = 2000;

/** Half of the threads wait for a lock, half for the clock; one more, and not the main thread, spins. */
const program = (sleepers: number): string => `
import threading, time
lock = threading.Lock()
lock.acquire()
def sleep():
    time.sleep(3600)
def wait():
    lock.acquire()
def spin():
    while True: pass
for target in ([sleep, wait] * ${sleepers})[:${sleepers}]:
    thread = threading.Thread(target=target)
    thread.daemon = True
    thread.start()
thread = threading.Thread(target=spin)
thread.daemon = True
thread.start()
ready()
lock.acquire()
`;

describe.each(pythons().map((python) => [python.label, python] as const))("threads of %s that sleep beside one that runs", (_, python) => {
  const reason = unsupported(python);

  it.skipIf(reason !== "").each([1, 7, 100])(`are idle, all %i of them${reason && ` [${reason}]`}`, async (sleepers) => {
    await using target = await startInline(python, program(sleepers));
    using process = openProcess(target.pid);
    const sampled = attach(process);
    expect(untilAsleep(sampled)).toBe(true);
    const modes: readonly Pausing[] = sleepers === 100 ? ["when-needed"] : ["when-needed", "never", "always"];
    for (const pausing of modes) {
      const profile = new Profile({ interval: 1, startTime: 0, title: "", pythonVersion: "", pid: target.pid, commandLine: [] });
      const recorder = new Recorder(sampled, profile, { idle: true, gil: false, pausing });
      for (let time = 0; time < SAMPLES; time++) {
        waitOutOfStep();
        recorder.record(time, 1);
      }
      const seen = countActive(profile);
      expect(seen.sleepers, pausing).toBeGreaterThan(sleepers * SAMPLES * 0.99);
      expect(seen.sleepersActive, `${pausing}: ${JSON.stringify(seen)}`).toBeLessThanOrEqual(seen.sleepers * 0.001);
      expect(seen.spinnerActive, `${pausing}: ${JSON.stringify(seen)}`).toBe(seen.spinner);
      expect(seen.spinner, pausing).toBeGreaterThan(SAMPLES * 0.98);
    }
  });
});

/** All but one idle, and the main thread back from `ready`, not on its way to the GIL. */
function untilAsleep(python: Python): boolean {
  for (let sample = 0; sample < MOST_SAMPLES_BEFORE; sample++) {
    const slots = python.sample("never");
    const active = slots.filter((slot) => python.activity.isActive(slot, undefined));
    if (active.length === 1 && slots.some(({ stack }) => stack.depth === 1)) return true;
    waitOutOfStep();
  }
  return false;
}

function countActive(profile: Profile): { sleepers: number; sleepersActive: number; spinner: number; spinnerActive: number } {
  const seen = { sleepers: 0, sleepersActive: 0, spinner: 0, spinnerActive: 0 };
  for (const { stack, flags } of profile.samples()) {
    const active = (flags & SampleFlags.idle) === 0 ? 1 : 0;
    if (profile.frames[profile.stackFrame(stack)]?.name === "spin") {
      seen.spinner++;
      seen.spinnerActive += active;
    } else {
      seen.sleepers++;
      seen.sleepersActive += active;
    }
  }
  return seen;
}

/** Up to two milliseconds. */
function waitOutOfStep(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.random() * 2);
}
