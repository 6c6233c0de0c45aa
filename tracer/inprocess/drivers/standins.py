"""Modules that a notebook expects of the place where it was written: IPython, Colab, progress bars of widgets.

Runs in the target. What is installed is used; only what is missing is stood in for, by modules that show texts and
otherwise do nothing. Each that was used is told.
"""

from __future__ import annotations

import importlib.machinery
import sys
from importlib import import_module
from importlib.util import find_spec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Optional

    from .shell import Shell

_SCREEN = ("IPython", "matplotlib_inline")
_COLAB = "google.colab"
_WIDGETS = "tqdm.notebook"


class Shown:
    """Something that Jupyter would show: an image, a page, a sound. As text it says what it is."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.data = arguments[0] if arguments else None

    def __repr__(self) -> str:
        return "<%s>" % type(self).__name__


class Nothing:
    """Whatever else is asked of a stand-in: it can be called and asked for anything, and gives nothing."""

    def __call__(self, *arguments: Any, **options: Any) -> None:
        """Nothing."""

    def __getattr__(self, name: str) -> Nothing:
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing()


class Finder:
    """Finds the stand-ins, as a finder of modules that is asked when no other knows the name."""

    def __init__(self, roots: tuple[str, ...], shell: Shell) -> None:
        self.roots = roots
        self.shell = shell

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """A specification for a name at or below one of the roots, and for the package above `google.colab`."""
        above = name == "google" and _COLAB in self.roots
        if not above and not any(name == root or name.startswith(root + ".") for root in self.roots):
            return None
        spec = importlib.machinery.ModuleSpec(name, self)  # type: ignore[arg-type]
        spec.submodule_search_locations = []
        return spec

    def create_module(self, spec: Any) -> Optional[ModuleType]:
        """As usual."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Fill a stand-in."""
        name = module.__name__
        if name.startswith(_SCREEN):
            self._fill_screen(module)
        elif name.startswith(_COLAB):
            self._fill_colab(module)

    def _fill_screen(self, module: ModuleType) -> None:
        shell = self.shell
        root = module.__name__.partition(".")[0]
        shell.tell("%s is not installed: what it would show is shown as text or not at all" % root)
        known = {
            "get_ipython": lambda: shell,
            "display": shell.display,
            "clear_output": Nothing(),
            "version_info": (8,),
        }
        module.__dict__.update(known)

        def of_module(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            if not name[:1].isupper():
                return Nothing()
            return type(name, (Shown,), {})

        if module.__name__ == "IPython":
            # The function of this name is in the module of this name, which `import IPython` brings along.
            del module.__dict__["display"]
        module.__dict__["__getattr__"] = of_module

    def _fill_colab(self, module: ModuleType) -> None:
        self.shell.tell("google.colab is stood in for: it mounts no drive, and uploads and downloads nothing")
        module.__dict__["__getattr__"] = _of_colab(module.__name__)


def _of_colab(module: str) -> Any:
    def of_module(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if module == _COLAB:
            return import_module("%s.%s" % (_COLAB, name))
        return (lambda *arguments, **options: {}) if name.startswith("upload") else Nothing()

    return of_module


class Bars:
    """Gives `tqdm.notebook` the bars of a terminal where the widgets that it needs are not installed."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Only for that one module."""
        return importlib.machinery.ModuleSpec(name, self) if name == _WIDGETS else None  # type: ignore[arg-type]

    def create_module(self, spec: Any) -> Optional[ModuleType]:
        """As usual."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """The same names, of `tqdm` itself."""
        from tqdm import std  # type: ignore[import-untyped, unused-ignore]

        self.shell.tell("tqdm.notebook shows the bars of a terminal, because ipywidgets is not installed")
        module.__dict__.update(tqdm=std.tqdm, trange=std.trange, tqdm_notebook=std.tqdm, tnrange=std.trange)


def install(colab: bool, shell: Shell) -> None:
    """Have the stand-ins found for what is missing; `colab`: the notebook takes it for granted that it runs there."""
    roots = tuple(name for name in _SCREEN if not _is_there(name)) + ((_COLAB,) if colab else ())
    finders: list[Any] = sys.meta_path
    if roots:
        finders.append(Finder(roots, shell))
    if not _is_there("ipywidgets"):
        finders.insert(0, Bars(shell))


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False
