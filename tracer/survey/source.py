"""Resolved names of one file, by libcst's scope analysis. Host side; the only module that imports libcst.

Slow (some 30 kB a second), so it is asked only for the few files that decide something; `scopes.py` answers the same
question for all others from `ast` alone.
"""

from __future__ import annotations

import libcst
from libcst.metadata import MetadataWrapper, PositionProvider, QualifiedNameSource, ScopeProvider

from tracer.survey.program import NameTable

MAX_BYTES = 60_000
"""Longer files are resolved by `scopes.py`: a second and a half per file is what a reader accepts."""


def resolve_names(text: str) -> NameTable | None:
    """What every name and attribute of a file refers to, by its exact place; None where libcst cannot read the file.

    Keys are (line, column, end line, end column), columns in characters. Values are dotted: an imported thing has the
    name of its home (`torch.optim.Adam`), a local one that of its scope (`train.<locals>.optimizer`).
    """
    if len(text) > MAX_BYTES:
        return None
    try:
        wrapper = MetadataWrapper(libcst.parse_module(text), unsafe_skip_copy=True)
        # libcst's own provider of qualified names asks the scopes the same, for every comma too
        scopes = wrapper.resolve(ScopeProvider)
        places = wrapper.resolve(PositionProvider)
    except (libcst.ParserSyntaxError, RecursionError, ValueError):
        return None
    table: NameTable = {}
    for node, scope in scopes.items():
        if scope is None or not isinstance(node, (libcst.Name, libcst.Attribute)):
            continue
        options = scope.get_qualified_names_for(node)
        place = places.get(node)
        if not options or place is None:
            continue
        best = min(options, key=lambda name: (name.source is not QualifiedNameSource.IMPORT, name.name))
        table[(place.start.line, place.start.column, place.end.line, place.end.column)] = best.name
    return table
