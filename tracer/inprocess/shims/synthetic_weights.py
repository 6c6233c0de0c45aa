"""Weights that cannot be downloaded: the model keeps those with which it was built. Runs in the target.

What would have been downloaded becomes an empty `Unavailable`; a module that is asked to load one loads nothing.
"""

from __future__ import annotations

import sys

from . import made_up

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .harness import Harness

TEXT = "the pretrained weights are left out by RepoTour: the model begins with random ones"
LOST = (OSError, RuntimeError)


class Unavailable(dict):  # type: ignore[type-arg]
    """Weights that nobody has: empty, and whatever part of them is asked for is just as empty."""

    def __missing__(self, key: Any) -> Unavailable:
        return self

    def pop(self, key: Any, *default: Any) -> Any:
        """Nothing is there to be taken out."""
        return default[0] if default else self

    def __delitem__(self, key: Any) -> None:
        return None

    def copy(self) -> Unavailable:
        """As empty as this."""
        return Unavailable()


def arm(harness: Harness) -> None:
    """Wait for what downloads weights and for what loads them."""
    harness.after("torch.hub", lambda module: _replace(harness, module, "load_state_dict_from_url"))
    harness.after("torch.nn.modules.module", lambda module: _loading(harness, module))
    harness.after("timm.models._builder", lambda module: _replace(harness, module, "load_pretrained"))
    harness.after("timm.models.helpers", lambda module: _replace(harness, module, "load_pretrained"))
    harness.after("torch.hub", lambda module: _models(harness, module))
    for package in ("keras.src", "keras"):
        harness.after(package + ".utils.file_utils", lambda module: _keras(harness, module))
        harness.after(package + ".models.model", _kept)


def _replace(harness: Harness, module: Any, name: str) -> None:
    """A function that fetches weights gives `Unavailable` when it cannot."""

    def make(original: Any) -> Any:
        def fetch(*args: Any, **named: Any) -> Any:
            try:
                return original(*args, **named)
            except LOST as error:
                harness.tell(TEXT, "they could not be downloaded (%s)" % type(error).__name__)
                return Unavailable()

        return fetch

    if name in vars(module):
        made_up.in_place_of(module, name, make)


def _loading(harness: Harness, module: Any) -> None:
    """A module that is asked to load `Unavailable` stays as it is."""
    result = getattr(module, "_IncompatibleKeys", None)

    def make(original: Any) -> Any:
        def load_state_dict(self: Any, state_dict: Any, *args: Any, **named: Any) -> Any:
            if isinstance(state_dict, Unavailable):
                harness.tell(TEXT, "they could not be downloaded")
                return result([], []) if result is not None else None
            return original(self, state_dict, *args, **named)

        return load_state_dict

    made_up.in_place_of(module.Module, "load_state_dict", make)


def _models(harness: Harness, module: Any) -> None:
    """`torch.hub.load` of a model that torchvision has too gives that one, without weights."""

    def make(original: Any) -> Any:
        def load(repo_or_dir: Any, model: Any, *args: Any, **named: Any) -> Any:
            try:
                return original(repo_or_dir, model, *args, **named)
            except LOST as error:
                if not str(repo_or_dir).startswith("pytorch/vision"):
                    raise
                try:
                    models: Any = __import__("torchvision.models").models
                except (ImportError, *LOST):
                    raise error from None
                harness.tell(TEXT, "the repository of the model could not be downloaded")
                kept = {key: value for key, value in named.items() if key not in HUB}
                return getattr(models, model)(*args, **kept)

        return load

    made_up.in_place_of(module, "load", make)


HUB = frozenset("pretrained weights source trust_repo force_reload verbose skip_validation".split())
"""Arguments of `torch.hub.load` that are not the model's."""


class Nowhere(str):
    """The path of weights that nobody has."""


def _keras(harness: Harness, module: Any) -> None:
    """Weights of the models in `keras.applications`: the model keeps those with which it was built."""

    def make(original: Any) -> Any:
        def get_file(*args: Any, **named: Any) -> Any:
            try:
                return original(*args, **named)
            except Exception as error:  # Keras wraps what urllib says in a plain Exception
                caller = sys._getframe(1).f_code.co_filename.replace("\\", "/")
                if (
                    "/applications/" not in caller
                    or "/keras/" not in caller
                    or not (isinstance(error, LOST) or "URL fetch failure" in str(error))
                ):
                    raise
                harness.tell(TEXT, "they could not be downloaded (%s)" % type(error).__name__)
                return Nowhere("weights")

        return get_file

    if "get_file" in vars(module):
        made_up.in_place_of(module, "get_file", make)


def _kept(module: Any) -> None:
    def make(original: Any) -> Any:
        def load_weights(self: Any, filepath: Any, *args: Any, **named: Any) -> Any:
            return None if isinstance(filepath, Nowhere) else original(self, filepath, *args, **named)

        return load_weights

    if hasattr(getattr(module, "Model", None), "load_weights"):
        made_up.in_place_of(module.Model, "load_weights", make)
