"""Sections of the onboarding map about values: model, settings, one update, histories, metrics."""

from __future__ import annotations

import math
import re

from walkthroughs.captions import count_text, number_text, shape_text
from walkthroughs.flow import value_label
from walkthroughs.markup import Links, code, plain, sentence, table
from walkthroughs.tour import ChainLink, History, Hyperparameter, Location, Module, ParameterChange, Tour

MODULES_SHOWN = 60
PARAMETERS_SHOWN = 8
BARS = "▁▂▃▄▅▆▇█"
READ_SHOWN = 3


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
        f"{what}{where}{rate}; a few elements of {sampled} were sampled, of which the first is shown.{same}\n\n"
        + table(("Parameter", "Shape", "Gradient norm", "First element", "Largest change"), rows)
        + (f"\n\n{count_text(more, 'parameter tensor')} more are in the tour file." if more > 0 else "")
    )


def histories(tour: Tour, links: Links) -> str:
    """How values moved: the first and the last one, and all that were kept as a line of bars."""
    rows = [
        (code(item.name), links.place(item.location), *_course(item)) for item in tour.histories if len(item.points) > 1
    ]
    return table(("Value", "Place", "First → last", "Recorded runs", "Course"), rows) if rows else ""


def metrics(tour: Tour, links: Links) -> str:
    """From the reported number back to the lines that made it."""
    rows = []
    for metric in tour.metrics:
        where = code(metric.printed) if metric.printed else "not seen printed; as it was first computed"
        chain = " → ".join(_link_of(item, links) for item in metric.chain)
        value = code(str(number_text(_number(metric.value)))) if metric.value else ""
        rows.append((f"**{plain(metric.name)}**", value, where, chain or links.place(metric.location)))
    return table(("Number", "Value", "Printed as", "The lines that made it, and what they bound"), rows) if rows else ""


def _link_of(item: ChainLink, links: Links) -> str:
    bound = f" {code(value_label(item.variable))}" if item.variable else ""
    return links.place(item.location) + bound


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


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
    before, after = _first(item.before), _first(item.after)
    return (
        code(item.name),
        shape_text(item.shape),
        number_text(item.grad_norm),
        f"{before} → {after}" if before and after else before or after,
        number_text(item.change),
    )


def _first(values: tuple[float, ...] | float | None) -> str:
    if isinstance(values, tuple):
        return number_text(values[0]) if values else ""
    return number_text(values)


def _course(history: History) -> tuple[str, str, str]:
    """First and last value, how many runs were recorded, and bars between the smallest and the largest number."""
    points = history.points
    runs = points[-1].iteration + 1
    numbers = [point.value for point in points if isinstance(point.value, (int, float))]
    ends = f"{number_text(points[0].value)} → {number_text(points[-1].value)}"
    if len(numbers) < len(points) or not all(map(math.isfinite, numbers)):
        return ends, str(runs), ""
    low, high = min(numbers), max(numbers)
    steps = len(BARS) - 1
    bars = "".join(BARS[round((number - low) / (high - low) * steps)] if high > low else BARS[0] for number in numbers)
    return ends, str(runs), code(bars)
