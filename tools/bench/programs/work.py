"""work.py KIND SIZE: works without end in one of six ways, and counts what it has done into file descriptor 4 (which is
mapped), so that it shows what a profiler costs it.

still: SIZE frames, and one line that stays. moving: SIZE frames, and tiny functions on top of them. generators,
coroutines: the same with SIZE generators (coroutines) that wait for one another. threads: SIZE threads, of which
this one works and the others wait. asleep: the same, but all wait.
"""
import json
import mmap
import os
import signal
import struct
import sys
import threading

LIFETIME = 7200
BATCH = 200

signal.alarm(LIFETIME)  # kills: nothing outlives its test by long
done = mmap.mmap(4, 8)


def count(batches):
    struct.pack_into("q", done, 0, batches)


def still():
    batches = 0
    while True:
        for _ in range(BATCH * 10): pass
        batches += 1; struct.pack_into("q", done, 0, batches)


def first(number):
    return second(number) + 1


def second(number):
    return third(number) + third(number)


def third(number):
    return number * 2


def moving():
    batches = 0
    while True:
        for number in range(BATCH):
            first(number)
            second(number)
            third(number)
        batches += 1
        count(batches)


def nested(function, depth):
    if depth > 1:
        return nested(function, depth - 1)
    return function()


def generator(depth):
    if depth > 1:
        yield from generator(depth - 1)
    else:
        number = 0
        while True:
            number = third(number) % 1000
            yield number


def drain(depth):
    batches = 0
    values = generator(depth)
    while True:
        for _ in range(BATCH):
            next(values)
        batches += 1
        count(batches)


class Step:
    def __await__(self):
        yield third(1)


async def coroutine(depth):
    if depth > 1:
        return await coroutine(depth - 1)
    while True:
        await Step()


def drive(depth):
    batches = 0
    task = coroutine(depth)
    while True:
        for _ in range(BATCH):
            task.send(None)
        batches += 1
        count(batches)


def beside_threads(number, function):
    threading.stack_size(256 * 1024)
    for _ in range(number - 1):
        threading.Thread(target=forever.wait, daemon=True).start()
    function()


forever = threading.Event()
kind, size = sys.argv[1], int(sys.argv[2])
sys.setrecursionlimit(20000)
sys.stdout.write(json.dumps({"pid": os.getpid()}) + "\n")
sys.stdout.flush()
if kind == "still":
    nested(still, size)
elif kind == "moving":
    nested(moving, size)
elif kind == "generators":
    drain(size)
elif kind == "coroutines":
    drive(size)
else:
    beside_threads(size, forever.wait if kind == "asleep" else still)
