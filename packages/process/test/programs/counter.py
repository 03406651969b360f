"""Counts in several threads, in a file that others can read: 8 bytes for each thread. Runs for a minute at most."""
import mmap, os, struct, sys, threading, time

path, count = sys.argv[1], int(sys.argv[2])
with open(path, "r+b") as file:
    shared = mmap.mmap(file.fileno(), 8 * count)


def run(index):
    end = time.monotonic() + 60
    value = 0
    while time.monotonic() < end:
        value += 1
        struct.pack_into("<Q", shared, 8 * index, value)
        if index > 0:
            time.sleep(0.0005)


for index in range(1, count):
    threading.Thread(target=run, args=(index,), daemon=True).start()
run(0)
