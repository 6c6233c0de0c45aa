"""YAML, and JSON as the part of YAML that it is. Host side, pure.

The file is only composed, never constructed: tags and anchors are left as they stand.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from tracer.fitting.documents.value import Value

SUFFIXES = (".yaml", ".yml", ".json")
DEEPEST = 12


def values_of(text: str) -> list[Value]:
    """The scalars of the first document, with the characters that each takes."""
    try:
        # A tab is as good as a blank in JSON, but not for a reader of YAML.
        node = next(iter(yaml.compose_all(text.replace("\t", " "), Loader=yaml.SafeLoader)), None)
    except (yaml.YAMLError, RecursionError, ValueError):
        return []
    return list(_scalars(text, node, (), 0)) if node is not None else []


def _scalars(text: str, node: yaml.Node, name: tuple[str, ...], depth: int) -> Iterator[Value]:
    if depth > DEEPEST:
        return
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield from _scalars(text, value, (*name, str(key.value)), depth + 1)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _scalars(text, value, (*name, str(index)), depth + 1)
    elif isinstance(node, yaml.ScalarNode) and name and node.style not in ("|", ">"):
        start, stop = node.start_mark.index, node.end_mark.index
        yield Value(".".join(name), text[start:stop], start, stop, node.start_mark.line + 1)
