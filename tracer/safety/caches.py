"""Where the libraries of this field keep what they downloaded: data, one row each. Host."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of downloads.

    `place` is where it lies in a home folder, or in the folder for caches when it starts with `.cache/`; `variable`
    names another one. Of a folder that also holds keys only `parts` are offered.
    """

    place: str
    variable: str = ""
    parts: tuple[str, ...] = ()

    def original(self, home: Path, given: Mapping[str, str]) -> Path:
        """Where the user's own lies."""
        named = given.get(self.variable, "") if self.variable else ""
        if named:
            return Path(os.path.expanduser(named))
        first, _, rest = self.place.partition("/")
        if first == ".cache" and given.get("XDG_CACHE_HOME"):
            return Path(given["XDG_CACHE_HOME"]) / rest
        if first == ".config" and given.get("XDG_CONFIG_HOME"):
            return Path(given["XDG_CONFIG_HOME"]) / rest
        return home / self.place


CACHES = (
    # The token of an account lies beside these.
    Cache(".cache/huggingface", "HF_HOME", ("hub", "datasets", "modules", "metrics", "evaluate", "assets")),
    Cache(".cache/huggingface/hub", "HF_HUB_CACHE"),
    Cache(".cache/huggingface/hub", "HUGGINGFACE_HUB_CACHE"),
    Cache(".cache/huggingface/hub", "TRANSFORMERS_CACHE"),
    Cache(".cache/huggingface/datasets", "HF_DATASETS_CACHE"),
    Cache(".cache/torch", "TORCH_HOME", ("hub", "checkpoints", "sentence_transformers", "pyg")),
    Cache(".cache/kagglehub", "KAGGLEHUB_CACHE", ("datasets", "models", "competitions", "notebooks")),
    Cache(".cache/clip"),
    Cache(".cache/whisper"),
    Cache(".cache/matplotlib"),
    Cache(".config/matplotlib", "MPLCONFIGDIR"),
    Cache("scikit_learn_data", "SCIKIT_LEARN_DATA"),
    Cache("seaborn-data", "SEABORN_DATA"),
    Cache(".keras", "KERAS_HOME"),
    Cache("nltk_data", "NLTK_DATA"),
    Cache("tensorflow_datasets", "TFDS_DATA_DIR"),
    Cache(".cache/tfhub_modules", "TFHUB_CACHE_DIR"),
    Cache(".EasyOCR"),
    Cache(".mxnet", "MXNET_HOME"),
)
"""What a target finds in its home. Caches of installers are not among them: a target installs nothing."""
