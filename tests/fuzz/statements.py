"""What the generated programs are made of: one function for each kind of statement."""

from __future__ import annotations

from collections.abc import Callable

from fuzz.source import Source

Statement = Callable[[Source], None]


def assign(source: Source) -> None:
    name = source.pick(["plain", "again", "typed", "pair", "chained", "text", "walrus"])
    a, b = source.fresh("a"), source.fresh("b")
    if name == "again" and source.scope.numbers:
        known = source.pick(source.scope.numbers)
        source.bind(f"{known} += {source.number(1, 3)}", known)
    elif name == "pair":
        source.bind(f"{a}, {b} = {source.value()}, {source.value()}", a, b)
    elif name == "chained":
        source.bind(f"{a} = {b} = {source.value()}", a, b)
    elif name == "typed":
        source.bind(f"{a}: int = {source.value()}", a)
    elif name == "walrus":
        source.bind(f"print(({a} := {source.value()}) > 3)", a)
    elif name == "text":
        line = source.emit(f"{a} = 'x' * ({source.value()} % 5)")
        source.emit(f'print("{line}:{a}", repr({a}))')
    else:
        source.bind(f"{a} = {source.value()}", a)


def long_statement(source: Source) -> None:
    """Statements over several lines."""
    a, b = source.fresh("a"), source.fresh("b")
    kind = source.number(0, 4)
    first = len(source.lines) + 1
    if kind == 0:
        for text in (f"{a} = max(", f"    {source.value()},", f"    {source.value()},", ")"):
            source.emit(text)
        source.show(first, a)
    elif kind == 1:
        for text in (
            f"{a}, {b} = (",
            f"    {source.value()}",
            f"    + {source.value()},",
            f"    {source.value()},",
            ")",
        ):
            source.emit(text)
        source.show(first, a, b)
    elif kind == 2:
        source.emit(f"{a} = {source.value()} + \\")
        source.emit(f"    {source.value()}")
        source.show(first, a)
    elif kind == 3:
        for text in (
            f"{a} = sum([",
            f"    one + {source.value()}",
            f"    for one in range({source.number(0, 3)})",
            "])",
        ):
            source.emit(text)
        source.show(first, a)
    else:
        with source.block(f"if ({source.value()} > 2") as _:
            source.emit(f"    or {source.value()} < 3):")
            statements(source, 1)


def one_line(source: Source) -> None:
    """Several statements, or a whole loop, on one line."""
    a, b = source.fresh("a"), source.fresh("b")
    kind = source.number(0, 3)
    if kind == 0:
        source.bind(f"{a} = {source.value()}; {b} = {a} + 1", a, b)
    elif kind == 1:
        source.emit(f"for {a} in range({source.number(0, 3)}): {b} = {a} * 2; print({b})")
    elif kind == 2:
        source.bind(f"{a} = {source.number(0, 3)}", a)
        source.emit(f"while {a} > 0: {a} -= 1")
        source.emit(f"print({a})")
    else:
        source.emit(f"if {source.condition()}: print('yes')")


def branch(source: Source) -> None:
    with source.block(f"if {source.condition()}:"):
        statements(source, 2)
    if source.number(0, 1):
        with source.block(f"elif {source.condition()}:"):
            statements(source, 1)
    if source.number(0, 1):
        with source.block("else:"):
            statements(source, 1)


