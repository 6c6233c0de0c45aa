"""Functions that call themselves and each other."""


def factorial(n):
    if n < 2:
        return 1
    below = factorial(n - 1)
    return n * below


def even(n): return n == 0 or odd(n - 1)


def odd(n): return n != 0 and even(n - 1)


def walk(tree, depth=0):
    yield depth, tree[0]
    for child in tree[1:]:
        yield from walk(child, depth + 1)


def permute(items, done=()):
    if not items:
        return [done]
    found = []
    for index, item in enumerate(items):
        rest = items[:index] + items[index + 1 :]
        found.extend(permute(rest, done + (item,)))
    return found


print(factorial(5), even(6), list(walk(["a", ["b", ["c"]], ["d"]])), len(permute("abc")))
