"""Made-up graphs for data sets of torch_geometric that cannot be downloaded. Runs in the target."""

from __future__ import annotations

import sys

from . import made_up

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .harness import Harness

PLANETOID = {"cora": (2708, 5278, 1433, 7), "citeseer": (3327, 4552, 3703, 6), "pubmed": (19717, 44324, 500, 3)}
"""Nodes, edges (each counted once), features of a node, classes."""

GRAPHS = {
    # graphs, classes, kinds of node (the features that a node has; 0: none)
    "MUTAG": (188, 2, 7),
    "PROTEINS": (1113, 2, 3),
    "ENZYMES": (600, 6, 3),
    "NCI1": (4110, 2, 37),
    "DD": (1178, 2, 89),
    "PTC_MR": (344, 2, 18),
    "IMDB-BINARY": (1000, 2, 0),
    "IMDB-MULTI": (1500, 3, 0),
    "REDDIT-BINARY": (2000, 2, 0),
    "COLLAB": (5000, 3, 0),
}
LOST = (OSError, RuntimeError, ValueError, EOFError, ImportError)


class Offline(RuntimeError):
    """Nothing is downloaded."""


def arm(harness: Harness) -> None:
    """Wait for the modules of the data sets."""
    harness.after("torch_geometric.datasets.planetoid", lambda module: _take(harness, module, "Planetoid"))
    harness.after("torch_geometric.datasets.tu_dataset", lambda module: _take(harness, module, "TUDataset"))


def _take(harness: Harness, module: Any, kind: str) -> None:
    cls = getattr(module, kind)
    fill = _planetoid if kind == "Planetoid" else _graphs

    def refuse(self: Any) -> None:
        raise Offline("RepoTour downloads nothing here")

    def make(original: Any) -> Any:
        def __init__(self: Any, *args: Any, **named: Any) -> None:
            given = made_up.given(original, (self, *args), named)
            known = PLANETOID if kind == "Planetoid" else GRAPHS
            name = str((given or {}).get("name", ""))
            key = name.lower() if kind == "Planetoid" else name
            if given is None or key not in known:
                original(self, *args, **named)
                return
            # On the instance, so that a class derived from it with a download of its own is not changed.
            self.__dict__["download"] = refuse.__get__(self)
            try:
                original(self, *args, **named)
            except LOST as error:
                _begin(self, given)
                what = fill(self, key, given, harness.settings)
                reason = "%s could not be read or downloaded (%s)" % (name, type(error).__name__)
                harness.tell("the data are made up by RepoTour in the shape of %s (%s)" % (name, what), reason)
            finally:
                self.__dict__.pop("download", None)

        return __init__

    made_up.in_place_of(cls, "__init__", make)


def _begin(dataset: Any, given: dict[str, Any]) -> None:
    """What the constructors of the parents would have set."""
    for name in ("name", "root", "transform", "pre_transform", "pre_filter", "split", "cleaned"):
        if name in given:
            setattr(dataset, name, given[name])
    vars(dataset).setdefault("pre_filter", None)
    dataset.log, dataset.force_reload = True, False
    dataset._indices = dataset._data_list = None


def _planetoid(dataset: Any, key: str, given: dict[str, Any], settings: dict[str, Any]) -> str:
    """One graph with the nodes, features, classes and masks of the citation networks."""
    torch = sys.modules["torch"]
    nodes, edges, features, classes = PLANETOID[key]
    drawn = made_up.generator(nodes)
    chosen = made_up.labels(nodes, classes)
    words = (drawn.random_sample((nodes, features)) < 0.01).astype("float32")
    words[range(nodes), chosen % features] = 1.0
    part = {}
    order = drawn.permutation(nodes)
    train = int(given.get("num_train_per_class", 20)) * classes
    ends = (0, train, train + int(given.get("num_val", 500)), train + 500 + int(given.get("num_test", 1000)))
    for number, name in enumerate(("train_mask", "val_mask", "test_mask")):
        mask = torch.zeros(nodes, dtype=torch.bool)
        mask[torch.from_numpy(order[ends[number] : ends[number + 1]])] = True
        part[name] = mask
    data = _data()(
        x=torch.from_numpy(words), edge_index=_edges(drawn, nodes, edges), y=torch.from_numpy(chosen), **part
    )
    if given.get("pre_transform") is not None:
        data = given["pre_transform"](data)
    dataset.data, dataset.slices = dataset.collate([data])
    return "%d nodes, %d edges, %d features, %d classes" % (nodes, 2 * edges, features, classes)


def _graphs(dataset: Any, key: str, given: dict[str, Any], settings: dict[str, Any]) -> str:
    """Many small graphs, each with a class."""
    torch = sys.modules["torch"]
    real, classes, kinds = GRAPHS[key]
    number = made_up.count(real, settings)
    chosen = made_up.labels(number, classes)
    drawn = made_up.generator(number)
    rows = []
    for label in chosen.tolist():
        nodes = int(drawn.randint(10, 30))
        edges = _edges(drawn, nodes, nodes + 3 * label)
        kept = {"edge_index": edges, "y": torch.tensor([label])}
        if kinds:
            kept["x"] = torch.eye(kinds)[torch.from_numpy(drawn.randint(0, kinds, size=nodes))]
        else:
            kept["num_nodes"] = nodes
        rows.append(_data()(**kept))
    if given.get("pre_filter") is not None:
        rows = [one for one in rows if given["pre_filter"](one)]
    if given.get("pre_transform") is not None:
        rows = [given["pre_transform"](one) for one in rows]
    dataset.sizes = {"num_node_labels": kinds, "num_node_attributes": 0, "num_edge_labels": 0}
    dataset.sizes["num_edge_attributes"] = 0
    dataset.data, dataset.slices = dataset.collate(rows)
    return "%d graphs, %d classes" % (number, classes)


def _edges(drawn: Any, nodes: int, edges: int) -> Any:
    """Edges between different nodes drawn at random, each in both directions (2 x N, int64)."""
    torch = sys.modules["torch"]
    ends = drawn.randint(0, nodes, size=(2, max(1, edges))).astype("int64")
    loops = ends[0] == ends[1]
    ends[1][loops] = (ends[1][loops] + 1) % nodes
    made = torch.from_numpy(ends)
    return torch.cat([made, made.flip(0)], 1)


def _data() -> Any:
    return sys.modules["torch_geometric.data"].Data
