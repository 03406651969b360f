"""Arguments and local variables of many types. `locals` has their `repr` by name, of the function `holder`."""
import fixture


def holder(argument, *rest, **options):
    none = None
    true = True
    false = False
    zero = 0
    small = 7
    negative = -12345
    big = 12345678901234567890
    real = 1.5
    text = "text"
    wide = u"\u51fd\u6570 \U0001f600"
    raw = b"bytes\x00\xff"
    pair = (1, "two")
    numbers = [1, 2, 3]
    table = {"key": "value"}
    empty = []
    thing = object
    fixture.sit_still(locals={name: repr(value) for name, value in dict(locals()).items()})


holder("argument", 1, 2, option=3)
