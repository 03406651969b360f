"""values.py [SEED]: variables of every kind. `values` has, by name, what each variable of the function `holder` is
(argument, local, cell or free) and its text: its `repr`, or, where `shaped` is true, what a reader shows instead.

With SEED `ints`, `doubles` and `strings` hold a thousand random values each.
"""
import collections
import dataclasses
import enum
import inspect
import json
import os
import random
import struct
import sys
import typing

import fixture

try:
    import numpy
except ImportError:
    numpy = None

PRINTABLE_IN_EVERY_VERSION = [(0, 0x24F), (0x400, 0x4FF), (0x2000, 0x206F), (0x4E00, 0x9FA5), (0x1F600, 0x1F64F), (0xD800, 0xDFFF), (0xE000, 0xE0FF)]


class Colour(enum.Enum):
    RED = 1
    GREEN = "green"


class Level(enum.IntEnum):
    HIGH = 2


class OwnInt(int):
    pass


class OwnFloat(float):
    pass


class OwnStr(str):
    pass


class OwnList(list):
    pass


class OwnDict(dict):
    pass


class OwnSet(set):
    pass


class OwnError(Exception):
    def __init__(self, *args):
        super().__init__(*args)
        self.extra = "extra"


Pair = collections.namedtuple("Pair", "left right")


class Triple(typing.NamedTuple):
    a: int
    b: str
    c: object = None


class OwnPair(Pair):
    pass


@dataclasses.dataclass
class Point:
    x: int
    y: object
    secret: str = dataclasses.field(default="hidden", repr=False)
    kind: typing.ClassVar[str] = "point"


@dataclasses.dataclass(eq=False)
class Named(Point):
    name: str = "n"


@dataclasses.dataclass
class Slotted:
    __slots__ = ("p", "q")
    p: int
    q: object


@dataclasses.dataclass
class Linked:
    next: object


class Plain:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def method(self):
        return self.x


class Bare:
    pass


class SlotsOnly:
    __slots__ = ("one", "two", "unset")

    def __init__(self):
        self.one = 1
        self.two = [2]


class SlotsAndDict(SlotsOnly):
    def __init__(self):
        super().__init__()
        self.three = 3


class Nested:
    class Inner:
        pass


def random_strings(source):
    def character():
        low, high = source.choice(PRINTABLE_IN_EVERY_VERSION)
        return chr(source.randint(low, high))

    return ["".join(character() for _ in range(source.randint(0, 12))) for _ in range(1000)]


def random_ints(source):
    return [source.choice((1, -1)) * source.getrandbits(source.randint(1, 400)) for _ in range(1000)]


def random_floats(source):
    whole = [float(source.randint(-10**20, 10**20)) for _ in range(200)]
    short = [source.randint(-10**6, 10**6) / 10 ** source.randint(0, 12) for _ in range(300)]
    return whole + short + [struct.unpack("<d", struct.pack("<Q", source.getrandbits(64)))[0] for _ in range(500)]


def at(value, text=None):
    return "<%s at 0x%x%s>" % (type(value).__name__, id(value), "" if text is None else ": " + text)


def numpy_values():
    """Scalars, arrays, and the text of the arrays."""
    names = "int8 int16 int32 int64 longlong uint8 uint16 uint32 uint64 ulonglong float16 float32 float64 complex64 complex128".split()
    scalars = [numpy.bool_(True), numpy.bool_(False)]
    for name in names:
        kind = getattr(numpy, name)
        scalars += [kind(value) for value in (0, 1, 3, 100)]
        if "float" in name or "complex" in name:
            scalars += [kind(value) for value in (0.1, 1.5, -2.25, 1e-3, 500.0)]
    arrays = [numpy.zeros((3, 4)), numpy.array([1, 2], dtype="int16"), numpy.array(1.0), numpy.zeros((2, 0, 5), dtype="complex64")]
    text = ["<numpy.ndarray at 0x%x: shape=%r, dtype=%s>" % (id(array), array.shape, array.dtype.name) for array in arrays]
    return scalars, arrays, "[%s]" % ", ".join(text)


