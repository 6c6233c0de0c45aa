"""Grammar, numbers and values in words. Pure functions over recorded summaries; runs on the host."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from tracer.trace import Code, Summary
from walkthroughs.captions import shape_text

LONGEST_VALUE = 60
LONGEST_START = 32
LONGEST_QUOTE = 240
LONGEST_PRINT = 200
_ABSOLUTE = re.compile(r"(?<![\w./:~-])(?:/[\w.@+-]+){2,}|\b[A-Za-z]:\\[\w\\.-]+")
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
_MARKUP = re.compile(r"([\\`*<]|(?<!\w)_|_(?!\w))")


def number(value: Any) -> str:
    """A number at 4 significant digits; whole floats keep their `.0`, so that 1.0 is not taken for a count."""
    if isinstance(value, str):
        return {"nan": "NaN", "inf": "infinity", "-inf": "minus infinity"}.get(value, value)
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int):
        return str(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "infinity" if value > 0 else "minus infinity"
    if value.is_integer() and abs(value) < 1e6:
        return f"{value:.1f}"
    return f"{value:.4g}"


def count(amount: int, noun: str, plural: str = "") -> str:
    """`1 item`, `2 items`, `1,024 parameters`."""
    return f"{amount:,} {noun if amount == 1 else plural or plural_of(noun)}"


def plural_of(noun: str) -> str:
    """The plural of a plain English noun."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def times(amount: int) -> str:
    """`once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(amount, f"{amount:,} times")


def ordinal(place: int) -> str:
    """`first` to `tenth`, then `11th`."""
    names = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    if 1 <= place <= len(names):
        return names[place - 1]
    ending = "th" if 10 <= place % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending}"


def listed(parts: Sequence[str], more: int = 0) -> str:
    """`a`, `a and b`, `a, b and c`; with `more` left out: `a, b and 3 more`."""
    items = [*parts, f"{more:,} more"] if more > 0 else list(parts)
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1]


def article(word: str) -> str:
    """`a` or `an` before a word as it is spoken."""
    bare = word.lstrip("`'\"(")
    if bare[:4].lower() in ("uint", "unif", "univ", "unit", "uniq") or bare[:3].lower() in ("use", "eur", "one"):
        return "a"
    if bare[:2] in ("11", "18") or bare[:1] == "8":
        return "an"
    if bare[:1] in tuple("FHLMNRSX") and bare[1:2].isupper() and bare[1:2] not in tuple("AEIOU"):
        return "an"  # letters that are spoken one by one, as in LSTM
    if bare[:1] == "U" and (bare[1:2].isupper() or not bare[1:2].isalpha()):
        return "a"
    return "an" if bare[:1].lower() in tuple("aeiou") else "a"


def code(text: str, longest: int = 0) -> str:
    """A piece of code as Markdown: one line, no backtick inside, cut when it is longer than `longest`."""
    text = " ".join(_CONTROL.sub(" ", text).replace("`", "'").split())
    if longest and len(text) > longest:
        text = text[: longest - 1].rstrip() + "…"
    return f"`{text}`"


def quote(text: str, longest: int = LONGEST_QUOTE) -> str:
    """The repository's own words in quotation marks: one line, Markdown made harmless, cut between words."""
    text = " ".join(hide_paths(_CONTROL.sub(" ", text)).split())
    if len(text) > longest:
        text = text[:longest].rpartition(" ")[0].rstrip(" ,;:") + " …"
    return "“" + _MARKUP.sub(r"\\\1", text.rstrip(".")) + "”"


def hide_paths(text: str) -> str:
    """A text without absolute paths: of each only its last part is kept."""
    return _ABSOLUTE.sub(lambda match: "…/" + re.split(r"[/\\]", match.group(0))[-1], text)


def class_name(kind: str) -> str:
    """The name of a type as the repository would write it: without `__main__.` and `builtins.`."""
    return kind.removeprefix("__main__.").removeprefix("builtins.")


def short_class(kind: str) -> str:
    """The last part of a type's dotted name."""
    return kind.rpartition(".")[2] or kind


