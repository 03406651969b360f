from fixture import park


def assignment_expression():
    if (value := park()) is None:
        return value


def positional_only():
    def inner(a, /, b, *, c):
        park()

    inner(1, 2, c=3)


def formatted():
    return f"{1} {park()!r:>{10}} {[park() for _ in (1, 2)]}"


def formatted_lines():
    return f"""{
        1} and {
        park()}
    """


def return_in_loop():
    while True:
        try:
            return [*range(3), *(park() for _ in (1,))]
        finally:
            pass


CASES = [assignment_expression, positional_only, formatted, formatted_lines, return_in_loop]
