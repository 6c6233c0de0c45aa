"""Settings composed by Hydra: the decorator names a file, its `defaults` list names more. Host side."""

from __future__ import annotations

import ast

from tracer.location import Location
from tracer.survey.arguments.parsed import Parsed, keyword, name_of, text_of
from tracer.survey.imports import folder_of
from tracer.survey.sightings import Argument
from tracer.survey.walk import Tree
from tracer.survey.yamltext import yaml_values

MAX_DEPTH = 6


def hydra_arguments(tree: Tree, entry: Parsed) -> list[Argument]:
    """All values that composing the entry's configuration gives, under their dotted names, with file and line."""
    found: list[Argument] = []
    for node in entry.nodes:
        is_decorator = isinstance(node, ast.Call) and name_of(node).endswith("hydra.main")
        if not is_decorator or not isinstance(node, ast.Call):
            continue
        path = text_of(keyword(node, "config_path") or (node.args[0] if node.args else None))
        name = text_of(keyword(node, "config_name") or (node.args[1] if len(node.args) > 1 else None))
        if name:
            folder = _joined(folder_of(entry.file), path)
            composed = _Composition(tree, folder)
            composed.add(name.removesuffix(".yaml"), (), 0)
            found.extend(composed.arguments())
    return found


class _Composition:
    """Follows defaults lists; what is composed later replaces what came before."""

    def __init__(self, tree: Tree, folder: str) -> None:
        self._tree = tree
        self._folder = folder
        self._documents = frozenset(tree.documents)
        self._found: dict[str, Argument] = {}

    def arguments(self) -> list[Argument]:
        """Everything composed so far."""
        return list(self._found.values())

    def add(self, name: str, package: tuple[str, ...], depth: int) -> None:
        """Read one configuration file, its defaults first."""
        file = next(
            (
                f"{self._folder}/{name}{end}".lstrip("/")
                for end in (".yaml", ".yml")
                if f"{self._folder}/{name}{end}".lstrip("/") in self._documents
            ),
            "",
        )
        if not file or depth > MAX_DEPTH:
            return
        text = self._tree.read(file)
        values = yaml_values(text)
        if text.lstrip().startswith("# @package _global_"):
            package = ()
        group = folder_of(name)
        for value in values:
            if value.key[0] == "defaults":
                self._default(value.key[2:], value.value.strip("\"'"), group, depth)
        for value in values:
            if value.key[0] in ("defaults", "hydra"):
                continue
            dotted = ".".join((*package, *value.key))
            self._found[dotted] = Argument(
                dotted,
                (f"{dotted}=",),
                value.value,
                value.value == "???",
                (),
                "",
                "hydra",
                Location(file, value.line, value.line),
            )

    def _default(self, key: tuple[str, ...], value: str, group: str, depth: int) -> None:
        if not key:
            if value not in ("_self_",) and "@" not in value:
                self.add(_joined(group, value), tuple(group.split("/")) if group else (), depth + 1)
            return
        words = key[0].split()
        if "optional" in words[:1]:
            words = words[1:]
        if "override" in words[:1] or value in ("null", "~", "") or not words:
            return
        inner = words[0].split("@")[0]
        target = _joined("" if inner.startswith("/") else group, inner.lstrip("/"))
        package = tuple(words[0].split("@")[1].split(".")) if "@" in words[0] else tuple(target.split("/"))
        self.add(f"{target}/{value}", package if package != ("_global_",) else (), depth + 1)


def _joined(folder: str, step: str) -> str:
    parts = [part for part in folder.split("/") if part]
    for part in step.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
