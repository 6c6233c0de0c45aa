"""Sections of the onboarding map about values: data flow, model, settings, one update, histories, metrics."""

from __future__ import annotations

import re

from walkthroughs.captions import count_text, kind_text, number_text, shape_text, variable_text
from walkthroughs.markup import Links, code, plain, sentence, table
from walkthroughs.prose import bare
from walkthroughs.tour import History, Hyperparameter, Location, Module, ParameterChange, Tour
from walkthroughs.visible import visible

MODULES_SHOWN = 60
PARAMETERS_SHOWN = 12
POINTS_SHOWN = 8
READ_SHOWN = 3


def data_flow(tour: Tour, links: Links) -> str:
    """The way from raw data to the batch as a diagram, with the places in a table below it."""
    steps = tour.data_lineage
    if not steps:
        return ""
    diagram = ["```mermaid", "flowchart TD"]
    for number, step in enumerate(steps):
        shape = kind_text(step.value) if step.value else ""
        label = "<br/>".join(_mermaid(text) for text in (bare(step.label), shape) if text)
        diagram.append(f'    s{number}["{label}"]')
    diagram += [f"    s{number} --> s{next_}" for number, step in enumerate(steps) for next_ in step.into]
    diagram.append("```")
    rows = [
        (sentence(step.label), links.place(step.location), code(variable_text(step.value)) if step.value else "")
        for step in steps
    ]
    return "\n".join(diagram) + "\n\n" + table(("Point", "Place", "Value there"), rows)


def model(tour: Tour, links: Links) -> str:
    """The module tree with shapes of one forward and parameter counts."""
    modules, again = _distinct(tour.model_tree)
    if not modules:
        return ""
    rows = [
        (
            "&nbsp;" * 4 * module.depth + code(module.path.rpartition(".")[2] or module.class_name),
            code(module.class_name) + _defined(module, links),
            _shapes(module.inputs),
            _shapes(module.outputs),
            f"{module.parameters:,}",
        )
        for module in modules[:MODULES_SHOWN]
    ]
    text = table(("Part", "Class", "Input", "Output", "Parameters"), rows)
    if len(modules) > MODULES_SHOWN:
        text += f"\n\n{count_text(len(modules) - MODULES_SHOWN, 'part')} more are in the tour file."
    if again:
        text += "\n\n" + " ".join(
            f"{count_text(number, 'more object')} of class {code(name)} with the same parts took part."
            for name, number in again.items()
        )
    if any(module.inputs or module.outputs for module in modules):
        text += "\n\nShapes are those of the first forward pass; a part's parameters include those inside it."
    return text


def _distinct(modules: tuple[Module, ...]) -> tuple[list[Module], dict[str, int]]:
    """The trees of different structure, and how many more there were of each, by the class of the root."""
    trees: list[list[Module]] = []
    for module in modules:
        if not trees or not module.path:
            trees.append([])
        trees[-1].append(module)
    seen: set[tuple[tuple[str, str, int], ...]] = set()
    kept: list[Module] = []
    again: dict[str, int] = {}
    for tree in trees:
        key = tuple((module.path, module.class_name, module.parameters) for module in tree)
        if key in seen:
            again[tree[0].class_name] = again.get(tree[0].class_name, 0) + 1
        else:
            kept.extend(tree)
        seen.add(key)
    return kept, again


def settings(tour: Tour, links: Links) -> str:
    """The hyper-parameters: value, where set, where read, what they change."""
    rows = [
        (
            code(item.name),
            code(item.value),
            _source(item, links),
            _read(item, links),
            sentence(item.effect),
        )
        for item in tour.hyperparameters
    ]
    head = ("Setting", "Value in this run", "Set", "Read", "What it changes")
    note = "\n\nAn empty cell means that nothing was found in the recorded lines, not that there is nothing."
    return table(head, rows) + note if rows else ""


