"""still.py DEPTH: two functions call one another until DEPTH calls are open; then the program sleeps."""
import sys

import fixture


def ping(depth):
    if depth <= 1:
        fixture.sit_still()
    return pong(depth - 1)


def pong(depth):
    if depth <= 1:
        fixture.sit_still()
    return ping(depth - 1)


sys.setrecursionlimit(20000)
ping(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
