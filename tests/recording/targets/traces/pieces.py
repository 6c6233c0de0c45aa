"""What does not fit elsewhere: exec, del, star arguments, unpacking, walrus, format strings, imports, conditionals."""
import sys
from os import path as where, sep as _

import math


def exact(a, /, b, *, c=3):
    return a, b, c


def stars(*values, **named):
    first, *rest = values
    (a, b), c = rest[:2], named
    joined = [*values, *rest]
    merged = {**named, "x": 1}
    return first, a, b, c, joined, merged


def walrus(rows):
    while (row := rows.pop()) > 1:
        print(row)
    if (size := len(rows)) and size > 0:
        return size
    return row


def executed():
    space = {}
    exec("x = 1\ny = x + 1\ndef made():\n    return x\n", space)
    value = eval("x + y", space)
    made = space["made"]()
    return value, made


def texts(name, value=1.5):
    shown = f"{name!r:>5} {value:.2f} {[len(name)]}"
    return shown


def empty():
    pass


def ellipsis(): ...


def constants():
    x: int = 5
    y: int
    return x


def imports():
    import json as text
    from collections import OrderedDict, deque
    return text.dumps([1]), len(OrderedDict()), len(deque())


print(exact(1, 2), stars(1, 2, 3, k=4), walrus([0, 2, 3]), executed(), texts("n"))
print(empty(), ellipsis(), constants(), imports())
if __name__ == "__main__":
    limit = math.floor(2.5)
    for limit in range(limit): pass
    print(limit)
    sys.exit("done" and 3)
