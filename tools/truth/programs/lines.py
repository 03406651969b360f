"""One function that is at one of five lines. A label is the innermost line."""
import timeline
from timeline import clock


def work(until, line):
    if line == 0:
        while clock() < until: pass
    elif line == 1:
        while clock() < until: pass
    elif line == 2:
        while clock() < until: pass
    elif line == 3:
        while clock() < until: pass
    else:
        while clock() < until: pass


def label(line):
    return "line %d" % (work.__code__.co_firstlineno + 2 + 2 * line)


timeline.announce()
timeline.run([(label(line), 1 + line, work, (line,)) for line in range(5)])
timeline.report()
