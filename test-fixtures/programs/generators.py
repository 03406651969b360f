"""Frames that are no plain function's, each held in a thread. Python 3.6 and later."""
import functools

import fixture

park = fixture.park


def drive(coroutine):
    try:
        coroutine.send(None)
    except StopIteration:
        pass


def counting():
    yield 1
    park()
    yield 2


def delegating():
    yield from counting()


def generator():
    for _ in counting():
        pass


def yield_from():
    return list(delegating())


async def inner_coroutine():
    park()


async def outer_coroutine():
    await inner_coroutine()


def coroutine():
    drive(outer_coroutine())


async def async_counting():
    yield 1
    park()
    yield 2


async def consume():
    async for _ in async_counting():
        pass


def async_generator():
    drive(consume())


async def async_comprehend():
    return [value async for value in async_counting()]


def async_comprehension():
    drive(async_comprehend())


def list_comprehension():
    return [park() for _ in range(2)]


def nested_comprehension():
    return [[park() for _ in range(2)] for _ in range(2)]


def dict_comprehension():
    return {key: park() for key in range(2)}


def set_comprehension():
    return {park() for _ in range(2)}


def generator_expression():
    return sum(park() or 0 for _ in range(2))


def lambda_():
    return (lambda: park())()


def class_body():
    class Body:
        class Inner:
            park()

    return Body


def exec_():
    exec(compile("def made():\n    park()\n\n\nmade()\n", "<made here>", "exec"), {"park": park})


def eval_():
    eval("park()")


def closure():
    def within():
        park()

    within()


class Shapes:
    def method(self):
        park()

    @staticmethod
    def static():
        park()

    @classmethod
    def class_method(cls):
        park()

    @property
    def attribute(self):
        park()

    def __call__(self):
        park()

    def __del__(self):
        park()


def finalizer():
    Shapes()


def through_c():
    """C frames lie between these Python frames."""
    return functools.reduce(lambda a, b: sorted([2, 1], key=park), [1, 2])


def through_map():
    return list(map(park, [1]))


CASES = [
    generator, yield_from, coroutine, async_generator, async_comprehension, list_comprehension,
    nested_comprehension, dict_comprehension, set_comprehension, generator_expression, lambda_, class_body, exec_,
    eval_, closure, finalizer, through_c, through_map,
]
shapes = [Shapes() for _ in range(5)]
fixture.sit_still_beside([(case.__name__, case) for case in CASES] + [
    ("method", shapes[0].method),
    ("static", Shapes.static),
    ("class_method", Shapes.class_method),
    ("attribute", lambda: shapes[1].attribute),
    ("call", shapes[2]),
])