def library(name: str) -> str:
    """A library function as the recorder names callers: `__next__` in `torch.utils.data.dataloader`."""
    module, _, function = ".".join(part for part in name.split(".") if part != "<locals>").rpartition(".")
    return f"{code(function)} in {code(module)}" if module else code(function)


def fields(value: Summary, most: int = 4) -> str:
    """` (`a` = 1, …)` for an object whose numbers, texts or arrays were recorded; "" for what describes itself."""
    name = str(value.get("type", ""))
    if (
        is_array(value)
        or "parameters" in value
        or "." not in name
        or name.startswith(("torch.", "numpy.", "collections."))
    ):
        return ""
    plain = ("int", "float", "bool", "str")
    rows = [
        row for row in value.get("items", ()) if len(row) == 2 and (row[1].get("type") in plain or is_array(row[1]))
    ]
    if name == "pandas.DataFrame":
        return ""
    told, _ = settings(rows, most)
    return f" ({', '.join(told)})" if told else ""


def short_function(name: str) -> str:
    """A library function's dotted name without closures and private folders: `torch.nn.functional.nll_loss`."""
    parts = [part for part in name.split(".") if part not in ("<locals>", "_tensor")]
    return ".".join(parts)


def line_of(code_: Code, line: int) -> str:
    """`line 42`; in a notebook `cell 5, line 3`, as its readers see it."""
    found = code_.in_cell(line)
    return f"cell {found[0]}, line {found[1]}" if found is not None else f"line {line}"


def where(code_: Code, line: int) -> str:
    """`line 42 of `train` in `main.py``; of a module only its file."""
    place = f"{line_of(code_, line)} of `{code_.file}`"
    return place if code_.type == "module" else f"{place} (in `{code_.qualname}`)"


def is_array(value: Summary) -> bool:
    """Whether a value has a shape and a dtype, scalars included."""
    return isinstance(value.get("shape"), list) and "dtype" in value


def kind(value: Summary) -> str:
    """What an array is: `float32 tensor`, `int64 array`, `float32 parameter`."""
    name = short_class(str(value.get("type", "")))
    noun = {
        "Tensor": "tensor",
        "ndarray": "array",
        "Parameter": "parameter",
        "memmap": "memory-mapped array",
        "Array": "JAX array",
        "Tracer": "traced array",
    }.get(name, f"`{name}`")
    return f"{str(value.get('dtype', '')).removeprefix('torch.')} {noun}".strip()


def value_range(value: Summary) -> str:
    """` with values from a to b`, when the numbers of an array were looked at; `` otherwise."""
    stats = value.get("stats") or {}
    dtype = str(value.get("dtype", ""))
    if "bool" in dtype:
        return _truth(stats)
    show = _whole if "int" in dtype else number
    low, high = stats.get("min"), stats.get("max")
    missing = stats.get("nan")
    lost = missing if isinstance(missing, int) else 0
    nan = f" and {count(lost, 'NaN', 'NaN')}" if lost > 0 else ""
    if stats.get("sampled"):
        if low is None or high is None:
            return ""
        return f" with values from {show(low)} to {show(high)} in a sample of it"
    if low is None or high is None:
        return " with nothing but NaN in it" if nan else ""
    if low == high:
        return f" with {show(low)} everywhere" + (f" but for {count(lost, 'NaN', 'NaN')}" if nan else "")
    return f" with values from {show(low)} to {show(high)}{nan}"


def _truth(stats: Summary) -> str:
    """What is known of the truth values in an array."""
    if stats.get("sampled") or stats.get("min") is None:
        return ""
    if stats["min"] == stats.get("max"):
        return f" with `{bool(stats['min'])}` everywhere"
    return " with both truth values in it"


def _whole(value: Any) -> str:
    """A number of an array of integers, which the recorder keeps as a float."""
    return str(int(value)) if isinstance(value, (int, float)) and math.isfinite(value) else number(value)


