"""Statements spread over several lines, each held in a thread: `frame.f_lineno` says which of the lines counts."""
import fixture

park = fixture.park


class Chain(object):
    def step(self, *_):
        return self

    def stop(self, *_):
        park()
        return self

    def __add__(self, other):
        park()

    def __getitem__(self, key):
        park()

    def __enter__(self):
        park()

    def __exit__(self, *_):
        pass

    def __iter__(self):
        park()


def nothing(*_args, **_kwargs):
    return None


def call_arguments():
    nothing(
        1,
        park(
            2,
        ),
        3,
    )


def outer_call():
    park(
        nothing(),
        nothing(
            1,
        ),
    )


def keyword_argument():
    nothing(
        first=1,
        second=park(),
    )


def backslash():
    value = 1 + \
        2 + \
        (park() or 3)
    return value


def operator():
    left = Chain()
    return (
        left
        +
        1
    )


def chained_methods():
    return (
        Chain()
        .step()
        .stop(
            1,
        )
        .step()
    )


def subscript():
    value = Chain()
    return value[
        1
    ]


def display():
    return {
        "a": 1,
        "b": [
            2,
            park(),
        ],
    }


def conditional():
    return (
        1
        if nothing()
        else park()
    )


def boolean():
    return (nothing()
            or nothing()
            or park())


def comprehension():
    return [
        park(x)
        for x
        in (1, 2)
        if x
    ]


def decorated():
    def hold(function):
        park()
        return function

    def keep(function):
        return function

    @keep
    @hold
    @keep
    def inner():
        pass

    return inner


def context():
    with \
            Chain():
        pass


def iteration():
    for _ in (
        Chain()
    ):
        pass


def raising():
    raise ValueError(
        "text",
        park(),
    )


def handler():
    try:
        nothing(
            [][0],
        )
    except (
        IndexError
    ):
        park(
        )


def cleanup():
    try:
        return nothing()
    finally:
        park()


def default_argument():
    def inner(
        a=1,
        b=park(),
    ):
        return a, b

    return inner


def long_jump():
    value = nothing()
































































































































    return park(value)


CASES = [
    call_arguments, outer_call, keyword_argument, backslash, operator, chained_methods, subscript, display, conditional,
    boolean, comprehension, decorated, context, iteration, raising, handler, cleanup, default_argument, long_jump,
]
fixture.sit_still_beside([(case.__name__, case) for case in CASES])
