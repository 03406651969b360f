"""The ways in which a function gets called, by Python code and through C, each held in a thread."""
import functools
import re
import sys

import fixture

park = fixture.park


def mutual_even(depth):
    return park() if depth == 0 else mutual_odd(depth - 1)


def mutual_odd(depth):
    return park() if depth == 0 else mutual_even(depth - 1)


def mutual_recursion():
    mutual_even(101)


def wrapping(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


def wrapping_with(times):
    def decorate(function):
        for _ in range(times):
            function = wrapping(function)
        return function

    return decorate


class Wrapping(object):
    def __init__(self, function):
        self.function = function

    def __call__(self, *args):
        return self.function(*args)


@Wrapping
@wrapping
@wrapping_with(3)
def decorated():
    park()


def class_body():
    class Outer(object):
        class Inner(object):
            park()


def class_decorator():
    def hold(made):
        park()
        return made

    @hold
    class Made(object):
        pass


class Meta(type):
    def __new__(mcs, name, bases, members):
        if "held" in members:
            park()
        return type.__new__(mcs, name, bases, members)


def metaclass():
    Meta("Made", (object,), {"held": True})


def exec_string():
    exec("def made():\n    park()\n\n\nmade()\n", {"park": park})


def exec_within_exec():
    exec("exec('\\n\\npark()', {'park': park})", {"park": park})


def eval_string():
    eval("[park() for _ in (1, 2)]", {"park": park})


def lambdas():
    (lambda: (lambda: (lambda: park())())())()


def default_arguments():
    def inner(a, b=2, *rest, **named):
        park()

    inner(1, c=3)


def unpacked_arguments():
    def inner(*args, **named):
        park()

    inner(*range(300), **dict(("k%d" % number, number) for number in range(300)))


def many_locals():
    space = {"park": park}
    exec("def wide():\n%s    park()\n" % "".join("    v%d = %d\n" % (n, n) for n in range(2000)), space)
    space["wide"]()


def sorted_key():
    sorted([3, 1, 2], key=park)


def map_and_filter():
    list(map(lambda value: list(filter(park, [value])), [1, 2]))


def partial():
    functools.partial(functools.partial(park, 1), 2)()


def reduced():
    functools.reduce(lambda a, b: max([1, 2], key=lambda value: park()), [1, 2, 3])


def substitution():
    re.sub("a", lambda match: park() or "", "bab")


class Special(object):
    def __getattr__(self, name):
        park()

    def __eq__(self, other):
        park()

    def __hash__(self):
        return 1

    def __lt__(self, other):
        park()

    def __len__(self):
        park()
        return 0

    def __contains__(self, value):
        park()

    def __str__(self):
        park()
        return ""

    def __iter__(self):
        return self

    def __next__(self):
        park()
        raise StopIteration

    next = __next__

    def __call__(self):
        park()


class Descriptor(object):
    def __get__(self, instance, owner):
        park()

    def __set__(self, instance, value):
        park()


class Described(object):
    member = Descriptor()


def get_attribute():
    return Special().missing


def equality_in_dict():
    return {Special(): 1}.get(Special())


def comparison_in_sort():
    return sorted([Special(), Special()])


def truth():
    return 1 if Special() else 2


def containment():
    return 1 in Special()


def formatting():
    return "%s" % (Special(),)


def iteration():
    return list(Special())


def call_operator():
    Special()()


def descriptor_get():
    return Described().member


def descriptor_set():
    Described().member = 1


def ctypes_callback():
    import ctypes

    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
    values = (ctypes.c_int * 2)(2, 1)
    ctypes.CDLL(None).qsort(values, 2, ctypes.sizeof(ctypes.c_int), kind(lambda a, b: park() or 0))


def imported_module():
    import parks_when_imported

    return parks_when_imported


CASES = [
    mutual_recursion, decorated, class_body, class_decorator, metaclass, exec_string, exec_within_exec, eval_string, lambdas,
    default_arguments, unpacked_arguments, many_locals, sorted_key, map_and_filter, partial, reduced, substitution,
    get_attribute, equality_in_dict, comparison_in_sort, truth, containment, formatting, iteration, call_operator,
    descriptor_get, descriptor_set, ctypes_callback,
]
if sys.version_info >= (3, 3):  # one lock for all imports before
    CASES.append(imported_module)
fixture.sit_still_beside([("decorated" if case is decorated else case.__name__, case) for case in CASES])
