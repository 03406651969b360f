from fixture import park


def generic_function():
    def first[T: park()](values: list[T]) -> T:
        return values[0]

    return first.__type_params__[0].__bound__


def generic_class():
    class Box[T]:
        park()


def type_alias():
    type Lazy[T] = list[T] | park()
    return Lazy.__value__


def comprehension_in_class():
    class Body:
        values = [park() for _ in (1, 2)]


def comprehension_with_lambda():
    return [(lambda: [park() for _ in (1, 2)])() for _ in (1, 2)]


def nested_quotes():
    return f"{f"{f"{park()}"}"}"


CASES = [generic_function, generic_class, type_alias, comprehension_in_class, comprehension_with_lambda, nested_quotes]
