"""Syntax that came later than 3.6, each held in a thread; in modules by the version that brought it. Python 3.8 and later."""
import sys

import fixture
import syntax_3_8

cases = list(syntax_3_8.CASES)
if sys.version_info >= (3, 10):
    import syntax_3_10

    cases += syntax_3_10.CASES
if sys.version_info >= (3, 11):
    import syntax_3_11

    cases += syntax_3_11.CASES
if sys.version_info >= (3, 12):
    import syntax_3_12

    cases += syntax_3_12.CASES
if sys.version_info >= (3, 14):
    import syntax_3_14

    cases += syntax_3_14.CASES
fixture.sit_still_beside([(case.__name__, case) for case in cases])
