/** Something that py-spy 0.4.2 has wrong, where we are not to be like it. */
export interface PySpyDefect {
  readonly what: string;
  /** The test that shows us right: its file, from packages/, and its title or the beginning of that. */
  readonly test: readonly [file: string, title: string];
}

/** All in which what we write may differ from what py-spy writes, but for what is added to it. */
export const pySpyDefects = {
  wrongLines: {
    what: "from 3.11 on, lines of statements that are spread over several are those of the entry before in the location table",
    test: ["cli/test/side-by-side.test.ts", "lines are those of the program"],
  },
  constructorShim: {
    what: "on 3.13 a frame `__init__ (__init__)` shows that does not exist",
    test: ["cli/test/side-by-side.test.ts", "there is no frame __init__ (__init__)"],
  },
  subinterpreters: {
    what: "only the newest interpreter is seen: a second one hides the main program",
    test: ["cli/test/side-by-side.test.ts", "all interpreters are seen"],
  },
  deepStacks: {
    what: "a thread of more than 4096 frames makes the process unreadable",
    test: ["cli/test/side-by-side.test.ts", "a stack of 10,000 frames is whole"],
  },
  threadNames: {
    what: "threads of Python 2.7 have no names",
    test: ["cli/test/side-by-side.test.ts", "threads have their names"],
  },
  nonblockingIdle: {
    what: "up to 3.10, with --nonblocking, every thread is active and has no OS thread id",
    test: ["cli/test/side-by-side.test.ts", "--nonblocking tells idle threads"],
  },
  chromeTraceForks: {
    what: "in a chrome trace, forked processes share a thread",
    test: ["formatters/test/chrome-trace.test.ts", "keeps apart equal thread ids of two processes"],
  },
  emptyStacks: {
    what: "a thread without Python frames is recorded as a blank stack",
    test: ["cli/test/side-by-side.test.ts", "all interpreters are seen"],
  },
  speedscopeTimeline: {
    what: "in speedscope files idle time is left out, so that threads do not line up; each thread's own profile repeats the thread as a frame",
    test: ["formatters/test/speedscope.test.ts", "ends every thread at the recording's end"],
  },
  duration: {
    what: "-d is a number of samples: a slow recording takes longer, and fractions end in a panic",
    test: ["sampler/test/sampling-clock.test.ts", "ends when its duration is over"],
  },
  rateOfZero: { what: "-r 0 hangs", test: ["cli/test/usage.test.ts", "a wrong command line ends with 2"] },
  terminated: { what: "SIGTERM loses what was recorded", test: ["cli/test/record.test.ts", "the recording is written whole"] },
  programKilled: {
    what: "a program that was started is killed at the end of the duration",
    test: ["cli/test/program.test.ts", "also if the recording ended before, without the program"],
  },
  exitStatus: { what: "its exit status is lost", test: ["cli/test/program.test.ts", "as its exit status"] },
  fileBesideProgram: {
    what: "the file lands beside the program that was started",
    test: ["cli/test/record.test.ts", "of a program is named after it, in the current directory"],
  },
  treeOfOthers: {
    what: "dump --subprocesses ends at the first process that is no Python",
    test: ["cli/test/dump-options.test.ts", "--subprocesses goes through the tree"],
  },
  treeAsJson: {
    what: "dump --json leaves out what --subprocesses asks for",
    test: ["cli/test/dump-options.test.ts", "--subprocesses goes through the tree"],
  },
  values: {
    what: "ints from 2**60 on, floats, one-element and named tuples, bytes, sets and functions are not shown as they are",
    test: ["sampler/test/values-py-spy.test.ts", "are ours, where it has them right"],
  },
  arguments: {
    what: "keyword-only and starred arguments are shown as locals, free variables not at all",
    test: ["cli/test/dump-json.test.ts", "of a live process is what was read"],
  },
} as const satisfies Readonly<Record<string, PySpyDefect>>;
