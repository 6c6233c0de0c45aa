"""Loops with nothing behind them to jump to, over all that a loop may draw from."""

import asyncio
import itertools
import sys
import tiny_optim

optimizer = tiny_optim.Optimizer()
seen = []


def note(item):
    optimizer.step()
    seen.append(item)


def over_range():
    for item in range(500):
        note(item)


def over_range_with_else():
    for item in range(500):
        note(item)
    else:
        seen.append("else")


def over_list():
    for item in list(range(500)):
        note(item)


def over_tuple():
    for item in tuple(range(500)):
        note(item)


def over_text():
    for item in "abcdefghij" * 50:
        note(item)


def over_wide_text():
    for item in "\u00e4bcdefghij" * 50:
        note(item)


def over_bytes():
    for item in bytes(500):
        note(item)


def over_reversed():
    for item in reversed(list(range(500))):
        note(item)


def over_enumerate():
    for index, item in enumerate(reversed(range(500))):
        note((index, item))


def over_zip():
    for one, two in zip(itertools.count(), range(500)):
        note((one, two))


def over_strict_zip():
    for one, two in zip(range(500), range(500), **({"strict": True} if sys.version_info >= (3, 10) else {})):
        note((one, two))


def over_map():
    for item in map(str, range(500)):
        note(item)


def over_filter():
    for item in filter(None, range(500)):
        note(item)


def over_islice():
    for item in itertools.islice(range(500), 10, None):
        note(item)


def over_chain():
    for item in itertools.chain(range(2), range(500), "ab"):
        note(item)


def batches(size):
    try:
        for start in range(0, 500, size):
            yield start
    finally:
        seen.append("closed")


def over_generator():
    for item in batches(10):
        note(item)


def over_generator_twice():
    for epoch in range(2):
        for item in enumerate(batches(10), 1):
            note(item)


def stubborn():
    try:
        for item in range(20):
            yield item
    finally:
        raise RuntimeError("the generator's own")


def over_generator_that_complains():
    try:
        for item in stubborn():
            note(item)
    except RuntimeError as error:
        seen.append(str(error))


class Own:
    def __init__(self):
        self.at = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.at += 1
        if self.at > 20:
            raise StopIteration
        return self.at


def over_own_iterator():
    for item in Own():
        note(item)


def over_dict():
    for item in dict.fromkeys(range(20)):
        note(item)


def over_cycle():
    for item in itertools.cycle("ab"):
        note(item)
        if len(seen) > 20:
            raise KeyError


def over_cycle_that_raises():
    try:
        over_cycle()
    except KeyError:
        seen.append("raised")


def growing():
    queue = [0]
    for item in queue:
        note(item)
        if len(queue) < 20:
            queue.append(item + 1)


def nested():
    for epoch in range(500):
        for batch in range(500):
            note((epoch, batch))


def nested_under_a_line():
    for epoch in range(500):
        seen.append("epoch")
        for batch in range(500):
            note(batch)


def in_with():
    with open("log.txt", "w") as log:
        seen.append(log)
        with tiny_optim.no_grad():
            for item in range(500):
                note(tiny_optim.Optimizer.grad)


def in_with_closes():
    in_with()
    seen[0] = (seen[0].closed, tiny_optim.Optimizer.grad)


class Counted:
    def __enter__(self):
        seen.append("enter")

    def __exit__(self, *exc):
        seen.append(("exit", exc))


def in_with_exits_once():
    with Counted():
        for item in range(500):
            note(item)


def in_try():
    try:
        for item in range(500):
            note(item)
    except ValueError:
        seen.append("except")
    else:
        seen.append("else")
    finally:
        seen.append("finally")


def in_finally():
    try:
        seen.append("try")
    finally:
        for item in range(500):
            note(item)


def in_except():
    try:
        raise KeyError("kept")
    except KeyError as error:
        for item in range(500):
            note(item)
            str(error)


def in_if():
    if seen == []:
        for item in range(500):
            note(item)


def first_statement_is_compound():
    for item in range(500):
        if item % 2:
            seen.append("odd")
        optimizer.step()


def first_statement_is_long():
    for item in range(500):
        note(
            item
        )


def first_statement_is_a_comprehension():
    for item in range(500):
        found = [
            one
            for one in range(3)
        ]
        note(len(found))


def first_statement_is_a_with():
    for item in range(500):
        with tiny_optim.no_grad():
            note(item)


def with_continue():
    for item in range(500):
        note(item)
        if item % 2:
            continue
        seen.append("even")


def with_cells():
    total = 0

    def add():
        nonlocal total
        total += 1

    for item in range(500):
        note(item)
        add()


def with_a_long_body():
    for item in range(500):
        note(item)
        seen.append(item + 0) if item < 0 else None
        seen.append(item + 1) if item < 0 else None
        seen.append(item + 2) if item < 0 else None
        seen.append(item + 3) if item < 0 else None
        seen.append(item + 4) if item < 0 else None
        seen.append(item + 5) if item < 0 else None
        seen.append(item + 6) if item < 0 else None
        seen.append(item + 7) if item < 0 else None
        seen.append(item + 8) if item < 0 else None
        seen.append(item + 9) if item < 0 else None
        seen.append(item + 10) if item < 0 else None
        seen.append(item + 11) if item < 0 else None
        seen.append(item + 12) if item < 0 else None
        seen.append(item + 13) if item < 0 else None
        seen.append(item + 14) if item < 0 else None
        seen.append(item + 15) if item < 0 else None
        seen.append(item + 16) if item < 0 else None
        seen.append(item + 17) if item < 0 else None
        seen.append(item + 18) if item < 0 else None
        seen.append(item + 19) if item < 0 else None
        seen.append(item + 20) if item < 0 else None
        seen.append(item + 21) if item < 0 else None
        seen.append(item + 22) if item < 0 else None
        seen.append(item + 23) if item < 0 else None
        seen.append(item + 24) if item < 0 else None
        seen.append(item + 25) if item < 0 else None
        seen.append(item + 26) if item < 0 else None
        seen.append(item + 27) if item < 0 else None
        seen.append(item + 28) if item < 0 else None
        seen.append(item + 29) if item < 0 else None


def over_count_with_break():
    for item in itertools.count():
        note(item)
        if item > 400:
            break


def generator():
    for item in range(500):
        note(item)
        yield item


def in_generator():
    seen.append(list(generator()))


async def coroutine():
    for item in range(500):
        await asyncio.sleep(0)
        note(item)


def in_coroutine():
    asyncio.run(coroutine())


def in_class_body():
    class Body:
        for item in range(500):
            note(item)


SHAPES = [
    over_range, over_range_with_else, over_list, over_tuple, over_text, over_wide_text, over_bytes, over_reversed,
    over_enumerate, over_zip, over_strict_zip, over_map, over_filter, over_islice, over_chain, over_generator,
    over_generator_twice, over_generator_that_complains, over_own_iterator, over_dict, over_cycle_that_raises, growing,
    nested, nested_under_a_line, in_with_closes, in_with_exits_once, in_try, in_finally, in_except, in_if,
    first_statement_is_compound, first_statement_is_long, first_statement_is_a_comprehension,
    first_statement_is_a_with, with_continue, with_cells, with_a_long_body,
    over_count_with_break, in_generator, in_coroutine, in_class_body,
]


def run(shape):
    shape()
    print(shape.__name__, list(seen))
    del seen[:]
    return shape.__name__


# No loop of the program over them: it would be a training loop itself.
list(map(run, SHAPES))
