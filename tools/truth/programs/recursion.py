"""Recursion of changing depth. A label is how many frames of `recurse` there are."""
import sys

import timeline
from timeline import clock


def recurse(until, depth):
    if depth > 1:
        return recurse(until, depth - 1)
    while clock() < until:
        pass


sys.setrecursionlimit(5000)
timeline.announce()
timeline.run([("depth %d" % depth, 1, recurse, (depth,)) for depth in (1, 2, 3, 5, 8, 21, 55, 300)])
timeline.report()
