"""A loop under 20 still frames calls three tiny functions, one from the other: the top of the stack changes every 50 to
100 ns. A label is the innermost function. It cannot log what it does: its truth is what is seen when it is stopped."""
import timeline


def first(number):
    return second(number) + 1


def second(number):
    return third(number) + third(number)


def third(number):
    return number * 2


def loop():
    while True:
        first(1)
        second(2)
        third(3)


def descend(depth):
    if depth > 1:
        return descend(depth - 1)
    loop()


timeline.announce()
descend(20)
