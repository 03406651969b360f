"""Names of every width that a str can have inside: one byte, two bytes, four bytes. Python 3.6 and later."""
import fixture

park = fixture.park


def ascii_only():
    park()


def naïve_größe():
    park()


def функция():
    park()


def 関数():
    park()


def 𐐀𐐨():
    park()


class Größe:
    class 𐐀𐐨:
        def вложенный(self):
            park()


def in_file(name):
    """A function from a file of that name (which needs not exist)."""
    space = {"park": park}
    exec(compile("def run():\n    park()\n", name, "exec"), space)
    return space["run"]


fixture.sit_still_beside([
    ("ascii", ascii_only),
    ("latin-é", naïve_größe),
    ("поток", функция),
    ("スレッド", 関数),
    ("thread-😀", 𐐀𐐨),
    ("nested", Größe.𐐀𐐨().вложенный),
    ("file-latin", in_file("/tmp/größe.py")),
    ("file-bmp", in_file("/tmp/関数.py")),
    ("file-astral", in_file("/tmp/😀.py")),
    ("x" * 300, in_file("/tmp/" + "long" * 250 + ".py")),
])
