"""What the programs share: they say what they know of themselves in one line of JSON, then stay as they said.

Runs on Python 2.7 and every 3.x. A stack is a list of frames, innermost first.
"""
import json
import os
import signal
import sys
import threading
import time

try:
    import faulthandler
except ImportError:  # 2.7
    faulthandler = None

LIFETIME = 300
PATIENCE = 60

signal.alarm(LIFETIME)  # kills: nothing outlives its test by long, whatever became of the test
if faulthandler is not None and hasattr(signal, "SIGUSR1"):
    faulthandler.register(signal.SIGUSR1, all_threads=True)  # the interpreter's own account of all stacks, for tests

_gate = threading.Lock()
_gate.acquire()
_native_ids = {}


def line_of(marker, path=__file__):
    """Number of the line of a source file that ends in the comment `# marker`."""
    with open(path.replace(".pyc", ".py"), "rb") as source:
        for number, line in enumerate(source, 1):
            if line.rstrip().endswith(b"# " + marker.encode("ascii")):
                return number
    raise LookupError(marker)


def frame_facts(frame):
    code = frame.f_code
    return {
        "name": code.co_name,
        "qualifiedName": getattr(code, "co_qualname", ""),
        "file": code.co_filename,
        "line": frame.f_lineno,
        "firstLine": code.co_firstlineno,
    }


def stack_of(frame):
    frames = []
    while frame is not None:
        frames.append(frame_facts(frame))
        frame = frame.f_back
    return frames


def native_id():
    """The operating system's id of this thread; None where Python can't tell."""
    if hasattr(threading, "get_native_id"):
        return threading.get_native_id()
    if sys.platform.startswith("linux"):
        try:
            import ctypes

            number = {"x86_64": 186, "aarch64": 178}.get(os.uname()[4])
            return ctypes.CDLL(None).syscall(number) if number else None
        except (ImportError, OSError):
            return None
    return None


def this_thread(frames, running):
    return thread_facts(threading.current_thread(), frames, running)


def thread_facts(thread, frames, running):
    native = native_id() if thread is threading.current_thread() else _native_ids.get(thread.ident)
    return {
        "name": thread.name,
        "ident": thread.ident,
        "nativeId": native,
        "interpreter": 0,
        "running": running,
        "frames": frames,
    }


def announce(threads, **facts):
    facts.update(
        program=os.path.basename(sys.argv[0]),
        pid=os.getpid(),
        version=list(sys.version_info),
        executable=sys.executable,
        threads=threads,
    )
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def sit_still(others=(), **facts):
    """Announces this thread and the others, then sleeps for good."""
    frames = stack_of(sys._getframe())
    frames[0]["line"] = line_of("sleeps here")
    announce([this_thread(frames, False)] + list(others), **facts)
    while True:
        time.sleep(600)  # sleeps here


def spin(others=(), **facts):
    """Announces this thread and the others, then works for good, always on one line."""
    frames = stack_of(sys._getframe())
    frames[0]["line"] = line_of("spins here")
    announce([this_thread(frames, True)] + list(others), **facts)
    while True: pass  # spins here


def park(*_ignored):
    """Holds this thread for good."""
    _native_ids[threading.current_thread().ident] = native_id()
    _gate.acquire()  # parked here


def work():
    """Keeps this thread busy for good, always on one line."""
    _native_ids[threading.current_thread().ident] = native_id()
    while True: pass  # works here


def start(name, function, *args):
    thread = threading.Thread(name=name, target=function, args=args)
    thread.daemon = True
    thread.start()
    return thread


def settled(threads, running=False):
    """Facts of threads that have all got to `park` (or to `work`), once they are there."""
    leaf, marker = ("work", "works here") if running else ("park", "parked here")
    line = line_of(marker)
    deadline = time.time() + PATIENCE
    facts = []
    for thread in threads:
        frame = sys._current_frames().get(thread.ident)
        while frame is None or (frame.f_code.co_name, frame.f_lineno) != (leaf, line):
            if time.time() > deadline:
                raise RuntimeError("thread %s never got to %s" % (thread.name, leaf))
            time.sleep(0.002)
            frame = sys._current_frames().get(thread.ident)
        facts.append(thread_facts(thread, stack_of(frame), running))
    return facts


def sit_still_beside(cases):
    """Runs each (name, function) in a thread of that name until it parks, tells what all stacks are, and sleeps."""
    sit_still(settled([start(name, function) for name, function in cases]))
