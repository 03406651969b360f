"""A module whose import never ends; imported by calls.py."""
import fixture

fixture.park()
