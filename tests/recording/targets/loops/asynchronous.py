import asyncio
import tiny_optim

optimizer = tiny_optim.Optimizer()
seen = []


class Counted:
    async def __aenter__(self):
        seen.append("enter")

    async def __aexit__(self, *exc):
        seen.append(("exit", exc))


async def items(count):
    try:
        for item in range(count):
            await asyncio.sleep(0)
            yield item
    finally:
        closed.append(count)


closed = []


async def followed():
    async for item in items(500):
        optimizer.step()
        seen.append(item)
    seen.append("behind")


async def last_statement():
    async for item in items(40):
        optimizer.step()
        seen.append(item)


async def in_async_with():
    async with Counted():
        for item in range(500):
            optimizer.step()
            seen.append(item)


async def around_async_with():
    for item in range(500):
        async with Counted():
            optimizer.step()
    seen.append(item)


async def for_in_async_with_followed():
    async with Counted():
        async for item in items(500):
            optimizer.step()
            seen.append(item)
        seen.append("inside")
    seen.append("behind")


def run(shape):
    asyncio.run(shape())
    print(shape.__name__, [list(seen), list(closed)])
    del seen[:], closed[:]


run(followed)
run(last_statement)
run(in_async_with)
run(around_async_with)
run(for_in_async_with_followed)
