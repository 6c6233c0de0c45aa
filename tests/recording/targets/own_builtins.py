"""Replaces what is built in, as programs do that watch themselves or patch `print`."""

import builtins

called = []
kept = {name: getattr(builtins, name) for name in ("len", "isinstance", "type", "dict", "getattr", "open", "print", "id")}


def watched(name):
    def replaced(*given, **named):
        called.append(name)
        return kept[name](*given, **named)

    return replaced


for one in ("len", "isinstance", "getattr", "open", "print", "id"):
    setattr(builtins, one, watched(one))


def work(items):
    total = 0
    for item in items:
        total += item  # @added
    rows = [total, *items]
    return rows


result = work([1, 2, 3])  # @result
before = list(called)
for name, function in kept.items():
    setattr(builtins, name, function)
print(before, result)
