"""busy.py DEPTH: DEPTH nested calls, and a leaf that never stops working and never leaves its line."""
import sys

import fixture


def descend(depth):
    if depth <= 1:
        fixture.spin()
    descend(depth - 1)


descend(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
