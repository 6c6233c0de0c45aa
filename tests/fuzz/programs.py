"""Programs that hypothesis makes up: functions, generators, coroutines and classes, and how programs begin and end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fuzz.source import Program, Source
from fuzz.statements import Statement, statements
from hypothesis import strategies as st

START = """import asyncio
import atexit
import contextlib
import functools
import sys
import threading

import sibling

total = 0
"""


def function(source: Source) -> None:
    """A function, plain or decorated; one that calls nothing may be called in loops."""
    name = source.fresh("f")
    for _ in range(source.number(0, 1)):
        source.emit(source.pick(["@sibling.named('x')", "@sibling.named(", "@functools.lru_cache(maxsize=None)"]))
        if source.lines[-1].endswith("("):
            source.emit("    'long name'")
            source.emit(")")
    source.emit(source.pick([f"def {name}(n):", f"def {name}(n, *rest, k=1, **named):", f"def {name}(n, /, k=2):"]))
    source.indent += 1
    with source.body_of("function", ["n"]):
        statements(source, 3)
        if source.number(0, 1):
            with source.block("try:"):
                source.emit(f"return {source.value()}")
            with source.block("finally:"):
                statements(source, 1)
        else:
            source.emit(f"return {source.value()}")
        leaf = not source.calls
    source.indent -= 1
    source.functions.append(name)
    if leaf:
        source.leaves.append(name)


def closure(source: Source) -> None:
    """A function in a function, with `nonlocal`, and one with `global`."""
    name, inner = source.fresh("f"), source.fresh("g")
    with source.block(f"def {name}(n):"), source.body_of("function", ["n"]):
        source.emit("count = 1")
        with source.block(f"def {inner}(k=n):"), source.body_of("function", ["k", "n"]):
            source.emit("nonlocal count")
            source.emit("global total")
            source.bind("count += k % 5", "count")
            source.bind("total = total + 1", "total")
            statements(source, 2)
            source.emit("return count")
        source.emit(f"return {inner}() + {inner}({source.value()})")
    source.functions.append(name)


def recursion(source: Source) -> None:
    name = source.fresh("r")
    with source.block(f"def {name}(n):"), source.body_of("function", ["n"]):
        with source.block("if n < 1 or n > 9:"):
            source.emit("return 1")
        statements(source, 1)
        source.emit(f"return n + {name}(n - 1)")
    source.functions.append(name)


def generator(source: Source) -> None:
    """A generator: `yield` as a statement and as a value, `yield from`, closed and thrown into."""
    name = source.fresh("y")
    with source.block(f"def {name}(n):"), source.body_of("generator", ["n"]):
        statements(source, 1)
        kind = source.number(0, 3)
        if kind == 0:
            with source.block("for one in range(n % 4):"):
                source.emit("got = yield one")
                source.emit("print('got', got)")
        elif kind == 1:
            with source.block("try:"):
                source.emit("yield n")
                source.emit(f"yield {source.value()}")
            with source.block("finally:"):
                source.emit(f"print('end of {name}')")
        elif kind == 2 and source.generators:
            source.emit(f"kept = yield from {source.pick(source.generators)}(n)")
            source.emit("print(kept)")
        else:
            with source.block("with sibling.Log('in a generator'):"):
                source.emit("yield 1")
            source.emit("for one in range(3): yield one * 2")
        source.emit(f"return {source.value()}")
    source.generators.append(name)
    a = source.fresh("a")
    source.emit(f"{a} = {name}({source.number(0, 4)})")
    for _ in range(source.number(1, 3)):
        source.emit(source.pick([f"print(next({a}, 'over'))", f"{a}.close()", f"print(list({a}))"]))
    with source.block("try:"):
        source.emit(source.pick([f"print({a}.send(None))", f"{a}.throw(KeyError('thrown'))", f"print(next({a}))"]))
    with source.block("except (StopIteration, KeyError) as error:"):
        source.emit("print(type(error).__name__)")


def coroutine(source: Source) -> None:
    """Coroutines with everything asynchronous in them."""
    ticks, name = source.fresh("t"), source.fresh("c")
    with source.block(f"async def {ticks}(n):"), source.block("for one in range(n):"):
        source.emit("await asyncio.sleep(0)")
        source.emit("yield one")
    with source.block(f"async def {name}(n):"), source.body_of("coroutine", ["n"]):
        statements(source, 1)
        if source.number(0, 1):
            with source.block(f"async for one in {ticks}(n % 4):"):
                source.bind("two = one * 2", "two")
        if source.number(0, 1):
            with source.block("async with sibling.Log('async') as w:"):
                source.emit("await asyncio.sleep(0)")
                statements(source, 1)
        source.emit(f"many = [one async for one in {ticks}(2)]")
        source.emit("print(many)")
        source.emit(f"return {source.value()}")
    if source.number(0, 1):
        source.emit(f"print(asyncio.run({name}({source.number(0, 4)})))")
    else:
        with source.block(f"async def both{name}():"):
            source.emit(f"return await asyncio.gather({name}(1), {name}(2))")
        source.emit(f"print(asyncio.run(both{name}()))")


def class_(source: Source) -> None:
    """A class with a body that runs, and methods."""
    name, a = source.fresh("C"), source.fresh("a")
    base = source.pick(["", "(sibling.Slotted)", "(sibling.Point)"])
    arguments = "1" if base else ""
    with source.block(f"class {name}{base}:"):
        source.emit("__slots__ = ()" if "Slotted" in base else "'A class.'")
        source.emit(f"size = {source.number(1, 5)}")
        source.emit("sizes = [one * 2 for one in range(3)]")
        source.emit(source.pick(["@property", "@staticmethod", "@classmethod", "@functools.wraps(len)"]))
        decorator = source.lines[-1].strip()
        header = f"def method({'n=3' if decorator == '@staticmethod' else 'self, n=3'}):"
        with source.block(header), source.body_of("function", ["n"]):
            statements(source, 2)
            source.emit(f"return {source.value()}")
    source.emit(f"{a} = {name}({arguments})")
    source.emit(f"print({a}.method{'' if decorator == '@property' else '()'}, {name}.sizes)")


def hot(source: Source) -> None:
    """A function that is called until it is no longer looked at, and a late caller."""
    name, late = source.fresh("h"), source.fresh("late")
    with source.block(f"def {name}(n):"), source.body_of("function", ["n"]):
        source.bind_quietly(f"a = n + {source.number(1, 5)}")
        if source.number(0, 1):
            with source.block("if a % 1000 == 7:"):
                source.emit("print('seldom', a)")
        source.emit("return a")
    calls = source.pick([600, 1500, 5000])
    loop = source.pick(
        [f"print(sum({name}(one) for one in range({calls})))", f"for one in range({calls}): last = {name}(one)"]
    )
    source.emit(loop)
    with source.block(f"def {late}(n):"), source.body_of("function", ["n"]):
        source.bind(f"b = {name}(n)", "b")
        source.emit("return b + 1")
    source.functions.append(late)


def thread(source: Source) -> None:
    """A thread that is waited for at once."""
    name = source.fresh("w")
    with source.block(f"def {name}(n):"), source.body_of("function", ["n"]):
        statements(source, 2)
    a = source.fresh("thread")
    source.emit(f"{a} = threading.Thread(target={name}, args=({source.number(0, 5)},))")
    source.emit(f"{a}.start(); {a}.join()")


def limit(source: Source) -> None:
    """Recursion to the limit."""
    name = source.fresh("deep")
    with source.block(f"def {name}(n):"):
        source.emit(source.pick([f"return {name}(n + 1)", f"return [{name}(n + 1) for _ in (1,)]"]))
    with source.block("try:"):
        source.emit(f"{name}(0)")
    with source.block("except RecursionError:"):
        source.emit("print('too deep')")


def exit_function(source: Source) -> None:
    name = source.fresh("bye")
    source.emit("@atexit.register")
    with source.block(f"def {name}():"), source.body_of("function", []):
        statements(source, 1)


def own_trace(source: Source) -> None:
    """A program that traces itself for a while."""
    source.meddles = True
    name = source.fresh("tracer")
    with source.block(f"def {name}(frame, event, arg):"):
        source.emit("seen.append(event)")
        source.emit(f"return {name}")
    source.emit("seen = []")
    source.emit(f"sys.settrace({name})")
    source.emit("sibling.scaled(3)")
    source.emit("sys.settrace(None)")
    source.emit("print(seen)")


def end(source: Source) -> None:
    """How the program ends, where it does not just end."""
    kind = source.number(0, 7)
    if kind == 0:
        source.emit(f"sys.exit({source.pick(['0', '3', 'None', 'True', repr('the end')])})")
    elif kind == 1:
        with source.block("try:"):
            source.emit("sys.exit(2)")
        with source.block("finally:"):
            statements(source, 1)
    elif kind == 2:
        with source.block("with sibling.Log('last'):"):
            source.emit("raise ValueError('at the end')")
    elif kind == 3:
        with source.block("try:"):
            source.emit("sys.exit(4)")
        with source.block("except SystemExit as error:"):
            source.emit("print('stayed', error.code)")


DEFINITIONS: list[Statement] = [
    function, function, function, closure, recursion, generator, generator, coroutine, class_, class_, hot, thread,
    limit, exit_function,
]  # fmt: skip


@st.composite
def programs(draw: Callable[[Any], Any], version: tuple[int, int]) -> Program:
    """Programs for a version of Python."""
    source = Source(draw, version)
    for line in START.splitlines():
        source.emit(line)
    for _ in range(source.number(2, 5)):
        source.pick(DEFINITIONS)(source)
        statements(source, 2)
    # Up to 3.9 a frame shows the line where it was last traced, whoever traced it, once the target gives tracing up.
    if source.number(0, 19) == 0 and version >= (3, 10):
        own_trace(source)
    if source.functions:
        source.emit(f"print({source.pick(source.functions)}({source.number(0, 5)}))")
    statements(source, 3)
    end(source)
    return Program("\n".join(source.lines) + "\n", source.meddles)
