"""Exceptions in flight, each held in a thread: in handlers, in clean-up, in generators being closed, with tracebacks kept."""
import contextlib
import sys

import fixture

park = fixture.park


def fail(depth=3):
    if depth == 0:
        raise ValueError("made to fail")
    fail(depth - 1)


def in_except():
    try:
        fail()
    except ValueError:
        park()


def in_nested_except():
    try:
        fail()
    except ValueError:
        try:
            raise KeyError("again")
        except KeyError:
            park()


def in_finally():
    try:
        fail()
    finally:
        park()


def in_finally_of_return():
    try:
        return 1
    finally:
        park()


def in_finally_of_continue():
    for _ in (1, 2):
        try:
            continue
        finally:
            park()


def in_else():
    try:
        pass
    except ValueError:
        pass
    else:
        park()


def while_raised_again():
    try:
        try:
            fail()
        except ValueError:
            raise
    except ValueError:
        park()


def with_traceback_kept():
    try:
        fail()
    except ValueError:
        kept = sys.exc_info()
    park()
    return kept


def after_handler():
    try:
        fail()
    except ValueError:
        pass
    park()


class Manager(object):
    def __init__(self, enter=None, leave=None):
        self.enter = enter
        self.leave = leave

    def __enter__(self):
        return self.enter and self.enter()

    def __exit__(self, *_error):
        if self.leave:
            self.leave()
        return True


def entering():
    with Manager(), Manager(enter=park):
        pass


def in_with():
    with Manager(), Manager():
        park()


def leaving():
    with Manager(leave=park):
        pass


def leaving_by_exception():
    with Manager(leave=park):
        fail()


@contextlib.contextmanager
def managed():
    try:
        yield 1
    except ValueError:
        park()


def in_generated_manager():
    with managed():
        fail()


def closes_late():
    try:
        yield 1
    finally:
        park()


def generator_being_closed():
    generator = closes_late()
    next(generator)
    generator.close()


def catches_thrown():
    try:
        yield 1
    except ValueError:
        park()


def generator_thrown_into():
    generator = catches_thrown()
    next(generator)
    generator.throw(ValueError("thrown"))


def generator_being_freed():
    generator = closes_late()
    next(generator)
    del generator


def generator_dropped_in_loop():
    for value in closes_late():
        if value == 1:
            return


class Finalized(object):
    def __del__(self):
        park()


def finalizer():
    thing = Finalized()
    del thing


def finalizer_of_frame():
    """The thing dies when the frame that holds it is cleared: that is in no chain any more, and still has its place."""
    def within():
        thing = Finalized()
        return thing is None

    within()


def finalizer_while_unwinding():
    def within():
        thing = Finalized()
        fail()
        return thing

    try:
        within()
    except ValueError as error:
        forget(error)


def forget(error):
    """The traceback held the frame that holds the thing."""
    if hasattr(error, "__traceback__"):
        error.__traceback__ = None
    else:
        sys.exc_clear()


def exception_text():
    class Speaking(Exception):
        def __str__(self):
            park()
            return ""

    try:
        raise Speaking()
    except Speaking as error:
        str(error)


def exception_made():
    class Slow(Exception):
        def __init__(self):
            park()

    raise Slow


CASES = [
    in_except, in_nested_except, in_finally, in_finally_of_return, in_finally_of_continue, in_else, while_raised_again,
    with_traceback_kept, after_handler, entering, in_with, leaving, leaving_by_exception, in_generated_manager,
    generator_being_closed, generator_thrown_into, generator_being_freed, generator_dropped_in_loop, finalizer,
    finalizer_of_frame, finalizer_while_unwinding, exception_text, exception_made,
]
fixture.sit_still_beside([(case.__name__, case) for case in CASES])
