"""Expressions over recorded values: names, attributes, items, shapes, arithmetic on recorded numbers. Runs on the host.

Nothing is ever executed: the syntax tree is walked, and what is not in the recording is said not to be, by name. A
value is either known whole (a number, a text, a container written out) or known as it was seen: type, shape, statistics
and the first items.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from walkthroughs.stepping import Seen
from walkthroughs.stop import Variable

LONGEST = 2000
"""Characters of an expression at most."""

LARGEST = 10_000
"""Bits of a number, characters of a text, and items of a container with all in it, that arithmetic may lead to."""


class NotKnown(Exception):
    """What an expression asks for was not recorded, or cannot be said; the text tells which part and why."""


class Scope:
    """The names at a step: those of the frame, then those of its module."""

    def __init__(self, names: Mapping[str, Seen], outer: Mapping[str, Seen]) -> None:
        self.names = names
        self.outer = outer

    def find(self, dotted: str) -> Seen | None:
        """The value of a name, or of a dotted name that was bound as such."""
        return self.names.get(dotted) or self.outer.get(dotted)


def evaluate(text: str, scope: Scope) -> Any:
    """The value of an expression: a Python value where it is known whole, else the `Variable` that was seen."""
    if len(text) > LONGEST:
        raise NotKnown("the expression is too long.")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotKnown(f"this is no expression: {getattr(error, 'msg', 'it cannot be read')}.") from None
    try:
        return known_whole(_Evaluation(scope).value(tree.body))
    except NotKnown:
        raise
    except RecursionError:
        raise NotKnown("the expression is nested too deeply.") from None
    except Exception as error:  # noqa: BLE001 - division by zero, comparing a text with a number: as Python says it
        raise NotKnown(f"{type(error).__name__}: {error}.") from None


def is_true(text: str, scope: Scope) -> bool:
    """Whether a condition holds at a step; raises NotKnown where that cannot be said."""
    found = evaluate(text, scope)
    if isinstance(found, Variable):
        raise NotKnown(f"whether {text.strip()} holds was not recorded.")
    return bool(found)


def written(value: Any) -> str:
    """A value as a prompt prints it."""
    return described(value) if isinstance(value, Variable) else repr(value)


def described(value: Variable) -> str:
    """A value that was seen, on one line: its text, or its type with shape and kind, and a few numbers about it."""
    parts = [value.value if value.value else value.type]
    if value.shape is not None:
        parts.append(f"shape {_shape(value.shape)}")
        if value.value:
            parts.insert(1, value.type)
    parts.extend(part for part in (value.dtype, value.device) if part)
    if value.length is not None and value.shape is None and str(value.length) not in value.value:
        parts.append(f"{value.length} items")
    if value.stats is not None:
        rows = (
            ("min", value.stats.min),
            ("max", value.stats.max),
            ("mean", value.stats.mean),
            ("std", value.stats.std),
        )
        parts.extend(f"{name} {number:.4g}" for name, number in rows if number is not None)
    return ", ".join(parts)


def _shape(shape: tuple[int, ...]) -> str:
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"


_PLAIN = {"int", "float", "bool", "str", "bytes", "complex", "NoneType", "tuple", "list", "dict", "set"}
_NUMBERS = ("numpy.",)


def known_whole(value: Any) -> Any:
    """The Python value of what was seen, when its text says all of it; else what was seen."""
    if not isinstance(value, Variable):
        return value
    text = value.value
    scalar = value.shape is not None and math.prod(value.shape) == 1 and text
    if value.type not in _PLAIN and not scalar and not value.type.startswith(_NUMBERS):
        return value
    if text in ("nan", "inf", "-inf"):
        return float(text)
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return value
    fits = isinstance(found, (int, float, complex)) if scalar else type(found).__name__ == value.type
    return found if fits or value.type.startswith(_NUMBERS) else value


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow, ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_, ast.BitXor: operator.xor, ast.LShift: operator.lshift, ast.RShift: operator.rshift,
}  # fmt: skip
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.Not: operator.not_, ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert,
}  # fmt: skip
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.Is: operator.is_, ast.IsNot: operator.is_not, ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs, "round": round, "min": min, "max": max, "sum": sum, "int": int, "float": float, "str": str,
    "bool": bool, "repr": repr, "sorted": sorted, "list": list, "tuple": tuple, "set": set,
}  # fmt: skip
_STATS = ("min", "max", "mean", "std")


class _Evaluation:
    """One walk over a syntax tree."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def value(self, node: ast.expr) -> Any:
        """The value of a node: a Python value, or a Variable."""
        reader = getattr(self, "of_" + type(node).__name__.lower(), None)
        if reader is None:
            raise NotKnown(f"{ast.unparse(node)} cannot be told: nothing runs here, this is a recording.")
        return reader(node)

    def whole(self, node: ast.expr) -> Any:
        """The value of a node that has to be known whole."""
        found = known_whole(self.value(node))
        if isinstance(found, Variable):
            raise NotKnown(f"of {ast.unparse(node)} only this was recorded: {described(found)}.")
        return found

    def of_constant(self, node: ast.Constant) -> Any:
        """A literal."""
        return node.value

    def of_name(self, node: ast.Name) -> Any:
        """A name."""
        found = self.scope.find(node.id)
        if found is None:
            raise NotKnown(f"{node.id} was not recorded up to here.")
        return found.value

    def of_attribute(self, node: ast.Attribute) -> Any:
        """An attribute: bound as such, an item of the object, or a fact about an array."""
        dotted = _dotted(node)
        bound = self.scope.find(dotted) if dotted else None
        holder_seen = self.scope.find(_dotted(node.value)) if dotted else None
        newer = bound is not None and (holder_seen is None or (bound.since or -1) >= (holder_seen.since or -1))
        if bound is not None and newer:
            return bound.value
        try:
            found = self.fact(self.value(node.value), node.attr, ast.unparse(node))
        except NotKnown:
            if bound is not None:
                return bound.value
            raise
        return found

    def fact(self, holder: Any, name: str, told: str) -> Any:
        """An attribute of a value."""
        if isinstance(holder, Variable):
            item = next((item for item in holder.items if item.name == name), None)
            if item is not None:
                return item
            if holder.shape is not None and name in ("shape", "ndim", "size"):
                shape = holder.shape
                return {"shape": shape, "ndim": len(shape), "size": math.prod(shape)}[name]
            if name in ("dtype", "device") and getattr(holder, name):
                return Variable(name, name, getattr(holder, name))
        elif isinstance(holder, (int, float, complex)) and name in ("real", "imag"):
            return getattr(holder, name)
        raise NotKnown(f"{told} was not recorded.")

    def of_subscript(self, node: ast.Subscript) -> Any:
        """An item, or a slice of what is known whole."""
        told = ast.unparse(node)
        holder = self.value(node.value)
        if isinstance(node.slice, ast.Slice):
            limits = [
                None if part is None else self.whole(part)
                for part in (node.slice.lower, node.slice.upper, node.slice.step)
            ]
            return self.whole(node.value)[slice(*limits)]
        key = self.whole(node.slice)
        whole = known_whole(holder)
        if not isinstance(whole, Variable):
            return whole[key]
        return self.item(whole, key, told)

    def item(self, holder: Variable, key: Any, told: str) -> Any:
        """A recorded item of a container."""
        if isinstance(key, int) and not isinstance(key, bool) and key < 0 and holder.length is not None:
            key += holder.length
        found = next((item for item in holder.items if item.name in (str(key), repr(key))), None)
        if found is not None:
            return found
        if holder.items:
            raise NotKnown(f"{told} was not recorded: of {holder.type} the first {len(holder.items)} items were.")
        raise NotKnown(f"{told} was not recorded: {described(holder)}.")

    def of_binop(self, node: ast.BinOp) -> Any:
        """Arithmetic."""
        left, right = self.whole(node.left), self.whole(node.right)
        _bounded(node.op, left, right)
        if type(node.op) not in _BINARY:
            raise NotKnown(f"{ast.unparse(node)} cannot be told.")
        return _BINARY[type(node.op)](left, right)

    def of_unaryop(self, node: ast.UnaryOp) -> Any:
        """A sign, or `not`."""
        return _UNARY[type(node.op)](self.whole(node.operand))

    def of_boolop(self, node: ast.BoolOp) -> Any:
        """`and`, `or`: the parts that decide."""
        found: Any = None
        for part in node.values:
            found = self.whole(part)
            if bool(found) is isinstance(node.op, ast.Or):
                break
        return found

    def of_compare(self, node: ast.Compare) -> Any:
        """Comparisons; `is None` of what was seen is known even where its value is not."""
        left_node = node.left
        for op, right_node in zip(node.ops, node.comparators, strict=True):
            if isinstance(op, (ast.Is, ast.IsNot)) and isinstance(right_node, ast.Constant):
                found = _COMPARE[type(op)](known_whole(self.value(left_node)), right_node.value)
            else:
                found = _COMPARE[type(op)](self.whole(left_node), self.whole(right_node))
            if not found:
                return False
            left_node = right_node
        return True

    def of_ifexp(self, node: ast.IfExp) -> Any:
        """`a if b else c`."""
        return self.value(node.body if self.whole(node.test) else node.orelse)

    def of_tuple(self, node: ast.Tuple) -> Any:
        """Several values."""
        return tuple(self.whole(item) for item in node.elts)

    def of_list(self, node: ast.List) -> Any:
        """A list written out."""
        return [self.whole(item) for item in node.elts]

    def of_set(self, node: ast.Set) -> Any:
        """A set written out."""
        return {self.whole(item) for item in node.elts}

    def of_dict(self, node: ast.Dict) -> Any:
        """A dict written out."""
        pairs = zip(node.keys, node.values, strict=True)
        return {self.whole(key): self.whole(value) for key, value in pairs if key is not None}

    def of_joinedstr(self, node: ast.JoinedStr) -> Any:
        """An f-string."""
        parts = []
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                spec = self.of_joinedstr(part.format_spec) if isinstance(part.format_spec, ast.JoinedStr) else ""
                found = self.whole(part.value)
                width = "".join(one if one.isdigit() else " " for one in spec).split()
                if any(int(one) > LARGEST for one in width):
                    raise NotKnown("the text would be too long.")
                parts.append(format(repr(found) if part.conversion == ord("r") else found, spec))
            else:
                parts.append(str(self.whole(part)))
        return "".join(parts)

    def of_call(self, node: ast.Call) -> Any:
        """The few functions that say something about recorded values."""
        told = ast.unparse(node)
        if isinstance(node.func, ast.Name) and not node.keywords and self.scope.find(node.func.id) is None:
            return self.function(node.func.id, node.args, told)
        if isinstance(node.func, ast.Attribute) and not node.keywords:
            found = self.value(node.func.value)
            if isinstance(found, Variable):
                return self.method(found, node.func.attr, [self.whole(one) for one in node.args], told)
        raise NotKnown(f"{told} cannot be told: nothing runs here, this is a recording.")

    def function(self, name: str, arguments: list[ast.expr], told: str) -> Any:
        """`len`, `type`, and functions of what is known whole."""
        if name in ("len", "type") and len(arguments) == 1:
            found = self.value(arguments[0])
            if name == "type":
                return Variable("", "type", f"class {found.type}") if isinstance(found, Variable) else type(found)
            if isinstance(found, Variable) and (found.length is not None or found.shape):
                return found.length if found.length is not None else (found.shape or (0,))[0]
            return len(self.whole(arguments[0]))
        if name in _FUNCTIONS:
            return _FUNCTIONS[name](*[self.whole(one) for one in arguments])
        raise NotKnown(f"{told} cannot be told: nothing runs here, this is a recording.")

    def method(self, holder: Variable, name: str, given: list[Any], told: str) -> Any:
        """Methods of arrays that ask for what was recorded."""
        whole = known_whole(holder)
        if not given and name == "item" and not isinstance(whole, Variable):
            return whole
        shape = holder.shape
        if shape is not None:
            if name == "size":
                return shape[given[0]] if given else shape
            if not given and name in ("dim", "ndimension", "numel"):
                return math.prod(shape) if name == "numel" else len(shape)
        number = getattr(holder.stats, name) if holder.stats is not None and name in _STATS and not given else None
        if number is not None:
            return number
        raise NotKnown(f"{told} cannot be told: nothing runs here, this is a recording.")


