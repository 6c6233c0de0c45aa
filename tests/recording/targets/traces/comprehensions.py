"""Comprehensions of all sorts, in functions, classes and the module."""

table = [[1, 2], [3, 4]]
flat = [cell for row in table for cell in row]
squares = {one: one * one for one in flat}
kept = {one for one in flat if one % 2}
lazy = (one + 1 for one in flat)
total = sum(lazy)


class Shapes:
    base = 3
    sizes = [size for size in range(3)]
    names = {str(size): size for size in range(2)}
    area = sum(size * size for size in range(4))


def inside(rows):
    doubled = [2 * one for one in rows]
    nested = [[a * b for a in rows] for b in rows]
    last = 0
    running = [last := last + one for one in rows]
    one = "mine"
    again = [one for one in rows]
    wide = [
        one + offset
        for one in rows
        if one > 1
        for offset in (10, 20)
    ]
    pairs = {
        key: [value for value in range(key)]
        for key in rows
    }
    return doubled, nested, running, one, again, wide, pairs


def calling(rows):
    return [inner(one) for one in rows]


def inner(one):
    made = one + 1
    return made


def walking(rows):
    for one in [two * 2 for two in rows]:
        found = one
    while [two for two in rows if two > 5]:
        rows = rows[:-1]
    if any(two > 3 for two in rows):
        found = "big"
    return [two for two in rows] or found


def closing(rows):
    makers = [lambda: one for one in rows]
    return [make() for make in makers]


def failing(rows):
    try:
        return [10 // one for one in rows]
    except ZeroDivisionError:
        return None


print(flat, squares, sorted(kept), total, Shapes.sizes, Shapes.names, Shapes.area)
print(inside([1, 2, 3]))
print(calling([1, 2]))
print(walking([4, 5, 6]))
print(closing([1, 2]))
print(failing([1, 0]))
