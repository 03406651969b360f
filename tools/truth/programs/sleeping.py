"""Sleeps and spins. A label is the innermost function; `rest` is idle, `toil` is not."""
import time

import timeline
from timeline import clock


def toil(until):
    while clock() < until:
        pass


def rest(until):
    time.sleep(max(until - clock(), 0))


timeline.announce()
timeline.run([("toil", 3, toil, ()), ("rest", 7, rest, ())], mean=0.01)
timeline.report()
