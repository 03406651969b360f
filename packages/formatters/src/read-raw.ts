import { type Frame, Profile, type ProfileInfo } from "@pyspy/profile";
import { FormatError } from "./format-error.ts";
import { frameText } from "./frame-view.ts";
import { unescapeRaw } from "./raw-escape.ts";

/** What collapsed stacks do not tell; all but `interval` is only carried along. */
export type ReadRawOptions = Partial<ProfileInfo>;

/**
 * The profile of collapsed stacks, given as a text or line by line. It has one thread, and the samples follow each other
 * in the order of the lines, one interval (10 ms unless given) for each count. Throws a FormatError on a line that does
 * not end in a space and a whole number.
 */
export function readRaw(source: string | Iterable<string>, options: ReadRawOptions = {}): Profile {
  const profile = new Profile({ ...unknownInfo, ...options });
  const thread = profile.threadId({ pid: profile.info.pid, interpreter: 0, osThreadId: 0, threadId: 0, name: "" });
  const frameIds = new Map<string, number>();
  let number = 0;
  let time = 0;
  for (const line of typeof source === "string" ? linesOf(source) : source) {
    number++;
    const stack = parseLine(line, number);
    if (stack === undefined) continue;
    let id = 0;
    for (const text of stack.frames) id = profile.stackId(id, frameId(profile, text, frameIds));
    for (const weight of singlePrecisionParts(stack.count)) {
      profile.addSample(thread, id, time, weight, 0);
      time += weight * profile.info.interval;
    }
  }
  profile.duration = time;
  return profile;
}

const unknownInfo: ProfileInfo = {
  interval: 0.01,
  startTime: 0,
  title: "",
  pythonVersion: "",
  pid: 0,
  commandLine: [],
};

function* linesOf(text: string): Iterable<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf("\n", start);
    if (end < 0) return yield text.slice(start);
    yield text.slice(start, end);
    start = end + 1;
  }
}

/** Nothing for a blank line. The empty stack, which py-spy writes, has no text before its count's space. */
function parseLine(line: string, number: number): { frames: string[]; count: number } | undefined {
  const text = line.replace(/\r?\n?$/, "");
  if (text.trim() === "") return undefined;
  const space = text.lastIndexOf(" ");
  const digits = text.slice(space + 1);
  if (space < 0 || !/^\d+$/.test(digits)) throw new FormatError(number, `no count at the end of ${shown(text)}`);
  const count = Number(digits);
  if (!Number.isSafeInteger(count)) throw new FormatError(number, `count too large: ${shown(digits)}`);
  return { frames: space === 0 ? [] : text.slice(0, space).split(";"), count };
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

function frameId(profile: Profile, text: string, known: Map<string, number>): number {
  let id = known.get(text);
  if (id === undefined) known.set(text, (id = profile.frameId(parseFrame(unescapeRaw(text)))));
  return id;
}

/** The frame that `frameText` makes exactly this text of. */
function parseFrame(text: string): Frame {
  const { name, file, line } = parsePlace(text) ?? { name: text, file: "", line: 0 };
  return { kind: frameKind(text, file), name, qualifiedName: "", file, shortFile: file, line, column: 0, firstLine: 0, module: "" };
}

function parsePlace(text: string): Pick<Frame, "name" | "file" | "line"> | undefined {
  const open = text.indexOf(" (");
  if (open < 0 || !text.endsWith(")") || rootText.test(text)) return undefined;
  const name = text.slice(0, open);
  const file = text.slice(open + 2, -1);
  const colon = file.lastIndexOf(":");
  const line = Number(file.slice(colon + 1));
  const candidates = [
    { name, file: file.slice(0, colon), line },
    { name, file, line: 0 },
  ];
  return candidates.find((each) => Number.isSafeInteger(each.line) && frameText(each) === text);
}

const rootText = /^(thread) \((?:\d+|0x[0-9A-F]+)\)(?:$|: )|^(process) \d+:"/;

function frameKind(text: string, file: string): Frame["kind"] {
  const root = rootText.exec(text);
  if (root !== null) return root[1] === undefined ? "process" : "thread";
  if (file !== "") return "python";
  return text.startsWith("<") ? "synthetic" : "native";
}

/** Numbers that add up to `count`, each of which a profile's weights hold exactly. */
function singlePrecisionParts(count: number): number[] {
  const low = count % 2 ** 24;
  const high = (count - low) % 2 ** 48;
  return [count - low - high, high, low].filter((part) => part > 0);
}
