"""Pillow, matplotlib and networkx: what their newer versions took away."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _size(own: Any, text: Any, *given: Any, **named: Any) -> tuple[int, int]:
    """`ImageFont.getsize`: width and height of a text."""
    left, top, right, bottom = own.getbbox(text, *given, **named)
    return int(right - left), int(bottom - top)


def _text_size(own: Any, text: Any, font: Any = None, *given: Any, **named: Any) -> tuple[int, int]:
    """`ImageDraw.textsize`."""
    left, top, right, bottom = own.textbbox((0, 0), text, font, *given, **named)
    return int(right - left), int(bottom - top)


def _unpickled(path: Any) -> Any:
    """`networkx.read_gpickle`."""
    with open(path, "rb") as handle:
        return __import__("pickle").load(handle)


def _pickled(graph: Any, path: Any) -> None:
    """`networkx.write_gpickle`."""
    with open(path, "wb") as handle:
        __import__("pickle").dump(graph, handle)


def _normpdf(x: Any, mu: float, sigma: float) -> Any:
    """`matplotlib.mlab.normpdf`."""
    return __import__("scipy.stats").stats.norm.pdf(x, mu, sigma)


def get_cmap(name: Any = None, lut: Any = None) -> Any:
    """`matplotlib.cm.get_cmap`."""
    matplotlib = __import__("matplotlib")
    found = name
    if name is None or isinstance(name, str):
        found = matplotlib.colormaps[name or matplotlib.rcParams["image.cmap"]]
    return found if lut is None else found.resampled(lut)


def _styles(module: Any, harness: Any) -> None:
    """Styles of seaborn have the version of seaborn in their names."""
    use = module.use
    library = module.library

    def renamed(style: Any) -> Any:
        if isinstance(style, str) and style.startswith("seaborn") and style not in library:
            other = style.replace("seaborn", "seaborn-v0_8", 1)
            if other in library:
                why = "the program was written for an older matplotlib"
                harness.tell("the matplotlib style %s was given as %s" % (style, other), why)
                return other
        return style

    def use_style(style: Any) -> Any:
        return use([renamed(one) for one in style] if isinstance(style, (list, tuple)) else renamed(style))

    module.use = use_style
    outer = __import__("sys").modules.get("matplotlib.style")
    if outer is not None and getattr(outer, "use", None) is use:
        vars(outer)["use"] = use_style


_FILTERS = {"ANTIALIAS": "LANCZOS", "LINEAR": "BILINEAR", "CUBIC": "BICUBIC"}
NAMES = {
    "PIL": {"PILLOW_VERSION": "PIL:__version__", "VERSION": "PIL:__version__"},
    "PIL.Image": {
        **{old: ":" + new for old, new in _FILTERS.items()},
        "PILLOW_VERSION": "PIL:__version__",
        "VERSION": "PIL:__version__",
    },
    "matplotlib.cm": {"get_cmap": get_cmap},
    "matplotlib.pyplot": {"hold": lambda *_, **__: None},
    "matplotlib.mlab": {"normpdf": _normpdf},
    "networkx": {
        "from_numpy_matrix": ":from_numpy_array",
        "to_numpy_matrix": ":to_numpy_array",
        "from_scipy_sparse_matrix": ":from_scipy_sparse_array",
        "to_scipy_sparse_matrix": ":to_scipy_sparse_array",
        "connected_component_subgraphs": lambda graph: (
            graph.subgraph(part).copy() for part in __import__("networkx").connected_components(graph)
        ),
        "info": str,
        "read_gpickle": _unpickled,
        "write_gpickle": _pickled,
    },
}
METHODS = {
    "PIL.ImageFont:FreeTypeFont": {"getsize": _size},
    "PIL.ImageDraw:ImageDraw": {"textsize": _text_size},
    "networkx:Graph": {
        "node": property(lambda own: own.nodes),
        "add_path": lambda own, nodes: __import__("networkx").add_path(own, nodes),
    },
}
ARGUMENTS = {
    "matplotlib.axes:Axes.hist": {"normed": "density"},
    "matplotlib.pyplot:hist": {"normed": "density"},
    "matplotlib.axes:Axes.grid": {"b": "visible"},
    "matplotlib.pyplot:grid": {"b": "visible"},
}
ACTS = {"matplotlib.style.core": _styles, "matplotlib.style": _styles}
FAILURES = {r"'seaborn[\w-]*' is not a valid package style": "a style of matplotlib by its old name"}
