def count(limit):
    n = 0  # @start
    while n < limit:
        n += 1
        yield n  # @yield


def delegating():
    got = yield from count(2)  # @delegate
    return got


def receiving():
    total = 0
    while True:
        value = yield total  # @receive
        if value is None:
            return "done"
        total += value


def closed():
    try:
        yield 1  # @held
    finally:
        note = "closed"  # @closed
        print(note)


def abandoned():
    yield 1
    print("never")


print(list(count(3)), list(delegating()))
adder = receiving()
next(adder)
adder.send(2)
print(adder.send(3))
try:
    adder.send(None)
except StopIteration as stop:
    print(stop.value)
held = closed()
next(held)
held.close()
left = abandoned()
next(left)
del left
many = count(2000)
for one in many:
    pass
squares = [item * item for item in range(4)]  # @squares
print(squares, sum(item for item in count(3)))
