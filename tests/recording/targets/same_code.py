"""Several frames of one function at a time, of which one runs very often."""
import threading


def counting(turns):
    count = 0
    for _ in range(turns):
        count = count + 1  # @often
    return count


def echo():
    got = 0
    while True:
        got = yield got  # @given
        got = got + 1000  # @more


def both():
    first, second = echo(), echo()
    next(first)
    next(second)
    for number in range(3000):
        first.send(number)
    for number in range(5):
        second.send(number)
    second.close()


def drawn(turns):
    yield 0
    for number in range(turns):
        last = number  # @last
    yield last


def dropped():
    for _ in range(2):
        next(drawn(0))
    list(drawn(20000))


class Failed(Exception):
    pass


def halved(depth, bad):
    if depth == 0:
        if bad:
            raise Failed(depth)
        return 1
    total = 0
    try:
        total = halved(depth - 1, False)
        total = total + halved(depth - 1, bad)
    except Failed as failed:  # @handler
        if depth < 14:
            raise
        total = -1  # @failed
        after = 7  # @after
    given = total  # @given_back
    return given


def waiting(depth, wanted):
    noted = depth
    if wanted is not None:
        begun.set()
        deep.wait(20)
        noted = -1  # @noted
        said = noted  # @said
        return said
    if depth:
        return waiting(depth - 1, None) + waiting(depth - 1, None)
    leaves.append(noted)
    if len(leaves) == 3000:
        deep.set()
        over.wait(20)
    return noted


def recursing():
    begun.wait(20)
    waiting(12, None)


leaves = []
begun, deep, over = threading.Event(), threading.Event(), threading.Event()
counting(100000)
both()
dropped()
halved(12, False)
print(halved(14, True))
other = threading.Thread(target=recursing)
other.start()
print(waiting(1, "lines"))
over.set()
other.join()
