"""Calls of more than some microseconds, again and again for longer than anything is waited for; then something new."""
import sys
import threading
import time

began = time.perf_counter()
kept = []
way = sys.argv[1]


def leaf(number):
    total = 0
    for step in range(40):
        total += step * number
    return total


def work(number, rounds=2000):
    total = 0
    for _ in range(rounds):
        total += leaf(number)
    if number < 0:
        raise ValueError(number)
    return total


def rare(number):
    seen = number + 1  # @rarely
    return seen


def choosing(number, chosen=False):
    total = work(number)
    if chosen:
        total = rare(number)  # @chosen
    return total


def news(number):
    told = number + 1  # @told
    return told


def for_seconds(seconds, function):
    until = time.perf_counter() + seconds
    number = 0
    while time.perf_counter() < until:
        number += 1
        function(number)
    return number


def surviving(number):
    failing = time.perf_counter() > late
    try:
        return work(-1 if failing else number, 100000 if failing else 2000)
    except ValueError as error:
        kept.append(error)


def mine(frame, event, argument):
    return None


def tracing(number, begin=False):
    (sys.settrace if begin else id)(mine)
    return work(number)


def drawing():
    state = 0  # @first
    while True:
        got = yield state  # @got
        state = got * 10  # @state


def harmless():
    while True:
        yield 0


def sending(number):
    work(number)
    return (generator if time.perf_counter() > late else other).send(number)


if way == "plain":
    for_seconds(1.5, work)
elif way == "choosing":
    for_seconds(1.5, choosing)
    choosing(5, True)
elif way == "kept":
    late = time.perf_counter() + 1.4
    for_seconds(1.5, surviving)
    print(len(kept))
    print(time.perf_counter() - began)
    for_seconds(0.8, news)
elif way == "tracing":
    for_seconds(1.6, tracing)
    for _ in range(3):
        tracing(1, True)
    print(sys.gettrace() is mine)
elif way == "threads":
    others = [threading.Thread(target=for_seconds, args=(1.8, work)) for _ in range(2)]
    for other in others:
        other.start()
    for other in others:
        other.join()
elif way == "drawing":
    late = time.perf_counter() + 1.3
    generator, other = drawing(), harmless()
    next(generator), next(other)
    for_seconds(1.7, sending)
    for number in range(100000, 100004):
        assert generator.send(number) == number * 10
print(news(41))
