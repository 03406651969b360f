import { openProcess } from "@pyspy/process";
import { attach, readStacks } from "@pyspy/sampler";
import { pythons } from "@pyspy/test-fixtures";
import { describe, expect, it } from "vitest";
import { startInline } from "./inline-target.ts";

const PROGRAM = `
import threading, time
class Old:
    def __init__(self): self.x = 1
    def method(self): pass
class New(object):
    def __init__(self): self.a = u"caf\\xe9"
    def method(self): pass
class Slots(object):
    __slots__ = ("p", "q")
    def __init__(self): self.p, self.q = 1, [2]
class OwnInt(int): pass
def holder(argument, captured, *rest, **options):
    small, negative, largest = 5, -7, 2**62
    long_one, big, minus = 5L, 10**30, -2**70
    true, none, real, imaginary = True, None, 1.5, 2j
    text, raw = "it's", "\\x00\\xff\\n\\"q\\""
    wide = u"caf\\xe9 \\u51fd \\U0001f600 '\\""
    table = {1: u"one"}
    thinned = dict((n, -n) for n in range(100))
    for n in range(1, 100): del thinned[n]
    items, pair, single = [1, "two", (3.0,)], (1, "two"), (u"x",)
    numbers = set(range(50))
    for n in range(49): numbers.discard(n)
    frozen = frozenset([2])
    own, slots = OwnInt(3), Slots()
    ranges = [xrange(3), xrange(1, 10), xrange(10, 0, -2)]
    classes = [int, Old, New]
    array = bytearray("ab")
    error = ValueError("bad", 1)
    builtin, module = len, time
    old, new = Old(), New()
    bound, unbound = old.method, New.method
    captured = "changed"
    def inner(): return captured
    ready()
    while True: time.sleep(60)
thread = threading.Thread(target=holder, args=(1, "passed", 2), kwargs={"option": u"k"}, name="holder-thread")
thread.daemon = True
thread.start()
thread.join(100)
`;

const expected: Readonly<Record<string, string | RegExp>> = {
  argument: "1", captured: '"changed"', rest: "(2,)", options: '{"option": u"k"}',
  small: "5", negative: "-7", largest: "4611686018427387904", long_one: "5L", big: `1${"0".repeat(30)}L`, minus: "-1180591620717411303424L",
  true: "True", none: "None", real: "1.5", imaginary: "2j",
  text: `"it's"`, raw: String.raw`"\x00\xff\n\"q\""`, wide: String.raw`u"café 函 😀 '\""`,
  table: '{1: u"one"}', thinned: "{0: 0}", items: '[1, "two", (3.0,)]', pair: '(1, "two")', single: '(u"x",)',
  numbers: "set([49])", frozen: "frozenset([2])", own: "3", slots: /^<Slots at 0x[0-9a-f]+: (p=1, q=\[2\]|q=\[2\], p=1)>$/,
  ranges: "[xrange(3), xrange(1, 10), xrange(10, 0, -2)]", classes: "[<type 'int'>, <class __main__.Old>, <class '__main__.New'>]",
  array: "bytearray(b'ab')", error: 'ValueError("bad", 1)', builtin: "<built-in function len>", module: /^<module 'time' (from '.*'|\(built-in\))>$/,
  old: /^<Old at 0x[0-9a-f]+: x=1>$/, new: /^<New at 0x[0-9a-f]+: a=u"café">$/,
  bound: /^<bound method Old\.method of <Old at 0x[0-9a-f]+>>$/, unbound: "<unbound method New.method>",
  inner: /^<function inner at 0x[0-9a-f]+>$/, n: "48",
};

const python2 = pythons().filter(({ version }) => version.major === 2);

describe.skipIf(python2.length === 0)("variables of Python 2 [needs Python 2.7]", () => {
  it.each(python2.map((python) => [python.label, python] as const))("are written as %s would, and threads have their names", async (_, python) => {
    await using target = await startInline(python, PROGRAM);
    using process = openProcess(target.pid);
    const attached = attach(process);
    const thread = readStacks(attached, { locals: { limit: 1000 } }).find(({ name }) => name === "holder-thread");
    const locals = thread?.frames.find(({ name }) => name === "holder")?.locals ?? [];
    expect(locals.map(({ name }) => name).toSorted()).toEqual(Object.keys(expected).toSorted());
    for (const { name, repr } of locals) {
      const text = expected[name] as string | RegExp;
      if (typeof text === "string") expect(repr, name).toBe(text);
      else expect(repr, name).toMatch(text);
    }
    expect(locals.find(({ name }) => name === "captured")?.kind).toBe("argument");
  });
});
