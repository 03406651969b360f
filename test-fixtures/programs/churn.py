"""churn.py DEPTH: under DEPTH still frames a loop calls three tiny functions, so that the stack is never at rest.

`legal` lists every stack that exists: frames innermost first, each with the lines it can be at.
"""
import sys

import fixture


def one():
    return 1


def two():
    return 2


def three():
    return one()


def loop():
    while True:  # while
        one()  # calls one
        two()  # calls two
        three()  # calls three


def frame(function, *lines):
    code = function.__code__
    return {"name": code.co_name, "file": code.co_filename, "lines": list(lines)}


def line(marker):
    return fixture.line_of(marker, __file__)


def legal_stacks():
    """A function that was entered but has not begun is at its `def` line."""
    one_body, two_body, three_body = [f.__code__.co_firstlineno for f in (one, two, three)]
    calls = [line("calls one"), line("calls two"), line("calls three")]
    at = lambda number: frame(loop, number)
    return [
        [frame(loop, line("while"), *calls)],
        [frame(one, one_body, one_body + 1), at(calls[0])],
        [frame(two, two_body, two_body + 1), at(calls[1])],
        [frame(three, three_body, three_body + 1), at(calls[2])],
        [frame(one, one_body, one_body + 1), frame(three, three_body + 1), at(calls[2])],
    ]


def descend(depth):
    if depth <= 1:
        below = fixture.stack_of(sys._getframe())
        below[0]["line"] = line("enters the loop")
        legal = [stack + [dict(f, lines=[f["line"]]) for f in below] for stack in legal_stacks()]
        fixture.announce([fixture.this_thread([], True)], legal=legal)
        loop()  # enters the loop
    descend(depth - 1)


descend(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
