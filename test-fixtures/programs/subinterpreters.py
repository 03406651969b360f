"""subinterpreters.py N: N interpreters beside the main one, each with a thread that sleeps, and one that nothing runs in.
From 3.12 on each has a GIL of its own, and the last two have a thread that works. Python 3.8 and later.

The facts of their stacks have `interpreter` from 1 on; the threads that run them have stacks in interpreter 0 too.
"""
import json
import os
import sys
import threading

import fixture

try:
    import _interpreters as interpreters  # 3.13
except ImportError:
    import _xxsubinterpreters as interpreters  # 3.8 to 3.12

BODY = """
import json, os, sys, threading, time
sys.path[:] = {path!r}

class Within:
    def tell(self, line):
        frame, frames = sys._getframe(1), []
        while frame is not None:
            code = frame.f_code
            frames.append(dict(name=code.co_name, qualifiedName=getattr(code, "co_qualname", ""), file=code.co_filename,
                               line=frame.f_lineno, firstLine=code.co_firstlineno))
            frame = frame.f_back
        frames[0]["line"] = line
        facts = dict(name="inner", ident=threading.get_ident(), nativeId=threading.get_native_id(), interpreter={id},
                     running={running}, frames=frames)
        os.write({fd}, (json.dumps(facts) + "\\n").encode())

    def stay(self, depth):
        if depth > 0:
            self.stay(depth - 1)
        if {running}:
            self.tell(sys._getframe().f_lineno + 1)
            while True: pass
        self.tell(sys._getframe().f_lineno + 1)
        time.sleep(600)

[Within().stay({id}) for _ in (1,)]
"""

# With one GIL for all, a thread that works in one interpreter gives way to none in another (3.9 to 3.11).
OWN_GIL = sys.version_info >= (3, 12)
count = int(sys.argv[1]) if len(sys.argv) > 1 else 3


def run(text):
    """Up to 3.12 an interpreter's first thread state is that of the thread that made it, whoever runs it."""
    fixture._native_ids[threading.get_ident()] = threading.get_native_id()
    interpreters.run_string(interpreters.create(), text)  # runs another


reader, writer = os.pipe()
runners, inners = [], []
lines = os.fdopen(reader)
for number in range(1, count + 1):
    running = OWN_GIL and number > count - 2
    text = BODY.format(path=sys.path, fd=writer, id=number, running=running)
    runners.append((fixture.start("runner-%d" % number, run, text), running))
    inners.append(json.loads(lines.readline()))
unused = interpreters.create()
outers = [fixture.thread_facts(runner, fixture.stack_of(sys._current_frames()[runner.ident]), running) for runner, running in runners]
fixture.sit_still(outers + inners)
