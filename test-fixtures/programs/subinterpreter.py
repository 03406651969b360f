"""A second interpreter, run by a thread of the first, sleeps. Python 3.8 and later.

The facts of its stack have `interpreter` 1; the thread that runs it has a stack in interpreter 0 too.
"""
import json
import os
import sys
import threading
import time

import fixture

try:
    import _interpreters as interpreters  # 3.13
except ImportError:
    import _xxsubinterpreters as interpreters  # 3.8 to 3.12

BODY = """
import json, os, sys, threading, time
sys.path[:] = {path!r}

def stack(line):
    frame, frames = sys._getframe(1), []
    while frame is not None:
        code = frame.f_code
        frames.append(dict(name=code.co_name, qualifiedName=getattr(code, "co_qualname", ""), file=code.co_filename,
                           line=frame.f_lineno, firstLine=code.co_firstlineno))
        frame = frame.f_back
    frames[0]["line"] = line
    return frames

def within():
    facts = dict(name="inner", ident=threading.get_ident(), nativeId=threading.get_native_id(), interpreter=1,
                 running=False, frames=stack(sys._getframe().f_lineno + 4))
    os.write({fd}, (json.dumps(facts) + "\\n").encode())
    # the line after this one is where it sleeps
    while True:
        time.sleep(600)

within()
"""


def run(text):
    fixture._native_ids[threading.get_ident()] = threading.get_native_id()
    interpreters.run_string(interpreters.create(), text)  # runs the other


reader, writer = os.pipe()
runner = fixture.start("runner", run, BODY.format(path=sys.path, fd=writer))
with os.fdopen(reader) as lines:
    inner = json.loads(lines.readline())
outer = fixture.stack_of(sys._current_frames()[runner.ident])
fixture.sit_still([fixture.thread_facts(runner, outer, False), inner])
