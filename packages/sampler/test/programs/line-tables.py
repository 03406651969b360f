"""Prints, one in a line, line tables of code objects and where this Python says that each of their instructions is.

table in hex, co_firstlineno, and for each code unit of two bytes (up to 3.5: each byte) its line or 0, ":", its one-based column or 0
"""
import binascii
import dis
import importlib
import inspect
import sys

MODULES = ["argparse", "json.decoder", "asyncio.base_events", "dataclasses", "logging", "optparse", "difflib"]
ODD = "def far(a,\n" + "\n" * 300 + "        b=1):\n    x = (a,\n" + "\n" * 200 + "     b); return [a\n" + "\n" * 140 + "  + y for y in x]\n" + \
    "lambda: (\n" + "\n" * 130 + "1\n+ 2)\n" + "x = " + " " * 300 + "foo(1, bar)\n" + "\n" * 70000 + "def late():\n pass\n"


def codes_in(code):
    yield code
    for constant in code.co_consts:
        if inspect.iscode(constant):
            for inner in codes_in(constant):
                yield inner


def positions(code):
    if hasattr(code, "co_positions"):
        return [[start or 0, 0 if column is None else column + 1] for start, _, column, _ in code.co_positions()]
    starts = dict(dis.findlinestarts(code))
    lines = []
    if hasattr(code, "co_lines"):
        for start, end, line in code.co_lines():
            lines += [[line or 0, 0]] * ((end - start) // 2)
        return lines
    line = code.co_firstlineno
    for offset in range(0, len(code.co_code), 1 if sys.version_info < (3, 6) else 2):
        line = starts.get(offset, line)
        lines.append([line, 0])
    return lines


def sources():
    for name in MODULES:
        try:
            yield inspect.getsource(importlib.import_module(name)), name
        except ImportError:  # old versions lack some
            pass
    yield ODD, "odd"


for source, name in sources():
    for code in codes_in(compile(source, name, "exec")):
        table = code.co_linetable if hasattr(code, "co_linetable") else code.co_lnotab
        said = " ".join("%d:%d" % tuple(position) for position in positions(code))
        sys.stdout.write("%s %d %s\n" % (binascii.hexlify(table).decode("ascii") or "-", code.co_firstlineno, said))