def describe(value: Summary, *, ranges: bool = True) -> str:
    """A value as a noun phrase: `64`, `a float32 tensor of shape (64, 10)`; "" when nothing is known."""
    if is_array(value):
        return _array(value, ranges)
    name = str(value.get("type", ""))
    if name in ("int", "float", "bool", "NoneType", "complex") or (name.startswith("numpy.") and "scalar" in value):
        return _plain(value)
    if name == "str" and isinstance(value.get("len"), int):
        start = str(value.get("value", "")).lstrip("'\"")[:LONGEST_START].rstrip("\\…")
        return f"a text of {count(value['len'], 'character')} beginning {code(hide_paths(start))}"
    if name == "str":
        return code(hide_paths(str(value.get("value", ""))), LONGEST_VALUE)
    if name in ("list", "tuple", "dict", "set", "frozenset", "collections.OrderedDict", "collections.deque"):
        return _container(value, name)
    if name in (
        "type",
        "abc.ABCMeta",
        "function",
        "builtin_function_or_method",
        "module",
        "method",
        "torch.dtype",
        "torch.device",
    ):
        text = str(value.get("value", ""))
        return code(text, LONGEST_VALUE) if text and "<" not in text else ""
    if isinstance(value.get("parameters"), int) and value["parameters"] > 0:
        return f"an object of class `{class_name(name)}` with {count(value['parameters'], 'parameter')}"
    if not name or name == "?":
        return ""
    if name == "pandas.DataFrame" and isinstance(value.get("shape"), list) and len(value["shape"]) == 2:
        rows, columns = value["shape"]
        return f"a `pandas.DataFrame` of {count(rows, 'row')} and {count(columns, 'column')}"
    return f"an object of class `{class_name(name)}`"


def _array(value: Summary, ranges: bool) -> str:
    shape = value["shape"]
    what = kind(value)
    device = str(value.get("device", ""))
    on = f" on {device}" if device and device != "cpu" else ""
    if shape == []:
        if "scalar" in value:
            show = bool(value["scalar"]) if "bool" in str(value["dtype"]) else value["scalar"]
            return f"{number(show)} ({article(what)} {what} of one element{on})"
        return f"{article(what)} {what} of one element{on}"
    tail = value_range(value) if ranges else ""
    if "scalar" in value:
        tail = f" with the one value {number(value['scalar'])}" if ranges else ""
    return f"{article(what)} {what} of shape {shape_text(shape)}{on}{tail}"


def _plain(value: Summary) -> str:
    scalar = value.get("scalar")
    return (
        number(scalar)
        if isinstance(scalar, (int, float, str)) and not isinstance(scalar, bool)
        else f"`{value.get('value', '')}`"
    )


def _container(value: Summary, name: str) -> str:
    text = str(value.get("value", ""))
    noun = {"collections.OrderedDict": "ordered dict", "collections.deque": "deque"}.get(name, name)
    length = value.get("len")
    if text and text[0] in "[({" and len(text) <= LONGEST_VALUE:
        return code(hide_paths(text), LONGEST_VALUE)
    if not isinstance(length, int):
        return f"{article(noun)} {noun}"
    if length == 0:
        return f"an empty {noun}"
    items = [row for row in value.get("items", ()) if isinstance(row, (list, tuple)) and len(row) == 2]
    if name in ("tuple", "list") and len(items) == length <= 6 and all(is_array(row[1]) for row in items):
        return f"a {name} of {listed([_array(row[1], False) for row in items])}"
    if name == "tuple" and len(items) == length <= 4:
        texts = [describe(row[1], ranges=False) for row in items]
        if all(texts):
            return f"a tuple of {listed(texts)}"
    if name in ("dict", "collections.OrderedDict") and items and length <= len(items):
        names = [code(str(row[0]), 30) for row in items]
        return f"{article(noun)} {noun} with the {'key' if length == 1 else 'keys'} {listed(names)}"
    return f"{article(noun)} {noun} of {count(length, 'entry' if 'dict' in noun else 'item')}"


def settings(rows: Sequence[Sequence[Any]], most: int = 8) -> tuple[list[str], int]:
    """`name` = value for the first values that can be told, and how many of `rows` were left out."""
    told: list[str] = []
    for row in rows:
        text = describe(row[1], ranges=False) if isinstance(row[1], dict) else ""
        if text and len(told) < most:
            told.append(f"{code(str(row[0]))} = {text}")
    return told, len(rows) - len(told)


def called(name: str) -> str:
    """A repository function with its parentheses, for titles: `train()`; `` for a module's own level."""
    return "" if name == "<module>" else f"{name}()"
