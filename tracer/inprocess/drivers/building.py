"""Builds a model from what is known of its arguments, and makes up the rest. Runs in the target.

What is known comes as a tree of plain data: `["value", 3]`, `["list", [...]]`, `["tuple", [...]]`, `["dict", [...]]`,
`["class", file, name]`, `["library", "torch.nn.ReLU"]`, `["call", tree, [...], {...}]` (of a class or of a library),
`["settings", {...}]` (an object that holds all settings), `["unknown"]`. The tree of a model that could be built is
closed: it has neither `unknown` nor settings that are made up on demand, so that it can be built again just so.
"""

from __future__ import annotations

import argparse
import importlib
import inspect

from . import guesses
from .definitions import Definitions, imported, real, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator

    Tree = list[Any]

MADE = "made up"
TRIES = 60
DEEP = 4


class Settings(dict):  # type: ignore[type-arg]
    """An object that holds all settings, by attribute and by key; those that are not known are made up when asked."""

    def __init__(self, known: dict[str, Any], make: Callable[[str], Any]) -> None:
        super().__init__(known)
        self.__dict__["_make"] = make
        self.__dict__["_ways"] = set()
        self.__dict__["_asked"] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        self.__dict__["_ways"].add("attribute")
        return self._of(name)

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __getitem__(self, name: str) -> Any:
        self.__dict__["_ways"].add("item")
        return self._of(name)

    def get(self, name: str, default: Any = None) -> Any:
        """As of a dict: what is not known is what the program takes then."""
        self.__dict__["_ways"].add("item")
        return self._of(name) if name in self else default

    def _of(self, name: str) -> Any:
        if not dict.__contains__(self, name):
            dict.__setitem__(self, name, self.__dict__["_make"](name))
        value = dict.__getitem__(self, name)
        self.__dict__["_asked"][name] = value
        return value


