"""Decorated functions, methods and classes; closures."""
import functools


def plain(function):
    return function


def named(name, times=1):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            out = None
            for _ in range(times):
                out = function(*args, **kwargs)
            return name, out

        return wrapper

    return decorate


def whole(cls):
    cls.mark = 1
    return cls


@plain
def simple(x):
    return x


@plain
@named(
    "doubled",
    times=2,
)
def deep(x):
    return x + 1


@whole
class Marked:
    @plain
    def method(self):
        return self.mark

    @named("m")
    @plain
    def other(self): return 2

    @functools.lru_cache(maxsize=None)
    def cached(self, n):
        return n if n < 2 else self.cached(n - 1) + self.cached(n - 2)


def counter():
    count = 0

    def more(by=1):
        nonlocal count
        count += by
        return count

    return more


total = 0


def keep(value):
    global total
    total += value
    return total


make = lambda a, b=2: (
    a + b
)
step = counter()
marked = Marked()
print(simple(1), deep(1), marked.method(), marked.other(), marked.cached(4), step(), step(5), keep(3), keep(4), make(1))
