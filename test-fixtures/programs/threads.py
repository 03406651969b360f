"""threads.py N M: N parked threads with names of their own, M busy ones, and the main thread asleep."""
import sys

import fixture


def worker(number):
    return nested(number)


def nested(_number):
    fixture.park()


def busy(depth):
    if depth == 0:
        fixture.work()
    busy(depth - 1)


count = int(sys.argv[1]) if len(sys.argv) > 1 else 4
busy_count = int(sys.argv[2]) if len(sys.argv) > 2 else 1
workers = [fixture.start("worker-%d" % number, worker, number) for number in range(count)]
parked = fixture.settled(workers)
busy_ones = [fixture.start("busy-%d" % number if number else "busy", busy, number) for number in range(busy_count)]
spinning = fixture.settled(busy_ones, running=True)
fixture.sit_still(parked + spinning)
