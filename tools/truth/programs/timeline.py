"""What the programs of the truth suite share: they do one thing after the other, log when by their own clock, and tell at
the end, so that what a profile says of any span of time can be held against what was done in it.

A phase is long against the two readings of the clock around it (0.1 us) and short against a recording. Which comes next,
and for how long, is drawn at random: no program is in step with a sampler unless it means to be (lockstep.py).
"""
import array
import json
import os
import random
import signal
import sys
import threading
import time

LIFETIME = 300

clock = time.perf_counter
signal.alarm(LIFETIME)  # kills: nothing outlives its test by long
_stop = threading.Event()
_threads = []


class Timeline:
    """Phases of the thread that it is made in: when each began and ended, and its label."""

    def __init__(self):
        self.native_id = threading.get_native_id()
        self.name = threading.current_thread().name
        self.labels = []
        self.starts = array.array("d")
        self.ends = array.array("d")
        self.kinds = array.array("H")
        _threads.append(self)

    def label(self, text):
        """Number of a label, for `add`."""
        if text not in self.labels:
            self.labels.append(text)
        return self.labels.index(text)

    def add(self, kind, start, end):
        self.starts.append(start)
        self.ends.append(end)
        self.kinds.append(kind)

    def facts(self):
        columns = {name: [round(value, 7) for value in getattr(self, name)] for name in ("starts", "ends")}
        return dict(columns, nativeId=self.native_id, name=self.name, labels=self.labels, kinds=list(self.kinds))


def named(function, name):
    """A function of its own with the same code under another name."""
    return type(function)(function.__code__.replace(co_name=name), function.__globals__, name)


def stopping():
    return _stop.is_set()


def announce():
    """Tells that the program is where it stays, until it is asked to end (SIGTERM)."""
    signal.signal(signal.SIGTERM, lambda *_: _stop.set())
    _tell({"pid": os.getpid()})


def report():
    """Tells all timelines, and how the clock that they are in stands to the time of day."""
    _tell({"wallClock": time.time() - clock(), "threads": [timeline.facts() for timeline in _threads]})


def _tell(facts):
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def run(choices, mean=0.001):
    """Runs one of the (label, weight, function, arguments) after the other: `function(until, *arguments)`."""
    timeline = Timeline()
    kinds = [timeline.label(label) for label, _, _, _ in choices]
    shares = [weight for _, weight, _, _ in choices]
    calls = [(kind, function, arguments) for kind, (_, _, function, arguments) in zip(kinds, choices)]
    pick, draw, add = random.choices, random.expovariate, timeline.add
    while not stopping():
        for kind, function, arguments in pick(calls, shares, k=64):
            length = min(draw(1 / mean), 10 * mean)
            start = clock()
            function(start + length, *arguments)
            add(kind, start, clock())
