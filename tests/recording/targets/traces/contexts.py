"""With statements: one, several, nested, left by every way out."""
import contextlib


class Managed:
    log = []

    def __init__(self, name, swallow=False):
        self.name = name
        self.swallow = swallow

    def __enter__(self):
        self.log.append(("enter", self.name))
        return self.name

    # Up to 3.9 the interpreter calls it from the last line of the body, from then on from the line of the `with`.
    __exit__ = lambda self, *error: self.log.append(("exit", self.name)) or self.swallow


@contextlib.contextmanager
def borrowed(name):
    print("borrow", name)
    try:
        yield name
    finally:
        print("return", name)


def plain():
    with Managed("a") as a:
        inside = a + "!"
    after = inside
    return after


def several():
    with Managed("a") as a, Managed("b") as b:
        both = a + b
    return both


def nested():
    with Managed("a"):
        with Managed("b") as b:
            kept = b
        between = kept
    return between


def returning():
    with Managed("a") as a:
        return a


def leaving():
    for number in range(4):
        with Managed(number):
            if number == 1:
                continue
            if number == 2:
                break
            seen = number
    return seen


def swallowing():
    with Managed("a", swallow=True):
        value = 1
        raise ValueError("swallowed")
    return value


def last():
    with borrowed("x") as name:
        print(name)


def over():
    with borrowed(
        "long name"
    ) as name:
        length = len(name)
    return length


def guarded():
    try:
        with Managed("a"):
            raise KeyError("through")
    except KeyError as error:
        found = error.args
    return found


print(plain(), several(), nested(), returning(), leaving(), swallowing(), over(), guarded())
last()
print(Managed.log[:4])
