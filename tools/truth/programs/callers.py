"""Three functions call one and the same leaf. A label is the function that called `leaf`."""
import timeline
from timeline import clock


def leaf(until):
    while clock() < until:
        pass


def first(until):
    leaf(until)


def second(until):
    leaf(until)


def third(until):
    leaf(until)


timeline.announce()
timeline.run([("first", 6, first, ()), ("second", 3, second, ()), ("third", 1, third, ())])
timeline.report()
