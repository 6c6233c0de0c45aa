import asyncio


class Session:
    async def __aenter__(self):
        self.open = True  # @enter
        return self

    async def __aexit__(self, *exc):
        self.open = False


async def load(number):
    await asyncio.sleep(0)  # @wait
    return number * 10  # @loaded


async def stream(limit):
    for number in range(limit):
        await asyncio.sleep(0)
        yield number  # @item


async def main():
    both = await asyncio.gather(load(1), load(2))  # @gather
    async with Session() as session:
        opened = session  # @opened
    items = [item async for item in stream(3)]  # @items
    async for item in stream(2):
        last = item  # @last
    return both, opened.open, items, last


print(asyncio.run(main()))