def loop(source: Source) -> None:
    """`for` and `while`, with `break`, `continue` and `else`."""
    if source.scope.loops >= 2:
        assign(source)
        return
    a = source.fresh("i")
    count = source.number(0, 5)
    source.scope.loops += 1
    over = [f"range({count})", f"enumerate('abc'[:{count}])", f"[one for one in range({count})]", f"iter(({count}, 2))"]
    if source.generators:
        over.append(f"{source.pick(source.generators)}({count})")
    kind = source.number(0, len(over) + 1)
    if kind < len(over):
        target = f"_, {a}" if "enumerate" in over[kind] else a
        header = f"for {target} in {over[kind]}:"
    elif kind == len(over):
        source.bind(f"{a} = {count}", a)
        header = f"while {a} > 0:"
    else:
        source.bind(f"{a} = {count}", a)
        header = "while True:"
    with source.block(header) as line:
        if kind < len(over):
            if "enumerate" not in over[kind]:
                source.show(line, a)
        else:
            source.bind(f"{a} -= 1", a)
            if kind > len(over):
                with source.block(f"if {a} < 0:"):
                    source.emit("break")
        statements(source, 2)
        if source.number(0, 2) == 0:
            with source.block(f"if {source.condition()}:"):
                source.emit(source.pick(["break", "continue"]))
            statements(source, 1)
    if source.number(0, 2) == 0 and kind <= len(over):
        with source.block("else:"):
            source.emit("print('no break')")
    source.scope.loops -= 1


def attempt(source: Source) -> None:
    """`try` with all its blocks, and exceptions raised, chained and raised again."""
    error = source.pick(["ValueError", "KeyError", "ZeroDivisionError", "StopIteration"])
    caught = source.pick([error, "Exception", "(KeyError, ValueError)", "LookupError"])
    e = source.fresh("e")
    with source.block("try:"):
        with source.block("try:"):
            statements(source, 1)
            kind = source.number(0, 4)
            if kind == 0:
                source.emit(f"raise {error}({source.value()})")
            elif kind == 1:
                source.emit(f"print(1 // ({source.value()} % 2))")
            elif kind == 2 and source.functions and not source.scope.loops:
                source.emit(f"print({source.pick(source.functions)}(3))")
        if source.number(0, 3):
            with source.block(f"except {caught} as {e}:"):
                source.emit(f"print('caught', type({e}).__name__)")
                statements(source, 1)
                if source.number(0, 2) == 0:
                    source.emit(
                        source.pick(["raise", f"raise TypeError('other') from {e}", f"raise TypeError({e}.args)"])
                    )
            if source.number(0, 1):
                with source.block("else:"):
                    statements(source, 1)
        with source.block("finally:"):
            statements(source, 1)
    with source.block(f"except Exception as {e}:"):
        source.emit(f"print('outer', type({e}).__name__, type({e}.__cause__).__name__)")


def context(source: Source) -> None:
    """`with`, left by every way out."""
    name, a = source.fresh("w"), source.fresh("a")
    kind = source.number(0, 4)
    if kind == 4:
        header = f"with sibling.Log('{name}') as {a}, sibling.Log('{name}b'):"
    else:
        header = f"with sibling.Log('{name}', {kind == 0}) as {a}:"
    with source.block(header) as line:
        source.show(line, a)
        statements(source, 2)
        if kind == 0:
            source.emit(f"raise KeyError('{name}')")
        elif source.scope.loops and kind == 1:
            with source.block(f"if {source.condition()}:"):
                source.emit(source.pick(["break", "continue"]))
        elif source.scope.inside == "function" and kind == 2:
            with source.block(f"if {source.condition()}:"):
                source.emit(f"return {source.value()}")


def comprehension(source: Source) -> None:
    a = source.fresh("a")
    count = source.number(0, 4)
    value = source.value()
    text = source.pick(
        [
            f"sum([one * 2 for one in range({count})])",
            f"len({{one % 3 for one in range({count})}})",
            f"sum({{one: one + {value} for one in range({count}) if one}}.values())",
            f"sum(one * other for one in range({count}) for other in range(2))",
            f"sum([sum([x + y for x in range(y)]) for y in range({count})])",
            f"max([last for one in range({count}) if (last := one + 1)] + [0])",
            f"sum(map(lambda one: one + {value}, range({count})))",
            f"sorted(range({count + 1}), key=lambda one: -one)[0]",
        ]
    )
    if ":= " in text and source.scope.inside == "class":
        text = "1"
    source.bind(f"{a} = {text}", a)


def call(source: Source) -> None:
    """Calls of what was defined above; in a loop, only of what calls nothing itself."""
    known = source.leaves if source.scope.loops else source.functions
    a = source.fresh("a")
    if not known or source.calls > 3:
        source.bind(f"{a} = sibling.scaled({source.value()}{source.pick(['', ', by=3', ', 4'])})", a)
        return
    source.calls += 1
    source.bind(f"{a} = {source.pick(known)}({source.value()})", a)


