from fixture import park


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.held = y

    @property
    def y(self):
        return self.held()


def match_subject():
    match park():
        case _:
            pass


def match_guard():
    match (1, 2):
        case [1, 3]:
            pass
        case [a, b] if a == 5:
            pass
        case [
            a,
            b,
        ] if park(a, b):
            pass


def match_pattern():
    match Point(1, park):
        case Point(2, 3):
            pass
        case Point(
            x=1,
            y=2,
        ):
            pass


def match_body():
    match {"key": [1, 2, 3]}:
        case {"key": [1, *rest]}:
            park(rest)


def parenthesised_managers():
    class Manager:
        def __enter__(self):
            park()

        def __exit__(self, *_):
            pass

    with (
        Manager() as a,
        Manager() as b,
    ):
        return a, b


CASES = [match_subject, match_guard, match_pattern, match_body, parenthesised_managers]
