"""Millions of calls of next to nothing; then something else."""
import sys
import time

way = sys.argv[1]


def tiny(number):
    return number + 1


def many(seconds):
    until = time.perf_counter() + seconds
    number = 0
    while time.perf_counter() < until:
        for _ in range(200):
            number = tiny(number)
    return number


def late(number):
    double = number * 2  # @double
    more = double + 1  # @more
    return more


def rebinding():
    value = [tiny(number) for number in range(6000000)] and "right"  # @value
    value = "wrong"
    time.sleep(0.5)
    return value


def failing():
    raise LookupError("at the end")  # @failing


until = time.perf_counter() + 1.6
number = 0
if way == "late":
    while time.perf_counter() < until:
        for _ in range(200):
            number = tiny(number)
    until = time.perf_counter() + 0.5
    while time.perf_counter() < until:
        number = late(number)
        time.sleep(0.01)
elif way == "behind":
    many(1.5)
    print(late(20))
elif way == "rebinding":
    rebinding()
elif way == "endless":
    try:
        while True:
            number = tiny(number)
    except KeyboardInterrupt:
        print("interrupted")
        if len(sys.argv) > 2:
            raise
else:
    while time.perf_counter() < until:
        for _ in range(200):
            number = tiny(number)
    if way == "exit":
        sys.exit(3)
    if way == "raise":
        failing()