def _bounded(op: ast.operator, left: Any, right: Any) -> None:
    """Refuse what would take all memory or time: huge powers, shifts and repetitions."""
    if isinstance(op, ast.Pow) and isinstance(left, int) and isinstance(right, int):
        size = left.bit_length() * abs(right)
    elif isinstance(op, ast.LShift) and isinstance(right, int):
        size = right
    elif isinstance(op, ast.Mult) and isinstance(left, int) and isinstance(right, int):
        size = left.bit_length() + right.bit_length()
    elif isinstance(op, ast.Mult):
        many, count = (left, right) if isinstance(right, int) else (right, left)
        size = _size(many) * count if isinstance(count, int) else 0
    elif isinstance(op, ast.Mod) and isinstance(left, (str, bytes)):
        raise NotKnown("texts are not formatted here.")
    else:
        return
    if size > LARGEST:
        raise NotKnown("the result would be too large.")


def _size(value: Any) -> int:
    """How many items a container holds, with all that is in them; of a text its characters."""
    if isinstance(value, dict):
        return sum(_size(key) + _size(item) for key, item in value.items()) + 1
    if isinstance(value, (list, tuple, set)):
        return sum(map(_size, value)) + 1
    return len(value) if isinstance(value, (str, bytes)) else 1


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    inner = _dotted(node.value) if isinstance(node, ast.Attribute) else ""
    return f"{inner}.{node.attr}" if inner and isinstance(node, ast.Attribute) else ""
