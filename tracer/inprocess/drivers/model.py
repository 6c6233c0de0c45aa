"""Builds a model of the repository and applies it once, with nothing of its program around it. Runs in the target.

First, in a run that is not told, arguments and inputs are looked for (`candidates`); then, in the run that is told, the
model is built and applied with what was found (`recipe`), and nothing else.
"""

from __future__ import annotations

import json
import sys
import time

from . import arrays, building, tensors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FOUND, TOLD = "model_alone_found", "model_alone"
SECONDS = 60.0


def run(data: str) -> None:
    """Run what the file `data` describes; what was found, or how the model was built, is written beside it."""
    with open(data, encoding="utf-8") as handle:
        plan = json.load(handle)
    main = sys.modules["__main__"].__dict__
    for name in ("sys", "run"):
        main.pop(name, None)
    sys.argv[:] = ["model"]  # what parses its arguments while it is imported finds none
    if "recipe" in plan:
        _perform(plan)
        rows = [{"kind": "adapted", "what": TOLD, "text": text, "why": why} for text, why in plan["told"]]
    else:
        rows = [{"kind": "adapted", "what": FOUND, "recipe": search(plan)}]
    with open(data + ".told", "w", encoding="utf-8") as handle:
        handle.writelines(json.dumps(row) + "\n" for row in rows)


def _perform(plan: dict[str, Any]) -> None:
    """Build the model and apply it, as the search found that it works."""
    recipe = plan["recipe"]
    workshop = building.Workshop({**plan, "partly": recipe["partly"]})
    for file, (wanted, _) in recipe["partly"].items():
        workshop.space(file, wanted)
    for name, tree in recipe["globals"].items():
        workshop.spaces[recipe["file"]][name] = workshop.value(tree)
    if recipe["library"] == "flax":
        model = workshop.value(recipe["tree"])
        arrays.applied(model, [arrays.made(item) for item in recipe["inputs"]])
        return
    import torch

    torch.manual_seed(0)
    model = workshop.value(recipe["tree"])
    torch.manual_seed(0)
    model(*[tensors.made(item) for item in recipe["inputs"]])


def search(plan: dict[str, Any]) -> dict[str, Any]:
    """The first candidate that can be built and applied; raises what the likeliest one said when there is none."""
    failed: list[BaseException] = []
    deadline = time.monotonic() + SECONDS
    for candidate in plan["candidates"]:
        for site in [*candidate["sites"], {}]:
            if time.monotonic() > deadline:
                break
            workshop = building.Workshop(plan)
            builder = building.Builder(workshop, candidate["file"], candidate["name"], site)
            try:
                return _recipe(workshop, builder, candidate, site)
            except building.Unbuildable as error:
                failed.append(error.cause)
            except Exception as error:  # noqa: BLE001 - the code of a repository may fail in any way
                failed.append(error)
    raise failed[0] if failed else LookupError("there is no model class that could be built")


def _recipe(
    workshop: building.Workshop, builder: building.Builder, candidate: dict[str, Any], site: dict[str, Any]
) -> dict[str, Any]:
    model, tree = builder.build()
    flax = candidate["library"] == "flax"
    if not flax and not any(True for _ in model.parameters()):
        raise LookupError("%s has nothing that could be trained" % candidate["name"])

    def begin() -> Any:
        return arrays.Search(model) if flax else tensors.Search(model, candidate.get("hints", {}))

    search = begin()
    inputs = search.find()
    while inputs is None and isinstance(search.last, NameError) and builder.with_global(search.last):
        search = begin()
        inputs = search.find()
    if inputs is None:
        raise search.first or search.last  # the likeliest input comes first, and what it met says most
    builder.close()
    return {
        "file": candidate["file"],
        "name": candidate["name"],
        "library": candidate["library"],
        "tree": tree,
        "globals": builder.globals,
        "partly": {file: [candidate["name"], found.failed] for file, found in workshop.partly.items()},
        "inputs": inputs,
        "labels": [[name, value, why] for name, (value, why) in {**builder.labels, **builder.of_globals}.items()],
        "built": building.shown(tree),
        "given": [[item[0], (arrays if flax else tensors).written(item)] for item in inputs],
        "applied": arrays.kind_of(model) if flax else "",
        "shape_at": search.shape_at,
        "site": site.get("at", ""),
    }
