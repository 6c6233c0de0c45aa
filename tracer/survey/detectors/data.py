"""Where data is read, transformed, split and batched. Pure, static."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tracer.stages import Stage
from tracer.survey.program import Call, SourceFile
from tracer.survey.sightings import Sighting

_READERS = re.compile(
    r"numpy\.(load|loadtxt|genfromtxt|memmap|fromfile)$|pandas\.read_\w+$|PIL\.Image\.open$|cv2\.imread$|scipy\.io\.loadmat$"
    r"|sklearn\.datasets\.(load|fetch|make)_\w+$|(tensorflow\.)?keras\.datasets\.\w+(\.load_data)?$|tensorflow_datasets\.load$"
    r"|torchaudio\.load$|h5py\.File$|networkx\.\w+$|scipy\.sparse\.load_npz$"
)
_TRANSFORMS = re.compile(
    r"torchvision\.transforms(\.v2)?\.Compose$|albumentations\.Compose$|sklearn\.model_selection\.train_test_split$|torch\.utils\.data\.random_split$"
)
_FUNCTION = re.compile(
    r"(get|load|read|make|prepare|build|create|generate|sample|iter|next|fetch|process|split)_?\w*"
    r"(batch|data|dataset|loader|corpus|samples|split|examples|generator)\w*$|(data|batch|tokeni[sz]e|batchify|collate)\w*$"
)
_HOOKS = frozenset(("train_dataloader", "val_dataloader", "test_dataloader", "prepare_data", "setup", "collate_fn"))


class Data:
    """Data: readers, data sets, transforms, loaders, functions that cut batches."""

    stage = Stage.DATA

    def detect(self, source: SourceFile) -> Iterable[Sighting]:
        """Data-set classes and their items, loaders made, files read, functions named for data."""
        owners = {item.qualname for item in source.classes if item.kind == "dataset"}
        for item in source.classes:
            if item.kind in ("dataset", "loader"):
                yield source.sighting(self.stage, item.node, item.qualname, 0.8, "data", item.node.lineno)
        for function in source.functions:
            name = function.node.name
            if function.owner in owners and name in ("__getitem__", "__iter__", *_HOOKS):
                confidence = 0.85
            elif _FUNCTION.match(name.lower().lstrip("_")):
                confidence = 0.6
            else:
                continue
            yield source.sighting(
                self.stage, function.node, function.qualname, confidence, "data", function.node.lineno
            )
        for call in source.calls:
            confidence = _call(source, call)
            if confidence:
                yield source.sighting(
                    self.stage, call.statement, call.qualname, confidence, "data", call.node.end_lineno or 0
                )


def _call(source: SourceFile, call: Call) -> float:
    kind = source.value(call.node).kind if call.last not in ("to", "train", "eval") else ""
    if kind == "loader":
        return 0.9
    if kind == "dataset":
        return 0.85
    if _READERS.match(call.name):
        return 0.75
    if _TRANSFORMS.match(call.name):
        return 0.65
    if call.name in ("open", "builtins.open") and re.search(
        r"load|read|data|corpus|get|tokenize", call.qualname.lower()
    ):
        return 0.5
    return 0.0


DETECTOR = Data()
