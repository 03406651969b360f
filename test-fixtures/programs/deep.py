"""deep.py DEPTH: DEPTH open calls of one function, in a thread that has the stack for it."""
import sys
import threading

import fixture


def dive(depth):
    if depth <= 1:
        fixture.park()
    dive(depth - 1)


depth = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
sys.setrecursionlimit(depth + 1000)
threading.stack_size(256 * 1024 * 1024)
fixture.sit_still_beside([("deep", lambda: dive(depth))])
