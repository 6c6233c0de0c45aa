"""Generators in every way in which they are driven."""


def counting(limit):
    number = 0
    while number < limit:
        got = yield number
        if got:
            number = got
        number += 1
    return "counted"


def guarded():
    try:
        yield "first"
        yield "second"
    except ValueError as error:
        kept = str(error)
        yield kept
    finally:
        print("closed")


def delegating():
    result = yield from counting(2)
    try:
        yield from guarded()
    except KeyError:
        result = "lost"
    yield result


def lines(rows):
    for row in rows: yield row * 2


def read():
    with open(__file__) as handle:
        for line in handle:
            yield len(line)


def driven():
    source = counting(5)
    first = next(source)
    second = source.send(3)
    rest = list(source)
    return first, second, rest


def ended():
    source = guarded()
    a = next(source)
    b = source.throw(ValueError("thrown"))
    source.close()
    left = guarded()
    next(left)
    left.close()
    unread = guarded()
    unread.close()
    try:
        guarded().throw(KeyError("early"))
    except KeyError:
        unread = None
    reader = read()
    size = next(reader)
    reader.close()
    return a, b, size


def main():
    print(driven())
    print(ended())
    values = [one for one in delegating()]
    print(values)
    squares = sum(one * one for one in lines([1, 2, 3]))
    pairs = dict((one, one + 1) for one in lines([1, 2]))
    found = next((one for one in counting(9) if one > 2), None)
    for one in lines("ab"):
        if one == "bb":
            break
    print(squares, pairs, found, one)


main()
