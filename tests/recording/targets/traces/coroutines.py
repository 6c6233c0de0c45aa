"""Coroutines, asynchronous generators, loops and contexts."""
import asyncio


class Resource:
    async def __aenter__(self):
        await asyncio.sleep(0)
        return "open"

    __aexit__ = lambda self, *error: asyncio.sleep(0)


async def ticks(limit):
    for number in range(limit):
        await asyncio.sleep(0)
        yield number


async def fetch(name, rounds):
    got = []
    for _ in range(rounds):
        await asyncio.sleep(0)
        got.append(name)
    return got


async def failing():
    await asyncio.sleep(0)
    raise ValueError("bad")


async def main():
    total = 0
    async for number in ticks(3):
        total += number
    async with Resource() as resource:
        state = resource
    value = await fetch("a", 2)
    both = await asyncio.gather(fetch("b", 1), fetch("c", 2))
    try:
        await failing()
    except ValueError as error:
        message = str(error)
    squares = [one * one async for one in ticks(3)]
    print(total, state, value, both, message, squares)
    return total


result = asyncio.run(main())
