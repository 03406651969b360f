"""parallel.py N: N threads that work at once, thread K under K still frames: each calls tiny functions without end.

Each thread's `legal` lists every stack that it can have: frames innermost first, each with the lines it can be at.
"""
import sys
import threading

import fixture

LEAVES = {}
begun = threading.Semaphore(0)
go = threading.Event()


def one():
    return 1


def two():
    return one()


def loop():
    begun.release()
    go.wait()
    while True:  # while
        one()  # calls one
        two()  # calls two


def descend(depth):
    if depth <= 1:
        _frames(sys._getframe())
        loop()  # enters the loop
    descend(depth - 1)


def _frames(frame):
    below = fixture.stack_of(frame)
    below[0]["line"] = line("enters the loop")
    LEAVES[threading.current_thread().ident] = below
    fixture._native_ids[threading.current_thread().ident] = fixture.native_id()


def line(marker):
    return fixture.line_of(marker, __file__)


def at(function, *lines):
    code = function.__code__
    return {"name": code.co_name, "file": code.co_filename, "lines": list(lines)}


def body(function):
    """A function that was entered but has not begun is at its `def` line."""
    first = function.__code__.co_firstlineno
    return at(function, first, first + 1)


def legal_stacks():
    calls = [line("calls one"), line("calls two")]
    return [
        [at(loop, line("while"), *calls)],
        [body(one), at(loop, calls[0])],
        [body(two), at(loop, calls[1])],
        [body(one), at(two, two.__code__.co_firstlineno + 1), at(loop, calls[1])],
    ]


def legal_for(below):
    return [stack + [dict(frame, lines=[frame["line"]]) for frame in below] for stack in legal_stacks()]


count = int(sys.argv[1]) if len(sys.argv) > 1 else 8
threads = [fixture.start("worker-%d" % number, descend, number + 1) for number in range(count)]
for _ in threads:
    begun.acquire()
facts = [dict(fixture.thread_facts(thread, [], True), legal=legal_for(LEAVES[thread.ident])) for thread in threads]
go.set()
fixture.sit_still(facts)
