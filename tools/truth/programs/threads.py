"""Threads of different work: two that share out spinning and sleeping differently, one that always sleeps, and the main
thread, which waits for them. A label is the innermost function."""
import threading
import time

import timeline
from timeline import clock


def toil(until):
    while clock() < until:
        pass


def rest(until):
    time.sleep(max(until - clock(), 0))


def doze(until):
    time.sleep(max(until - clock(), 0))


def work(toiling, resting):
    timeline.run([("toil", toiling, toil, ()), ("rest", resting, rest, ())], mean=0.01)


def sleep():
    timeline.run([("doze", 1, doze, ())], mean=0.01)


threads = [
    threading.Thread(name="busy", target=work, args=(6, 4)),
    threading.Thread(name="lazy", target=work, args=(1, 9)),
    threading.Thread(name="sleepy", target=sleep),
]
for thread in threads:
    thread.start()
timeline.announce()
for thread in threads:
    thread.join()
timeline.report()