class Unbuildable(Exception):
    """A model for which no arguments were found; `cause` is what its own code said last."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.cause = cause


class Workshop:
    """Loads classes of the repository, each file once, and builds objects of them.

    `plan`: root, texts (of notebooks), modules (file to the name it is imported by, "" where it cannot be),
    classes (name of a model class to its file), settings (name to [tree, why]).
    """

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.spaces: dict[str, dict[str, Any]] = {}
        self.partly: dict[str, Definitions] = {}
        self.closing = False

    # -- classes -----------------------------------------------------------------------------------------------------

    def space(self, file: str, wanted: str) -> dict[str, Any]:
        """The names of a file of the repository."""
        if file not in self.spaces:
            self.spaces[file] = self._load(file, wanted)
        return self.spaces[file]

    def _load(self, file: str, wanted: str) -> dict[str, Any]:
        module = self.plan["modules"].get(file, "")
        recipe = self.plan.get("partly", {})
        if module and file not in recipe:
            try:
                return imported(module)
            except (Exception, SystemExit) as error:
                if "partly" in self.plan:
                    raise
                failed = error
        else:
            failed = ImportError("%s does more than define things" % file)
        path = real(self.plan["root"], file)
        text = text_of(path, self.plan.get("texts", {}))
        if text is None:
            raise failed
        found = Definitions(path, text, module or "definitions")
        if file in recipe:
            return found.whole(wanted, recipe[file][1])
        space = found.tried(wanted)
        if wanted not in space:
            raise failed
        self.partly[file] = found
        return space

    def named(self, file: str, name: str) -> Any:
        """A class or function of the repository."""
        found: Any = self.space(file, name.partition(".")[0])
        for part in name.split("."):
            found = found[part] if isinstance(found, dict) else getattr(found, part)
        return found

    # -- trees -------------------------------------------------------------------------------------------------------

    def value(self, tree: Tree) -> Any:
        """The object that a closed tree stands for."""
        kind = tree[0]
        if kind == "value":
            return tree[1]
        if kind in ("list", "tuple"):
            items = [self.value(item) for item in tree[1]]
            return items if kind == "list" else tuple(items)
        if kind == "dict":
            return {self.value(key): self.value(item) for key, item in tree[1]}
        if kind == "class":
            return self.named(tree[1], tree[2])
        if kind == "library":
            return _library(tree[1])
        if kind == "settings":
            values = {name: self.value(item) for name, item in tree[1].items()}
            way = tree[2] if len(tree) > 2 else ""
            return values if way == "item" else argparse.Namespace(**values) if way == "attribute" else Both(values)
        function = self.value(tree[1])
        words = {name: self.value(item) for name, item in tree[3].items()}
        return function(*[self.value(item) for item in tree[2]], **words)


class Both(Settings):
    """Settings that are asked for by attribute and by key, all of them known."""

    def __init__(self, known: dict[str, Any]) -> None:
        super().__init__(known, _unknown)


def _unknown(name: str) -> Any:
    raise AttributeError(name)


def _library(name: str) -> Any:
    """An object of a library by its dotted name."""
    parts = name.split(".")
    for size in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:size]))
        except ImportError:
            continue
        for part in parts[size:]:
            found = getattr(found, part)
        return found
    raise ImportError(name)


class Builder:
    """Looks for arguments with which a class can be built, beginning with what is known of a call of it.

    `labels` has for each argument of the last model its value as text and why it has that value.
    """

    def __init__(self, workshop: Workshop, file: str, name: str, site: dict[str, Any]) -> None:
        self.workshop = workshop
        self.file = file
        self.name = name
        self.site = site
        self.known: dict[str, Any] = workshop.plan.get("settings", {})
        self.choice: dict[str, int] = {}
        self.made: dict[str, list[Any]] = {}
        self.labels: dict[str, tuple[str, str]] = {}
        self.globals: dict[str, Tree] = {}
        self.of_globals: dict[str, tuple[str, str]] = {}
        self._open: list[tuple[Tree, Settings, str]] = []

    def build(self) -> tuple[Any, Tree]:
        """A model and its tree, which `close()` closes once it has run; raises `Unbuildable`."""
        last: BaseException = TypeError(self.name)
        for choice in self._choices():
            again = True
            while again:
                again = False
                self.choice, self.made, self.labels, self._open = choice, {}, dict(self.of_globals), []
                try:
                    kind = self.workshop.named(self.file, self.name)
                    args, words = self.site.get("args", []), self.site.get("kw", {})
                    tree = self._call(["class", self.file, self.name], kind, args, words, "", 0)
                    return self._value(tree), tree
                except NameError as error:
                    last = error
                    again = self.with_global(error)
                except Exception as error:  # noqa: BLE001 - the code of a repository may fail in any way
                    last = error
        raise Unbuildable(last)

    def _choices(self) -> Iterator[dict[str, int]]:
        """Which guess to take for each argument that is made up: the first of each, then others, one at a time."""
        yield {}
        tried = 1
        for number in range(1, len(guesses.OTHERS)):
            for path in list(self.made):
                if number < len(self.made[path]):
                    yield {path: number}
                    tried += 1
                if tried >= TRIES:
                    return

    def with_global(self, error: NameError) -> bool:
        """Set a name of the module that could not be computed there; False when it is not such a name."""
        partly = self.workshop.partly.get(self.file)
        name = getattr(error, "name", None) or str(error).partition("'")[2].partition("'")[0]
        if partly is None or name in self.globals or name not in partly.missing:
            return False
        value = guesses.guesses(name, "")[0]
        self.globals[name] = _tree_of(value)
        self.workshop.spaces[self.file][name] = value
        self.of_globals[name] = (repr(value), "made up, for its own line failed: %s" % partly.missing[name])
        return True

    # -- filling a tree ----------------------------------------------------------------------------------------------

    def _call(self, what: Tree, kind: Any, args: list[Tree], words: dict[str, Tree], path: str, depth: int) -> Tree:
        """A call with every argument that it needs."""
        given = list(args)
        named = dict(words)
        try:
            parameters = [item for item in inspect.signature(kind).parameters.values() if item.name != "self"]
        except (TypeError, ValueError):
            parameters = []
        plain = [item for item in parameters if item.kind in (item.POSITIONAL_ONLY, item.POSITIONAL_OR_KEYWORD)]
        filled: list[Tree] = []
        more: dict[str, Tree] = {}
        by_name = False
        for parameter, tree in zip(plain, given):
            by_name = by_name or (tree == ["unknown"] and parameter.default is not parameter.empty)
            if by_name:
                named[parameter.name] = tree  # behind one that keeps its default
            else:
                filled.append(self._fill(tree, parameter, path, depth))
        open_ = plain[len(filled) :]
        filled += [self._fill(tree, None, path, depth) for tree in given[len(plain) :]]
        for parameter in [*open_, *[item for item in parameters if item.kind is item.KEYWORD_ONLY]]:
            tree = named.pop(parameter.name, ["unknown"])
            if tree != ["unknown"] or parameter.default is parameter.empty:
                more[parameter.name] = self._fill(tree, parameter, path, depth)
        takes_all = any(item.kind is item.VAR_KEYWORD for item in parameters) or not parameters
        if takes_all:
            more.update((name, self._fill(tree, None, path, depth)) for name, tree in named.items())
        return ["call", what, filled, more]

    def _fill(self, tree: Tree, parameter: Any, path: str, depth: int) -> Tree:
        """A tree without what is unknown."""
        name = parameter.name if parameter is not None else ""
        here = path + "." + name if path else name
        kind = tree[0]
        if kind == "because":
            filled = self._fill(tree[1], parameter, path, depth)
            self.labels[here] = (_shown(filled), tree[2])
            return filled
        if kind == "call":
            called = self.workshop.named(*tree[1][1:]) if tree[1][0] == "class" else None
            if called is not None:
                return self._call(tree[1], called, tree[2], tree[3], here, depth + 1)
            return ["call", tree[1], [self._fill(item, None, here, depth) for item in tree[2]],
                    {key: self._fill(item, None, here, depth) for key, item in tree[3].items()}]  # fmt: skip
        if kind in ("list", "tuple"):
            return [kind, [self._fill(item, None, here, depth) for item in tree[1]]]
        if kind == "dict":
            return [kind, [[key, self._fill(item, None, here, depth)] for key, item in tree[1]]]
        if kind == "settings":
            return self._settings(tree[1], here)
        return self._made_up(parameter, here, depth) if kind == "unknown" else tree

    def _made_up(self, parameter: Any, path: str, depth: int) -> Tree:
        """Something for an argument of which nothing is known."""
        name = parameter.name if parameter is not None else "value"
        annotation = parameter.annotation if parameter is not None else ""
        annotation = "" if annotation is inspect.Parameter.empty else annotation
        text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
        classes = self.workshop.plan.get("classes", {})
        holder = text if text in classes else _class_like(name, classes)
        if holder and holder != self.name and depth < DEEP:
            kind = self.workshop.named(classes[holder], holder)
            self.labels[path] = (holder, "its class fits the name of the argument")
            return self._call(["class", classes[holder], holder], kind, [], {}, path, depth + 1)
        if name == "rngs":
            return ["call", ["library", "flax.nnx.Rngs"], [["value", 0]], {}]
        if name in self.known:
            value, why = self.known[name]
            self.labels[path] = (_shown(value), why)
            return list(value)
        if isinstance(annotation, type) and annotation.__module__ in self._own_modules() and depth < DEEP:
            return self._call(["class", *self._where(annotation)], annotation, [], {}, path, depth + 1)
        if guesses.SETTINGS.match(name):
            return self._settings({}, path)
        found = self.made.setdefault(path, guesses.guesses(name, annotation))
        tree = _tree_of(found[min(self.choice.get(path, 0), len(found) - 1)])
        self.labels[path] = (_shown(tree), MADE)
        return tree

    def _own_modules(self) -> dict[str, str]:
        return {module: file for file, module in self.workshop.plan["modules"].items() if module}

    def _where(self, kind: type) -> tuple[str, str]:
        return self._own_modules()[kind.__module__], kind.__qualname__

    # -- settings ----------------------------------------------------------------------------------------------------

    def _settings(self, known: dict[str, Tree], path: str) -> Tree:
        tree: Tree = ["settings", dict(known)]

        def make(name: str) -> Any:
            here = path + "." + name if path else name
            if name in self.known:
                value, why = self.known[name]
                self.labels[here] = (_shown(value), why)
                return self.workshop.value(value)
            if guesses.is_section(name):
                inner = self._settings({}, here)
                tree[1][name] = inner
                return self._value(inner)
            found = self.made.setdefault(here, guesses.guesses(name, ""))
            value = found[min(self.choice.get(here, 0), len(found) - 1)]
            self.labels[here] = (repr(value), MADE)
            return value

        values = {}
        for name, item in known.items():
            inner = item[1] if item[0] == "because" else item
            values[name] = self.workshop.value(inner)
        held = Settings(values, make)
        self._open.append((tree, held, path))
        return tree

    def _value(self, tree: Tree) -> Any:
        """The object of a filled tree, in which settings are made up when they are asked for."""
        for known, held, _ in self._open:
            if known is tree:
                return held
        kind = tree[0]
        if kind in ("list", "tuple"):
            items = [self._value(item) for item in tree[1]]
            return items if kind == "list" else tuple(items)
        if kind == "dict":
            return {self.workshop.value(key): self._value(item) for key, item in tree[1]}
        if kind != "call":
            return self.workshop.value(tree)
        function = self.workshop.value(tree[1])
        words = {name: self._value(item) for name, item in tree[3].items()}
        return function(*[self._value(item) for item in tree[2]], **words)

    def close(self) -> None:
        """Put into the tree what was asked of its settings."""
        for tree, held, path in self._open:
            space = held.__dict__
            for name, value in space["_asked"].items():
                inner = next((node for node, other, _ in self._open if other is value), None)
                tree[1][name] = inner if inner is not None else _tree_of(value)
                here = path + "." + name if path else name
                given = self.site_why(path, name)
                if given:
                    self.labels.setdefault(here, (repr(value), given))
            tree[1] = {name: item for name, item in tree[1].items() if name in space["_asked"]}
            ways = space["_ways"]
            tree[2:] = [next(iter(ways)) if len(ways) == 1 else ""]

    def site_why(self, path: str, name: str) -> str:
        """Why a setting that the repository gives has its value."""
        known = self.known.get(name)
        return known[1] if known is not None else ""


def _class_like(name: str, classes: dict[str, str]) -> str:
    """The model class of the repository that an argument's name spells (`encoder` for Encoder), or ""."""
    plain = name.replace("_", "").lower()
    return next((found for found in classes if found.lower() == plain), "")


