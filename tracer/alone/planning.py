"""The plans of a model alone: one run that looks for arguments and inputs, and one that is told. Host side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tracer.alone.candidates import Candidate, KnownModels
from tracer.notebooks import is_notebook
from tracer.plan import Driver, RunPlan
from tracer.trace import Trace

CHAPTER = "alone"
FOUND = "model_alone_found"
WHY = "no attempt at a program got as far as its model"
WHY_INPUT = "there were no data of the repository to apply it to"
MADE = "made up"
"""Why an argument has its value, in the driver's words, when nothing says what it is."""


def seeking(plan: RunPlan, known: KnownModels, folder: str) -> RunPlan:
    """The plan of the run that looks for what fits; `folder` is where the program starts that imports the model."""
    candidates, classes = known.candidates, known.classes
    bases = list(dict.fromkeys((folder or ".", ".", "src", *[_folder(item.file) or "." for item in candidates])))
    modules = {
        path: "" if path in known.working else _module(path, bases)
        for path in dict.fromkeys((*[item.file for item in candidates], *classes.values()))
    }
    best = candidates[0]
    data = {
        "candidates": [_plain(item) for item in candidates],
        "settings": {name: [tree, why] for name, (tree, why) in known.settings.items()},
        "classes": classes,
        "modules": modules,
        "notebooks": [path for path in modules if path.endswith(".ipynb")],
    }
    return replace(
        plan,
        launch="driver",
        argv=("-c", f"{_import(modules[best.file], best)}{best.name}(...)(...)"),
        chapter=CHAPTER,
        needs_path=tuple(dict.fromkeys((*plan.needs_path, *bases))),
        driver=Driver("model", data),
        awaited=(),
    )


def found_in(trace: Trace) -> dict[str, Any] | None:
    """What the run that looks for it found; None when it found nothing."""
    return next((row["recipe"] for row in trace.adapted if row.get("what") == FOUND and "recipe" in row), None)


def telling(plan: RunPlan, recipe: dict[str, Any]) -> RunPlan:
    """The plan of the run that builds and applies the model as it was found, from that of the run that looked."""
    assert plan.driver is not None
    known = plan.driver.data
    modules = {file: "" if file in recipe["partly"] else module for file, module in known["modules"].items()}
    given = ", ".join(text for _, text in recipe["given"])
    namespace = "from argparse import Namespace; " if "Namespace(" in recipe["built"] else ""
    start = ("import torch; " if recipe["library"] == "torch" else "import flax.nnx, jax; ") + namespace
    start += "import jax.numpy as jnp; " if "jnp." in given else ""
    names: dict[str, list[str]] = {}
    for file, name in _classes(recipe["tree"]):
        start_of = modules.get(file, "")
        found = f"from {start_of} import " if start_of else f"<definitions of {file}>"
        names.setdefault(found, []).extend([name] if name not in names.get(found, ()) else [])
    imported = "".join(f"{found}{', '.join(rows) if found.endswith(' ') else ''}; " for found, rows in names.items())
    data = {
        "recipe": recipe,
        "told": told(recipe),
        "modules": known["modules"],
        "notebooks": known["notebooks"],
    }
    keys = "{'params': jax.random.PRNGKey(0), 'dropout': jax.random.PRNGKey(1)}"
    called = f".init_with_output({keys}, {given})" if recipe["applied"] == "linen" else f"({given})"
    text = f"{start}{imported}{recipe['built']}{called}"
    return replace(plan, argv=("-c", text), driver=Driver("model", data))


def told(recipe: dict[str, Any]) -> list[tuple[str, str]]:
    """(what, why) of everything about the run that is not the program's own, for the tour to tell."""
    rows = [(f"`{recipe['name']}` was built and applied alone, with nothing of its program around it", WHY)]
    for file in recipe["partly"]:
        what = "its cells do" if is_notebook(file) else "the file does"
        text = f"of `{file}` only imports, definitions and the settings that the model reads were run"
        rows.append((text, f"{what} more than define the model"))
    said = [f"`{name}` = {value} ({why})" for name, value, why in recipe["labels"] if why != MADE]
    made = [f"`{name}` = {value}" for name, value, why in recipe["labels"] if why == MADE]
    if said:
        rows.append((f"it was given {', '.join(said)}", "no program passed them, and this is where reading finds them"))
    if made:
        rows.append((f"made up: {', '.join(made)}", "nothing in the repository says what it is"))
    inputs = [f"`{name}` = `{text}`" for name, text in recipe["given"] if text != "None"]
    if inputs:
        shape = f"a shape that {recipe['shape_at']} writes" if recipe["shape_at"] else "a shape that fits"
        rows.append((f"its input is made up, of {shape}: {', '.join(inputs)}", WHY_INPUT))
    return rows


def _classes(tree: Any) -> Iterator[tuple[str, str]]:
    """(file, name) of the repository's classes in a closed tree, the outermost first."""
    if isinstance(tree, list) and len(tree) == 3 and tree[0] == "class":
        yield tree[1], str(tree[2]).partition(".")[0]
    elif isinstance(tree, (list, dict)):
        for item in tree.values() if isinstance(tree, dict) else tree:
            yield from _classes(item)


def _plain(item: Candidate) -> dict[str, Any]:
    return {
        "file": item.file,
        "name": item.name,
        "library": item.library,
        "sites": list(item.sites),
        "hints": item.hints,
    }


def _import(module: str, best: Candidate) -> str:
    return f"from {module} import {best.name}; " if module else f"<definitions of {best.file}>; "


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _module(path: str, bases: list[str]) -> str:
    """The name by which a file is imported with `bases` on the path; "" where it has none."""
    if not path.endswith(".py"):
        return ""
    for base in bases:
        stem = "" if base == "." else base.rstrip("/") + "/"
        if path.startswith(stem):
            parts = path[len(stem) : -3].split("/")
            parts = parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts
            if all(part.isidentifier() for part in parts):
                return ".".join(parts)
    return ""
