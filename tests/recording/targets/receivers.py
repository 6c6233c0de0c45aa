"""Statements that only call something: what they may have changed is what the call is made of, not what it is given."""
import asyncio


class Slotted:
    __slots__ = ("x", "items")

    def __init__(self):
        self.x = 1
        self.items = []


class Shelf:
    def __init__(self):
        self.rows = {"first": []}
        self.books = []

    def put(self, *more, **others):
        self.books.extend(more)
        return self

    async def later(self, what):
        self.books.append(what)
        return what

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None


def calls(shelf, slotted, lists):
    print(len(shelf.books), slotted.x)  # @given
    shelf.put(slotted.x)  # @method
    shelf.put(slotted.x).put(2)  # @chain
    shelf.put(*shelf.books, **shelf.rows)  # @spread
    shelf.put(slotted.x, row=slotted.items)  # @keyword
    shelf.put(slotted.items.append(1), shelf.books.index(1))  # @nested
    lists[0].append(slotted.x)  # @element
    shelf.rows["first"].append(slotted.x)  # @deep
    shelf.put(slotted.x if shelf.rows else slotted.items)  # @choice
    found = shelf.put() or slotted.x  # @either
    with shelf.put(slotted.x):  # @entered
        inside = slotted.x
    return found, inside


async def awaits(shelf, slotted):
    await shelf.later(slotted.x)  # @awaited
    got = await shelf.later(slotted.x)  # @got
    await asyncio.sleep(slotted.x - 1)
    return got


calls(Shelf(), Slotted(), [[]])
asyncio.run(awaits(Shelf(), Slotted()))
