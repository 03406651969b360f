"""Event loops, each held in a thread: chains of awaits, tasks, asynchronous iteration and managers, executors. Python 3.6
and later.
"""
import asyncio

import fixture

park = fixture.park


async def leaf():
    park()


async def chain(depth):
    if depth == 0:
        await leaf()
    else:
        await chain(depth - 1)


async def awaits():
    await chain(20)


async def awaits_after_sleep():
    await asyncio.sleep(0)
    await chain(3)


async def gathered():
    await asyncio.gather(asyncio.sleep(600), asyncio.sleep(0), chain(3))


async def task():
    await asyncio.ensure_future(chain(3))


async def shielded():
    await asyncio.wait_for(asyncio.shield(chain(1)), 600)


class Counting:
    def __init__(self):
        self.value = 0

    def __aiter__(self):
        return self

    async def __anext__(self):
        self.value += 1
        await asyncio.sleep(0)
        if self.value == 3:
            park()
        return self.value


async def iterator():
    async for _ in Counting():
        await asyncio.sleep(0)


async def counting():
    for value in range(10):
        await asyncio.sleep(0)
        yield value


async def generator():
    async for value in counting():
        if value == 5:
            await leaf()


async def comprehension():
    return [await chain(1) for _ in range(2)]


async def asynchronous_comprehension():
    return {value: await chain(1) async for value in counting()}


class Manager:
    def __init__(self, enter=False):
        self.enter = enter

    async def __aenter__(self):
        await asyncio.sleep(0)
        if self.enter:
            park()

    async def __aexit__(self, *_error):
        await asyncio.sleep(0)
        park()


async def entering():
    async with Manager(enter=True):
        pass


async def leaving():
    async with Manager():
        await asyncio.sleep(0)


async def leaving_by_exception():
    async with Manager():
        raise ValueError


async def sleeping():
    await asyncio.sleep(0)


class Awaitable:
    def __await__(self):
        yield from sleeping().__await__()
        park()


async def awaitable():
    await Awaitable()


async def cancelled():
    async def sleeper():
        try:
            await asyncio.sleep(600)
        finally:
            park()

    held = asyncio.ensure_future(sleeper())
    await sleeping()
    held.cancel()
    await held


async def called_back():
    asyncio.get_event_loop().call_soon(park)
    await asyncio.sleep(600)


def in_loop(function):
    def run():
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        loop.run_until_complete(function())

    return run


CASES = [
    awaits, awaits_after_sleep, gathered, task, shielded, iterator, generator, comprehension, asynchronous_comprehension,
    entering, leaving, leaving_by_exception, awaitable, cancelled, called_back,
]
fixture.sit_still_beside([(case.__name__, in_loop(case)) for case in CASES])
