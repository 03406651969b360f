"""lockstep.py MILLISECONDS: two functions by turns, in step with the clock, three tenths of each period in the first. A
sampler that comes once in a period and is in step as well sees one of them only."""
import sys

import timeline
from timeline import clock

period = float(sys.argv[1]) / 1000


def early(until):
    while clock() < until:
        pass


def late(until):
    while clock() < until:
        pass


def keep_step():
    log = timeline.Timeline()
    kinds = [log.label("early"), log.label("late")]
    add, began, number = log.add, clock(), 0
    while not timeline.stopping():
        start = clock()
        early(began + (number + 0.3) * period)
        middle = clock()
        add(kinds[0], start, middle)
        number += 1
        late(began + number * period)
        add(kinds[1], middle, clock())


timeline.announce()
keep_step()
timeline.report()