def _tree_of(value: Any) -> Tree:
    """Plain data as a tree; what is no plain data becomes its default text."""
    if isinstance(value, (list, tuple)):
        return ["tuple" if isinstance(value, tuple) else "list", [_tree_of(item) for item in value]]
    if isinstance(value, dict):
        return ["dict", [[_tree_of(key), _tree_of(item)] for key, item in value.items()]]
    return ["value", value]


def shown(tree: Tree) -> str:
    """A closed tree as Python would be written."""
    return _shown(tree)


def _shown(tree: Tree) -> str:
    kind = tree[0]
    if kind == "value":
        return repr(tree[1])
    if kind in ("list", "tuple"):
        inner = ", ".join(map(_shown, tree[1]))
        return "[%s]" % inner if kind == "list" else "(%s%s)" % (inner, "," if len(tree[1]) == 1 else "")
    if kind == "dict":
        return "{%s}" % ", ".join("%s: %s" % (_shown(key), _shown(item)) for key, item in tree[1])
    if kind == "class":
        return str(tree[2])
    if kind == "library":
        return str(tree[1])
    if kind == "because":
        return _shown(tree[1])
    if kind == "settings":
        return "Namespace(%s)" % ", ".join("%s=%s" % (name, _shown(item)) for name, item in tree[1].items())
    if kind == "call":
        words = ["%s=%s" % (name, _shown(item)) for name, item in tree[3].items()]
        return "%s(%s)" % (_shown(tree[1]), ", ".join([*map(_shown, tree[2]), *words]))
    return "?"
