"""Calls that the interpreter has seen often, so that it makes them its shortest way (specialised from 3.11 on, compiled
where there is a JIT), each held in a thread on the last of many turns.

From 3.13 on a frame of the interpreter's own lies below an `__init__` that was called so.
"""
import fixture

park = fixture.park
TURNS = 6000


def hold(turn):
    if turn == TURNS - 1:
        park()
    return turn


class Plain(object):
    def __init__(self, turn):
        self.turn = hold(turn)

    def method(self):
        return hold(self.turn)

    @property
    def attribute(self):
        return hold(self.turn)

    def __getitem__(self, turn):
        return hold(turn)

    @classmethod
    def made(cls, turn):
        return cls(turn)

    @staticmethod
    def static(turn):
        return hold(turn)


class Outer(object):
    def __init__(self, turn):
        self.inner = Plain(turn)


class Derived(Plain):
    def __init__(self, turn):
        super(Derived, self).__init__(turn)


class Watching(object):
    def __init__(self, turn):
        self.turn = turn

    def __getattribute__(self, name):
        return object.__getattribute__(self, name)

    def __getattr__(self, name):
        return hold(object.__getattribute__(self, "turn"))


def plain_call(turn):
    return hold(turn)


def with_defaults(turn, _more=1, *_rest):
    return hold(turn)


def nested_calls(turn):
    return plain_call(plain_call(plain_call(turn)))


def each_turn(call):
    def loop():
        for turn in range(TURNS):
            call(turn)

    return loop


def call_functions():
    for turn in range(TURNS):
        plain_call(turn)
        with_defaults(turn)


def construct():
    for turn in range(TURNS):
        Plain(turn)


def construct_nested():
    for turn in range(TURNS):
        Outer(turn)


def construct_derived():
    for turn in range(TURNS):
        Derived(turn)


def construct_by_class_method():
    for turn in range(TURNS):
        Plain.made(turn)


def use_property():
    thing = Plain(0)
    for turn in range(TURNS):
        thing.turn = turn
        thing.attribute


def use_subscript():
    thing = Plain(0)
    for turn in range(TURNS):
        thing[turn]


def use_method():
    thing = Plain(0)
    for turn in range(TURNS):
        thing.turn = turn
        thing.method()
        Plain.static(turn)


def use_getattribute():
    for turn in range(TURNS):
        Watching(turn).missing


def counting():
    for turn in range(TURNS):
        yield hold(turn)


def iterate_generator():
    for _ in counting():
        pass


def iterate_nested_generators():
    def through(values):
        for value in values:
            yield value

    for _ in through(through(through(counting()))):
        pass


def comprehend():
    return [hold(turn) for turn in range(TURNS)]


def comprehend_nested():
    return [[hold(turn) for turn in (outer,)] for outer in range(TURNS)]


def generator_expression():
    return sum(hold(turn) for turn in range(TURNS))


def keep_sorting():
    for turn in range(TURNS):
        sorted([turn], key=hold)


CASES = [
    call_functions, construct, construct_nested, construct_derived, construct_by_class_method, use_property, use_subscript,
    use_method, use_getattribute, iterate_generator, iterate_nested_generators, comprehend, comprehend_nested,
    generator_expression, keep_sorting,
]
fixture.sit_still_beside(
    [(case.__name__, case) for case in CASES] + [("nested_calls", each_turn(nested_calls)), ("lambda", each_turn(lambda turn: hold(turn)))]
)
