"""The model as a table: its parts with shapes and parameters; parts that are alike side by side are told once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from walkthroughs.captions import shape_text
from walkthroughs.renderers.html.writing import Places, words
from walkthroughs.tour import Location, Module, Tour

MOST = 120
DEEPEST = 7
BAR = 60


@dataclass(slots=True)
class _Part:
    """A module with what it holds; `alike` are the names of its neighbours that are the same again."""

    module: Module
    inside: list[_Part] = field(default_factory=list)
    alike: list[str] = field(default_factory=list)

    def key(self) -> tuple[object, ...]:
        """What makes two parts alike: class, shapes, parameters, and the same of everything inside."""
        module = self.module
        own = (module.class_name, module.parameters, module.inputs, module.outputs)
        return (*own, *(part.key() for part in self.inside))


def modules(tour: Tour, places: Places) -> str:
    """The table; "" without a model."""
    roots = _folded(_tree(tour.model_tree))
    rows = [row for root in roots for row in _rows(root, places, root.module.parameters, 0)]
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Part", "Class", "Input", "Output", "Parameters"))
    more = f'<p class="faint">{len(rows) - MOST} more parts are in the tour file.</p>' if len(rows) > MOST else ""
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Parts of the model"><table class="modules">'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows[:MOST])}</tbody></table></div>{more}"
        '<p class="faint">Shapes are those of the first forward pass; parameters include those of the parts inside.</p>'
    )


def _tree(flat: Sequence[Module]) -> list[_Part]:
    roots: list[_Part] = []
    above: list[_Part] = []
    for module in flat:
        part = _Part(module)
        above = above[: module.depth]
        (above[-1].inside if above else roots).append(part)
        above.append(part)
    return roots


def _folded(parts: list[_Part]) -> list[_Part]:
    """Neighbours that are alike as one part."""
    kept: list[_Part] = []
    for part in parts:
        part.inside = _folded(part.inside)
        if kept and kept[-1].key() == part.key():
            kept[-1].alike.append(part.module.path or part.module.class_name)
        else:
            kept.append(part)
    return kept


def _rows(part: _Part, places: Places, whole: int, depth: int) -> Iterator[str]:
    module = part.module
    name = module.path.rpartition(".")[2] or "the model"
    alike = f' <span class="alike">and {len(part.alike)} alike</span>' if part.alike else ""
    kind = f"<code>{words(module.class_name)}</code>"
    if module.file:
        kind = places.link(Location(module.file, module.line), kind)
    share = module.parameters / whole if whole else 0
    bar = (
        f'<svg class="bar" viewBox="0 0 {BAR} 6" aria-hidden="true"><rect width="{BAR}" height="6" rx="3"/>'
        f'<rect class="v" width="{max(1.5, BAR * share):.1f}" height="6" rx="3"/></svg>'
        if module.parameters
        else ""
    )
    cells = (_shapes(module.inputs), _shapes(module.outputs))
    yield (
        f'<tr><th scope="row" class="d{min(depth, DEEPEST)}"><code>{words(name)}</code>{alike}</th><td>{kind}</td>'
        f'<td class="sh">{cells[0]}</td><td class="sh">{cells[1]}</td>'
        f'<td class="num">{module.parameters:,} {bar}</td></tr>'
    )
    for inner in part.inside:
        yield from _rows(inner, places, whole, depth + 1)


def _shapes(shapes: Sequence[tuple[int, ...]]) -> str:
    return words(" ".join(shape_text(shape) for shape in shapes))
