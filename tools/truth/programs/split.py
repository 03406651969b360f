"""Groups of 1, 3, 4, 7 and 16 functions that share the time unequally. A label is the innermost function."""
import timeline
from timeline import clock


def spin(until):
    while clock() < until:
        pass


def parts(count):
    names = ["part_%d_%d" % (count, number) for number in range(count)]
    return [(name, 1 + number, timeline.named(spin, name), ()) for number, name in enumerate(names)]


groups = [parts(count) for count in (1, 3, 4, 7, 16)]
# every group has the same share of all
choices = [(name, weight / sum(w for _, w, _, _ in group), *rest) for group in groups for name, weight, *rest in group]
timeline.announce()
timeline.run(choices)
timeline.report()
