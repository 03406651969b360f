from fixture import park


def except_star():
    try:
        raise ExceptionGroup("two", [ValueError(1), KeyError(2)])
    except* ValueError:
        pass
    except* KeyError:
        park()


def except_star_finally():
    try:
        try:
            raise ExceptionGroup("one", [ValueError(1)])
        except* KeyError:
            pass
        finally:
            park()
    except* ValueError:
        pass


CASES = [except_star, except_star_finally]
