"""Libraries whose compiled part does not load beside the installed torch. Runs in the target.

Their Python part often is all that a program needs: what only asks whether an operator is there is told that it is
declared, and a compiled library that cannot be loaded is left out. In the settings, `operators` are those that a failed
run named, `libraries` the packages whose compiled libraries are left out, and `hidden` the modules that do not load at
all: they are as if they were not installed, or, where torch can do what they do, done by torch (`extensions/`).
"""

from __future__ import annotations

import sys

from .devices.mapping import like
from .extensions import boxes, scatter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Optional

    from .harness import Harness

# What declares something about an operator that has to be there already.
DECLARING = ("register_fake", "impl_abstract", "register_autograd", "register_kernel", "register_autocast")
ANY_SIGNATURE = "(...) -> ..."
BY_TORCH = {"torch_scatter": scatter.FUNCTIONS}


def arm(harness: Harness) -> None:
    """Wait for torch, and for what is to be hidden."""
    named: list[str] = list(harness.settings.get("operators", ()))
    hidden: set[str] = set(harness.settings.get("hidden", ()))
    declared = _Declared(harness, {name.partition("::")[0] for name in named})

    def on_torch(torch: Any) -> None:
        declared.torch = torch
        for name in named:
            declared.declare(name)
        if named:
            for name in DECLARING:
                function = getattr(torch.library, name, None)
                if function is not None:
                    setattr(torch.library, name, declared.declaring(function))
        _forgive_loading(torch, harness, [str(name) for name in harness.settings.get("libraries", ())])

    harness.after("torch", on_torch)
    harness.after("torchvision.ops.boxes", lambda module: boxes.complete(module, harness))
    for name in hidden:
        if name in BY_TORCH:
            harness.instead(name + ".", lambda found: _by_torch(found, harness))
        else:
            harness.hide(name, lambda found: _hidden(found, harness))
    for name in BY_TORCH:
        if name not in hidden:
            harness.instead(name, lambda found: _by_torch(found, harness))


class _Declared:
    """The operators that were declared in place of a library that did not load."""

    def __init__(self, harness: Harness, spaces: set[str]) -> None:
        self.harness = harness
        self.spaces = spaces
        self.torch: Any = None
        self.libraries: dict[str, Any] = {}

    def declare(self, full: str) -> None:
        """Declare an operator, for any arguments, if it is not there: nothing computes it."""
        space, _, name = full.partition("::")
        if space not in self.spaces or hasattr(getattr(self.torch.ops, space), name):
            return
        if space not in self.libraries:
            self.libraries[space] = self.torch.library.Library(space, "FRAGMENT")
        self.libraries[space].define(name + ANY_SIGNATURE)
        self.harness.tell(
            "the operator %s was declared, so that %s can be imported without its compiled part" % (full, space),
            "the compiled part of %s does not load beside torch %s" % (space, self.torch.__version__),
        )

    def declaring(self, function: Any) -> Any:
        """A function of `torch.library` that declares the operator that it is about."""

        def about(op: Any, *given: Any, **named: Any) -> Any:
            if type(op) is str:
                self.declare(op)
            return function(op, *given, **named)

        return like(about, function)


def _forgive_loading(torch: Any, harness: Harness, packages: list[str]) -> None:
    """`torch.ops.load_library`: what cannot be loaded is left out, for packages that do not see to that themselves."""
    load = torch.ops.load_library

    def load_library(path: Any) -> Any:
        try:
            return load(path)
        except OSError as error:
            if not any("/%s/" % package in str(path).replace("\\", "/") for package in packages):
                raise
            name = str(path).replace("\\", "/").rpartition("/")[2]
            harness.tell("the compiled library %s was left out" % name, "it does not load (%s)" % _reason(error))
            return None

    torch.ops.load_library = load_library


def _reason(error: OSError) -> str:
    """Why a library does not load, without where it lies."""
    return str(error).rpartition("/")[2][:160]


def _hidden(name: str, harness: Harness) -> bool:
    """A module that is there is not found."""
    if not name.partition(".")[2]:
        harness.tell("%s was hidden, as if it were not installed" % name, "its compiled part does not load here")
    return True


def _by_torch(name: str, harness: Harness) -> Optional[ModuleType]:
    """A module whose functions torch can do as well."""
    functions = BY_TORCH.get(name)
    if functions is None:
        return None
    module: ModuleType = type(sys)(name, "Done by torch.")
    vars(module).update(functions, __version__="2.1.2", __all__=sorted(functions))
    harness.tell(
        "%s was done by functions of torch that compute the same" % name,
        "its compiled part is not here, or does not load",
    )
    return module
