"""Statements of several lines, and several statements on one line."""


def add(first, second=0, *rest, **named):
    return first + second + sum(rest) + sum(named.values())


def calls():
    value = add(
        1,
        2,
        third=add(
            3,
            4,
        ),
    )
    other = (
        add(value, 1)
        + add(value, 2)
        * 2
    )
    text = "a" \
        "b"
    table = {
        "one": 1,
        "two": add(1, 1),
        "three": [
            add(1, 2),
            4,
        ],
    }
    add(
        value,
        other,
    )
    return (
        value,
        other,
        table,
        text,
    )


def conditions(a, b):
    if (
        a > 0
        and b > 0
    ):
        kind = "both"
    elif (a > 0
          or b > 0):
        kind = "one"
    else:
        kind = "none"
    while (
        a < 3
        and kind
    ):
        a += 1
    for one in (
        a,
        b,
    ):
        last = one
    better = (
        "long"
        if a > b
        else "short"
    )
    assert (
        a
    ), (
        "message"
    )
    return kind, last, better


def chain(text):
    return (
        text
        .strip()
        .upper()
        .replace(
            "A",
            "B",
        )
    )


def several():
    a = 1; b = 2; c = a + b
    if c: d = c; e = d
    for one in (1, 2): f = one; g = f
    while b:
        b -= 1
    x, y = [
        1,
        2,
    ]
    self = type("Space", (), {})()
    self.a = self.b = (
        add(1)
    )
    del a, b
    return c, e, g, x, y, self.a


def defaults(
    first=add(1, 1),
    second=[
        1,
        2,
    ],
):
    return first, second


print(calls(), conditions(1, 0), conditions(0, -1), chain(" abc "), several())
print(
    defaults(),
    defaults(
        1
    ),
)
