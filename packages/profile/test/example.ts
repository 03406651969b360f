import { Profile, SampleFlags } from "@pyspy/profile";

const profile = new Profile({
  interval: 0.01,
  startTime: Date.now(),
  title: "python app.py",
  pythonVersion: "3.13.1",
  pid: 4711,
  commandLine: ["python", "app.py"],
});

const python = { kind: "python", qualifiedName: "", column: 0, module: "" } as const;
const main = profile.frameId({ ...python, name: "<module>", file: "/app/app.py", shortFile: "app.py", line: 9, firstLine: 1 });
const work = profile.frameId({ ...python, name: "work", file: "/app/app.py", shortFile: "app.py", line: 4, firstLine: 3 });
const stack = profile.stackId(profile.stackId(0, main), work);
const thread = profile.threadId({ pid: 4711, interpreter: 0, osThreadId: 4711, threadId: 0x7f00, name: "MainThread" });
profile.addSample(thread, stack, 0.01, 1, SampleFlags.gilHolder);

const copy = Profile.fromData(structuredClone(profile.toData()));
const samples = copy.samples();
while (samples.next()) console.log(copy.stackFrames(samples.stack).map((frame) => copy.frames[frame]?.name).join(" > "), samples.weight);
