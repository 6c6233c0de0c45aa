"""What the recorder notes of in-place changes, which the rule for hand-written training rests on."""

from __future__ import annotations

import pytest

from tracer.inprocess.statements import line_facts


def facts_of(statement: str) -> tuple[list[tuple[str, str]], list[str]]:
    """The attributes and containers that one statement stores into."""
    names: dict[str, object] = {}
    exec(f"def f(self, p, params, x, y, i, j, rate, np):\n    {statement}\n", names)
    function = names["f"]
    found = line_facts(function.__code__, {})[0].get(2)  # type: ignore[attr-defined]
    return (found.attributes, found.touched) if found is not None else ([], [])


@pytest.mark.parametrize(
    ("statement", "container"),
    [
        ("x[i] = 1", "x"),
        ("params['w'] -= rate * np.sqrt(y[i] + 1)", "params"),
        ("self.q[i, j] += self.alpha * rate", "self.q"),
        ("x[y[j]] -= 1", "x"),
        ("params['a'][j] = params['a'][j] + rate * params['b']", "params"),
        ("x[1:3] = np.dot(x, y)", "x"),
        ("x[:, i] -= rate * y", "x"),
        ("self.net.cache[i] = x if i else y", "self.net.cache"),
        ("params['b'][...] = max(i, j) if self.z and x else 3", "params"),
    ],
)
def test_container_of_a_store(statement: str, container: str) -> None:
    assert container in facts_of(statement)[1]


@pytest.mark.parametrize(
    ("statement", "stored"),
    [
        ("self.theta -= self.rate * p.grad", ("self", "theta")),
        ("p.data += -rate * p.grad", ("p", "data")),
        ("self.a.b.c += 1", ("self.a.b", "c")),
        ("self.w = self.w - rate * np.dot(x.T, y)", ("self", "w")),
    ],
)
def test_attribute_that_is_changed_in_place(statement: str, stored: tuple[str, str]) -> None:
    assert facts_of(statement)[0] == [stored]


def test_an_attribute_of_a_part_has_no_name() -> None:
    assert facts_of("params[i].w = 3") == ([], [])