def told(frame, shapes):
    """Kind and text of each variable of a frame, by name."""
    code = frame.f_code
    flags = (inspect.CO_VARARGS, inspect.CO_VARKEYWORDS)
    count = code.co_argcount + code.co_kwonlyargcount + sum(1 for flag in flags if code.co_flags & flag)

    def kind(name):
        if name in code.co_varnames[:count]:
            return "argument"
        return "free" if name in code.co_freevars else "cell" if name in code.co_cellvars else "local"

    values = dict(frame.f_locals)
    unknown = [name for name in shapes if name not in values]
    assert not unknown, unknown
    return {
        name: {"kind": kind(name), "text": shapes.get(name) or repr(value), "shaped": name in shapes}
        for name, value in values.items()
    }


def outer(seed):
    enclosed = "free"
    unset_free = 0
    del unset_free

    def holder(positional, /, normal, default=2, *rest, keyword, captured, **options):
        zero = 0
        one = 1
        minus = -12345
        two_digits = 2**59 + 1
        below_three = 2**60 - 1
        three_digits = 2**60
        minus_three = -(2**60)
        huge = 3**1000
        minus_huge = -(7**3000)
        own_int = OwnInt(42)
        level = Level.HIGH
        true, false, none, dots, not_implemented = True, False, None, ..., NotImplemented
        floats = [0.0, -0.0, 1.0, 1.5, 0.1, 100.0, 123456.789, 1e15, 1e16, 1.5e16, 123456789012345680.0, 1e22, 1e-4, 1.25e-5, 5e-324]
        odd_floats = [1.7976931348623157e308, float("nan"), float("inf"), float("-inf"), -2.5e-10]
        own_float = OwnFloat(2.5)
        complexes = [1j, -1j, complex(-0.0, 1), 1 + 2j, complex(float("nan"), float("inf")), complex(0, -0.0), 1.5 - 2.25j, 1e20j]
        text = "text"
        empty_text = ""
        latin = "caf\xe9"
        wide = "\u51fd\u6570"
        astral = "\u51fd \U0001f600"
        quotes = ["it's", 'say "hi"', "both ' and \"", "back\\slash", "'", '"', "\\'", '\\"']
        controls = ["a\nb", "\r\t\0\x1b\x7f\x80\x9f", "\xa0\xad", "\u200b\u2028\ufeff", "\ud800", "\udfff\U0001f600", "\U000e0001\ue000"]
        own_text = OwnStr("own")
        raws = [b"", b"bytes", b"\x00\xff\x7f\n\r\t\\", b"it's", b'say "hi"', b"both ' and \""]
        array = bytearray(b"abc\xff")
        empty_array = bytearray()
        shifted_array = bytearray(b"0123456789" * 20)
        del shifted_array[:150]
        empty_list, empty_tuple, empty_dict = [], (), {}
        mixed_list = [1, "two", [3.0, (4,)], {"five": {6}}]
        own_list = OwnList([1, 2])
        single, several = ("one",), (1, "two", None)
        pair = Pair(1, "two")
        triple = Triple(1, "b")
        own_pair = OwnPair(3, [4])
        no_fields = collections.namedtuple("NoFields", "")()
        text_keys = {"key": "value", "other": [1]}
        mixed_keys = {1: "one", "two": 2, (3,): {3: 3}, None: 1.5}
        thinned = {number: -number for number in range(100)}
        for number in range(1, 99):
            del thinned[number]
        refilled = {"k%d" % number: number for number in range(20)}
        del refilled["k3"]
        refilled["k3"] = "again"
        many = {number: str(number) for number in range(3000)}
        own_dict = OwnDict(a=1)
        ordered = collections.OrderedDict(b=1, a=2)
        defaults = collections.defaultdict(list, {"x": [1]})
        empty_set, empty_frozenset, one_set = set(), frozenset(), {"only"}
        numbers = set(range(1000))
        thinned_set = set(range(50))
        for number in range(49):
            thinned_set.discard(number)
        frozen = frozenset([1, 2, 3])
        own_set = OwnSet([7])
        ranges = [range(3), range(1, 10**30), range(10, 0, -2)]
        slices = [slice(3), slice(1, None, -1), slice("a", "b")]
        point = Point(1, "y")
        named = Named(1, Point(2, None), name="it's")
        slotted = Slotted(1, [2])
        linked = Linked(None)
        linked.next = linked
        red, green = Colour.RED, Colour.GREEN
        plain = Plain(1, "why")
        nested_plain = [plain]
        opened = Plain([1], None)
        opened_dict = opened.__dict__
        replaced = Plain(0, 0)
        replaced.__dict__ = {"new": 1, "other": "two"}
        thinned_plain = Plain(1, 2)
        del thinned_plain.x
        grown = Plain(1, 2)
        for number in range(40):
            setattr(grown, "a%d" % number, number)
        bare = Bare()
        slots_only, slots_and_dict = SlotsOnly(), SlotsAndDict()
        errors = [ValueError(), ValueError("bad"), KeyError("k"), OwnError(1, "two"), OSError(2, "gone"), StopIteration((1,))]
        try:
            raise OwnError("raised")
        except OwnError as error:
            raised = error
        function, lambda_, builtin, method_of_type, slot = told, lambda: 0, len, list.append, int.__add__
        builtin_method = mixed_list.append
        bound = plain.method
        classes = [int, Plain, Nested.Inner, Colour.RED.__class__.__class__, collections.OrderedDict, ValueError, type]
        modules = [sys, os, json, sys.modules["__main__"], struct]
        cyclic_list, cyclic_dict = [1], {}
        cyclic_list.append(cyclic_list)
        cyclic_dict["self"] = cyclic_dict
        cyclic_tuple = ([],)
        cyclic_tuple[0].append(cyclic_tuple)
        thing, iterator, deque = object(), iter([]), collections.deque([1])
        generator = (x for x in ())
        scalars, arrays, array_shapes = [], [], ""
        if numpy is not None:
            scalars, arrays, array_shapes = numpy_values()
        long_text, long_list = "x" * 200, list(range(100))
        long_dict = {number: number for number in range(50)}
        long_texts, exact_text = ["y" * 60] * 5, "z" * 120
        deep_list = [[[[[[[1]]]]]]]
        shared, unset = ["cell"], 0
        del unset
        ints, doubles, strings = [], [], []
        if seed is not None:
            ints, doubles, strings = (make(random.Random(seed)) for make in (random_ints, random_floats, random_strings))

        def inner():
            return shared, captured, unset_cell, enclosed, unset_free

        del number
        fixture.sit_still(values=told(sys._getframe(), {
            "level": "2",
            "ordered": '{"b": 1, "a": 2}',
            "defaults": '{"x": [1]}',
            "plain": at(plain, 'x=1, y="why"'),
            "nested_plain": "[%s]" % at(plain),
            "opened": at(opened, "x=[1], y=None"),
            "replaced": at(replaced, 'new=1, other="two"'),
            "thinned_plain": at(thinned_plain, "y=2"),
            "grown": at(grown, "x=1, y=2, " + ", ".join("a%d=%d" % (n, n) for n in range(40))),
            "bare": at(bare),
            "slots_only": at(slots_only, "one=1, two=[2]"),
            "slots_and_dict": at(slots_and_dict, "one=1, two=[2], three=3"),
            "bound": "<bound method Plain.method of %s>" % at(plain),
            "thing": at(thing),
            "iterator": at(iterator),
            "deque": "<collections.deque at 0x%x>" % id(deque),
            "generator": at(generator),
            "scalars": "[%s]" % ", ".join(str(scalar) for scalar in scalars),
            "arrays": array_shapes or "[]",
        }))
        later = unset_cell = 0
        return later, unset_cell

    holder(1, "normal", 2, 3, "rest", keyword="k", captured=["c"], option=4)


outer(int(sys.argv[1]) if len(sys.argv) > 1 else None)
