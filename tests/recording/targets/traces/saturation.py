"""A function called so often that it is no longer looked at, and one that calls it for the first time after that."""


def hot(x):
    y = x + 1
    return y * 2


def generating(limit):
    for number in range(limit):
        yield hot(number)


def busy(limit):
    total = 0
    for number in range(limit):
        total += hot(number)
    return total


def late():
    first = hot(7)
    second = hot(8)
    return first + second


def raising(n):
    if n > 2900:
        raise ValueError(n)
    return n


print(busy(3000))
print(late())
print(sum(generating(1500)))
for number in range(3000):
    try:
        raising(number)
    except ValueError:
        failed = number
print(failed)
