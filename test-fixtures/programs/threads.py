"""threads.py N: N parked threads with names of their own, one busy thread, and the main thread asleep."""
import sys

import fixture


def worker(number):
    return nested(number)


def nested(_number):
    fixture.park()


def busy():
    fixture.work()


count = int(sys.argv[1]) if len(sys.argv) > 1 else 4
workers = [fixture.start("worker-%d" % number, worker, number) for number in range(count)]
parked = fixture.settled(workers)
spinning = fixture.settled([fixture.start("busy", busy)], running=True)
fixture.sit_still(parked + spinning)
