from fixture import park


def deferred_annotation():
    def annotated(value: park()):
        return value

    return annotated.__annotations__


def deferred_class_annotation():
    class Annotated:
        member: int
        other: park()

    return Annotated.__annotations__


def template():
    return t"{1} and {park()}"


CASES = [deferred_annotation, deferred_class_annotation, template]