def update(tour: Tour, links: Links) -> str:
    """What one optimizer step did to the weights, by a bounded sample."""
    step = tour.update
    if step is None or not step.parameters:
        return ""
    what = f"One step of {code(step.optimizer)}" if step.optimizer else "What one update did to the weights"
    rate = f", learning rate {number_text(step.learning_rate)}" if step.learning_rate is not None else ""
    where = f" at {links.place(step.location)}" if step.location else ""
    rows = [_parameter(item) for item in step.parameters[:PARAMETERS_SHOWN]]
    more = len(step.parameters) - PARAMETERS_SHOWN
    shared = any(re.search(r" \(\d+\)$", item.name) for item in step.parameters)
    same = " Numbers in brackets tell parameters apart that bear the same name in different modules." if shared else ""
    sampled = "each parameter" if step.optimizer else "each weight whose change was recorded"
    return (
        f"{what}{where}{rate}; a few sampled elements of {sampled}.{same}\n\n"
        + table(("Parameter", "Shape", "Gradient norm", "Before", "After", "Largest change"), rows)
        + (f"\n\n{count_text(more, 'parameter tensor')} more are in the tour file." if more > 0 else "")
    )


def histories(tour: Tour, links: Links) -> str:
    """How values moved, the first and the last ones kept where there are many."""
    rows = [(code(item.name), links.place(item.location), _points(item)) for item in tour.histories if item.points]
    return table(("Value", "Place", "Recorded run of the line: value"), rows) if rows else ""


def metrics(tour: Tour, links: Links) -> str:
    """From the reported number back to the lines that made it."""
    parts = []
    for metric in tour.metrics:
        value = f" = {code(metric.value)}" if metric.value else ""
        printed = f", printed as {code(metric.printed)}" if metric.printed else ""
        where = f" at {links.place(metric.location)}" if metric.location else ""
        if not metric.printed:
            where = f", as it was first computed{where}; it was not seen printed"
        chain = [
            f"{number}. {links.place(item.location)}"
            + (f": {code(variable_text(item.variable))}" if item.variable else "")
            for number, item in enumerate(metric.chain, 1)
        ]
        parts.append(f"**{plain(metric.name)}**{value}{printed}{where}." + ("\n\n" + "\n".join(chain) if chain else ""))
    return "\n\n".join(parts)


def _source(item: Hyperparameter, links: Links) -> str:
    words = {
        "option": "on the command line",
        "file": "in a configuration file",
        "default": "by its default",
        "literal": "in the code",
    }
    place = links.place(item.set_at)
    return " ".join(part for part in (words.get(item.source, plain(item.source)), place) if part)


def _read(item: Hyperparameter, links: Links) -> str:
    more = " …" if len(item.read_at) > READ_SHOWN else ""
    return ", ".join(links.place(place) for place in item.read_at[:READ_SHOWN]) + more


def _defined(module: Module, links: Links) -> str:
    return f" {links.place(Location(module.file, module.line))}" if module.file else ""


def _shapes(shapes: tuple[tuple[int, ...], ...]) -> str:
    return ", ".join(shape_text(shape) for shape in shapes)


def _parameter(item: ParameterChange) -> tuple[str, ...]:
    return (
        code(item.name),
        shape_text(item.shape),
        number_text(item.grad_norm),
        _sample(item.before),
        _sample(item.after),
        number_text(item.change),
    )


def _sample(values: tuple[float, ...] | float | None) -> str:
    if isinstance(values, tuple):
        return ", ".join(number_text(value) for value in values[:3]) + (", …" if len(values) > 3 else "")
    return number_text(values)


def _points(history: History) -> str:
    points = history.points
    half = POINTS_SHOWN // 2
    shown = [f"{point.iteration}: {code(number_text(point.value))}" for point in points]
    if len(shown) > POINTS_SHOWN:
        shown[half:-half] = ["…"]
    return ", ".join(shown)


def _mermaid(text: str) -> str:
    """A label that Mermaid shows as it is: what could end the label or be read as markup becomes a character code."""
    return re.sub(r"[^\w\s.,:()=/+-]", lambda match: f"#{ord(match.group())};", visible(text.replace("\n", " ")))