def stars(source: Source) -> None:
    a, b = source.fresh("a"), source.fresh("b")
    kind = source.number(0, 2)
    if kind == 0:
        source.emit(f"{a}, *{b} = range({source.number(1, 4)})")
        source.emit(f"print({a}, {b})")
    elif kind == 1:
        source.bind(f"{a} = max(*[{source.value()}, 1], *(2,))", a)
    else:
        source.emit(f"{a} = {{**{{'k': {source.value()}}}, 'l': 1}}")
        source.emit(f"print(sorted({a}.items()))")


def deletion(source: Source) -> None:
    a = source.fresh("d")
    source.emit(f"{a} = [1, 2, 3]")
    source.emit(f"del {a}[{source.number(0, 2)}]")
    source.emit(f"print({a})")
    source.emit(f"del {a}")


def text_run(source: Source) -> None:
    """exec, eval and compile."""
    a = source.fresh("x")
    source.emit(f"{a} = {{'n': {source.value()}}}")
    source.emit(f"exec(compile('m = n + 1\\ndef made(k):\\n    return k * m\\nr = made(2)\\n', '<made>', 'exec'), {a})")
    source.bind(f"{a} = eval('r + m', {a})", a)


def objects(source: Source) -> None:
    """Attributes, properties, slots, data classes and metaclasses."""
    o, a = source.fresh("o"), source.fresh("a")
    if source.number(0, 1):
        source.emit(f"{o} = sibling.Point({source.value()}, y={source.number(1, 3)})")
        source.emit(f"{o}.x += 1; {o}.z = {source.value()}")
        source.bind(f"{a} = {o}.area + {o}.x", a)
    else:
        source.emit(f"{o} = sibling.Slotted({source.value()})")
        source.emit(f"{o}.y = {source.value()}")
        source.bind(f"{a} = {o}.y", a)
        source.emit(f"print({o}.tag)")


def matched(source: Source) -> None:
    """`match`, where there is one."""
    if source.version < (3, 10):
        branch(source)
        return
    a = source.fresh("m")
    with source.block(f"match ({source.value()}, {source.value()}):"):
        with source.block(f"case (0, {a}) | ({a}, 0):"):
            source.emit(f"print({a})")
        with source.block(f"case ({a}, _) if {a} > 3:"):
            statements(source, 1)
        with source.block("case _:"):
            source.emit("print('other')")


def new_syntax(source: Source) -> None:
    """What 3.11 and 3.12 brought."""
    a = source.fresh("n")
    if source.version >= (3, 12) and source.number(0, 1):
        with source.block(f"def {a}[T](value: T) -> T:"):
            source.emit("return value")
        source.emit(f"type {a}_alias = int")
        source.emit(f'print({a}({source.value()}), {a}_alias.__name__, f"{{\'a\' + "b"}}")')
    elif source.version >= (3, 11):
        with source.block("try:"):
            source.emit(f"raise ExceptionGroup('g', [ValueError({source.value()}), KeyError(2)])")
        with source.block("except* ValueError:"):
            source.emit("print('values')")
        with source.block("except* KeyError:"):
            source.emit("print('keys')")
    else:
        assign(source)


BLOCKS: list[Statement] = [branch, loop, attempt, context, matched]
SIMPLE: list[Statement] = [
    assign, assign, assign, call, call, long_statement, one_line, comprehension, stars, deletion, text_run, objects,
    new_syntax,
]  # fmt: skip


def statements(source: Source, most: int) -> None:
    """One to `most` statements; deep inside only simple ones."""
    for _ in range(source.number(1, most)):
        deep = source.indent > 4 or len(source.lines) > 220
        choices = SIMPLE if deep else [*SIMPLE, *BLOCKS, *BLOCKS]
        if deep and len(source.lines) > 260:
            choices = [assign]
        source.pick(choices)(source)
