"""Loops of every kind that turn as often as is asked for."""

import sys


class Held:
    def __enter__(self):
        return self

    def __exit__(self, *failure):
        return False


def called(number):
    doubled = number * 2
    return doubled


def raising(number):
    raise ValueError(number)


def generating(limit):
    for number in range(limit):
        yield number


def plain(limit):
    total = 0
    for number in range(limit):
        total += number
    return total


def calling(limit):
    total = 0
    for number in range(limit):
        total += called(number)
    return total


def catching(limit):
    caught = 0
    for number in range(limit):
        try:
            raising(number)
        except ValueError:
            caught += 1
    return caught


def holding(limit):
    entered = 0
    for _ in range(limit):
        with Held():
            entered += 1
    return entered


def drawing(limit):
    return sum(number for number in generating(limit))


def starting(limit):
    total = 0
    for _ in range(limit):
        total += next(generating(1))
    return total


def awaiting(limit):
    async def nothing():
        return 1

    async def all_of_them():
        total = 0
        for _ in range(limit):
            total += await nothing()
        return total

    try:
        all_of_them().send(None)
    except StopIteration as done:
        return done.value


def peak():
    with open("/proc/self/status") as status:
        return next(int(row.split()[1]) for row in status if row.startswith("VmHWM"))


turns = int(sys.argv[1])
for kind in (plain, calling, drawing):
    kind(turns)
for dear in (catching, holding, starting, awaiting):
    dear(max(100, turns // 5))
print(peak())
