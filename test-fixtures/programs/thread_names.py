# -*- coding: utf-8 -*-
"""Threads whose names are text of every width, long, odd, or changed while they run."""
import sys
import threading

import fixture

IS_TEXT = sys.version_info[0] >= 3


def name(text):
    """Python 2.7 makes a `str` of every name."""
    return text if IS_TEXT else text.encode("utf-8")


class OwnString(str):
    pass


NAMES = [
    name(u"plain"),
    name(u""),
    name(u" \t two  words "),
    name(u"latin-1 größe é"),
    name(u"UCS-2 функция 関数"),
    name(u"UCS-4 \U0001f600\U00010400"),
    name(u"mixed é 関 \U0001f600"),
    name(u"long " + u"x" * 1000),
    name(u"quotes ' \" \\ / ; \n line"),
    OwnString("subclass"),
    5,
]


def hold():
    fixture.park()


threads = [fixture.start(each, hold) for each in NAMES]
renamed = fixture.start("before", hold)
renamed.name = name(u"after \U0001f600")
unnamed = fixture.start(None, hold)
threading.current_thread().name = name(u"main größe")
fixture.sit_still(fixture.settled(threads + [renamed, unnamed]))
