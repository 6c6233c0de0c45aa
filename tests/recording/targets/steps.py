"""What a stepper meets: loops, recursion, generators of two callers, exceptions, threads, classes, decorators."""

import functools
import itertools
import threading

IDS = itertools.count()
total = 0


def logged(function):
    me = next(IDS)

    @functools.wraps(function)
    def around(*given):
        me = next(IDS)
        return function(*given)

    return around


def fact(n):
    me = next(IDS)
    if n < 2:
        return 1
    below = fact(n - 1)
    return n * below


def items(count):
    me = next(IDS)
    for number in range(count):
        if number == 6:
            late = "late"
        yield number
    done = True


def first_two(source):
    me = next(IDS)
    one = next(source)
    two = next(source)
    return one + two


@logged
def fails(number):
    me = next(IDS)
    if number % 2:
        raise ValueError("odd: %d" % number)
    return number


def careful(number):
    global total
    me = next(IDS)
    try:
        found = fails(number)
    except ValueError as error:
        text = str(error)
        found = len(text)
    total = total + found
    return found


class Box:
    size = 3

    def __init__(self, content):
        me = next(IDS)
        self.content = content

    @property
    def half(self):
        me = next(IDS)
        return self.content // 2

    def squares(self):
        me = next(IDS)
        odd = [row * row for row in range(self.content) if row % 2]
        even = {row: self.half for row in range(2)}
        return odd, even


def leaf(x):
    me = next(IDS)
    y = x + 1
    return y


def loop(rounds):
    me = next(IDS)
    kept = []
    for index in range(rounds):
        value = leaf(index)
        if index == 5:
            rare = fact(3)
        kept.append(value)
    del value
    return kept


def work(results):
    me = next(IDS)
    for number in items(2):
        results.append(number)


def main():
    me = next(IDS)
    print("fact", fact(4))
    source = items(9)
    begun = first_two(source)
    rest = list(source)
    for number in range(5):
        careful(number + 1)
    box = Box(6)
    pair = box.squares()
    again = loop(8)
    more = loop(2)
    results = []
    thread = threading.Thread(target=work, args=(results,))
    thread.start()
    thread.join()
    print(begun, rest, pair, again, more, results)
    total = 5
    del total


me = next(IDS)
main()
last = total
