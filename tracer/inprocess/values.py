"""Value summaries: what a reader is told of a value, without the value noticing. Runs in the target.

Nothing of the target's is ever called: no `repr`, no property, no `len` of a class that is not known by its exact type.
A summary is plain data (numbers, texts, lists), holds no reference to the value, and is small. Stdlib only, Python 3.9
and later. Loaded by path under a private name, or imported as a part of the package by tests.
"""

from __future__ import annotations

import sys
from _weakref import ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    _Handler = Callable[["Summarizer", Any, str, int, bool], dict[str, Any]]

_ALONE = not __package__
if _ALONE:
    # Loaded by path: the files beside this one are parts of a private package that exists only during the imports.
    __package__ = "_repotour_values"
    __spec__ = type(sys.__spec__)(__package__ + ".values", None)
    _package = type(sys)(__package__)
    _package.__path__ = [__file__.replace("\\", "/").rpartition("/")[0] or "."]
    sys.modules[__package__] = _package

from . import arrays, identity, jaxes, objects, plain, reading, tables, tensors  # noqa: E402  (needs the package above)
from .intrusions import pass_on  # noqa: E402

if _ALONE:
    for _name in "arrays identity intrusions jaxes objects pictures plain reading tables tensors".split():
        del sys.modules[__package__ + "." + _name]
    del sys.modules[__package__]

LIMITS = {"text_chars": 120, "items": 6, "depth": 2, "stats_elements": 65536, "sample": 6, "pictures": 256}

# Known classes by the name of their definition; each is checked to be genuine. True: subclasses are read the same way.
_KNOWN: dict[str, tuple[_Handler, bool]] = {
    "torch.Tensor": (tensors.tensor, False),
    "torch.nn.parameter.Parameter": (tensors.tensor, False),
    "torch.nn.parameter.Buffer": (tensors.tensor, False),
    "torch.nn.modules.module.Module": (objects.model, True),
    "torch.optim.optimizer.Optimizer": (objects.optimizer, True),
    "torch.utils.data.dataloader.DataLoader": (objects.loader, True),
    "torch.Size": (objects.written, False),
    "torch.dtype": (objects.written, False),
    "torch.device": (objects.written, False),
    "numpy.ndarray": (arrays.array, True),
    "numpy.generic": (arrays.scalar, True),
    "numpy.dtype": (arrays.dtype, True),
    "enum.Enum": (objects.member, True),
    "collections.deque": (objects.queue, True),
    "argparse.Namespace": (objects.record, True),
    "types.SimpleNamespace": (objects.record, True),
    "functools.partial": (objects.partial, False),
    "re.Pattern": (objects.pattern, False),
    "datetime.datetime": (objects.moment, False),
    "datetime.time": (objects.moment, False),
    "datetime.date": (objects.written, False),
    "datetime.timedelta": (objects.written, False),
    "decimal.Decimal": (objects.written, False),
    "fractions.Fraction": (objects.fraction, False),
    "uuid.UUID": (objects.unique, False),
    "PIL.Image.Image": (objects.picture, True),
    "scipy.sparse._base._spbase": (objects.sparse, True),
    "scipy.sparse._base.spmatrix": (objects.sparse, True),
    "scipy.sparse.base.spmatrix": (objects.sparse, True),
    "pandas.core.frame.DataFrame": (objects.table, False),
    "pandas.DataFrame": (objects.table, False),
    "pandas.core.series.Series": (objects.column, False),
    "pandas.Series": (objects.column, False),
    "polars.dataframe.frame.DataFrame": (tables.frame, False),
    "polars.series.series.Series": (tables.series, False),
    "datasets.arrow_dataset.Dataset": (tables.dataset, False),
    "torch_geometric.data.data.Data": (objects.graph, True),
    "jaxlib._jax.ArrayImpl": (jaxes.array, False),
    "jaxlib.xla_extension.ArrayImpl": (jaxes.array, False),
    "jax._src.core.Tracer": (jaxes.tracer, True),
}
for _module in ("pathlib", "pathlib._local"):
    for _name in ("PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath"):
        _KNOWN[f"{_module}.{_name}"] = (objects.path, False)


def _known_handler(cls: type) -> _Handler | None:
    """The way to read a class of a known library, its own or that of a base class."""
    for base in reading.mro_of(cls):
        known = _KNOWN.get(f"{reading.module_name(base)}.{reading.qualname(base)}")
        if known is None or not reading.is_genuine(base):
            continue
        if base is cls or known[1]:
            return known[0]
        if known[0] is tensors.tensor:
            return tensors.subclass
    return None


def _handler_of(cls: type) -> _Handler:
    """The way to read the instances of a class, decided once per class."""
    handler: _Handler | None = plain.BY_EXACT_TYPE.get(id(cls)) or _known_handler(cls)
    if handler is not None:
        return handler
    for base in reading.mro_of(cls):
        for known, builtin in plain.BY_BASE:
            if base is known:
                return builtin
    for base in reading.mro_of(cls):
        if "__dataclass_fields__" in reading.namespace_of(base):
            return objects.record
    return objects.instance


class Summarizer:
    """Makes summaries of values and gives objects their serial numbers. One per run; not shared between threads.

    `limits` replaces some of LIMITS. One made `like` another gives the same objects the same serial numbers.
    """

    def __init__(self, limits: dict[str, int] | None = None, like: Summarizer | None = None) -> None:
        chosen = dict(LIMITS, **(limits or {}))
        self.text_chars = chosen["text_chars"]
        self.items = chosen["items"]
        self.depth = chosen["depth"]
        self.stats_elements = chosen["stats_elements"]
        self.sample = chosen["sample"]
        self.pictures = chosen["pictures"]
        self._picturing = 0
        self.counts: dict[int, tuple[tuple[int, int], int | None, int]] = {}
        self._serials: identity.Serials = identity.Serials(tensors.may_refer) if like is None else like._serials
        self._types: dict[int, tuple[ref[type], str, _Handler]] = {}

    def summary(self, value: Any, *, stats: bool = False, picture: bool = False) -> dict[str, Any]:
        """What a reader is told of `value`, as JSON-able data; never raises.

        `stats` asks for statistics of arrays, `picture` with them for small pictures of one or two, so long as there
        are any left for this run.
        """
        self._picturing = 2 if picture else 0
        return self._summary(value, 0, stats)

    def may_picture(self) -> bool:
        """Whether a picture of an array is to be made: to be asked once for each."""
        if not self._picturing or not self.pictures:
            return False
        self._picturing -= 1
        self.pictures -= 1
        return True

    def nested(self, value: Any, depth: int, stats: bool) -> dict[str, Any]:
        """The summary of a part of a value that is itself at `depth`; statistics go one level down."""
        return self._summary(value, depth + 1, stats and depth == 0)

    def serial(self, value: Any) -> int | None:
        """A number for an object that no other object gets; None for plain values and what cannot be told apart."""
        try:
            return self._serials.of(value)
        except Exception as error:  # noqa: BLE001 - a container that another thread changes meanwhile
            pass_on(error)
            return None

    def _summary(self, value: Any, depth: int, stats: bool) -> dict[str, Any]:
        cls = type(value)
        known = self._types.get(id(cls))
        try:
            if known is None or known[0]() is not cls:
                known = self._learn(cls)
            facts = known[2](self, value, known[1], depth, stats)
        except Exception as error:  # noqa: BLE001 - whatever it was, it must not reach the target
            pass_on(error)
            return {"type": known[1] if known is not None and known[0]() is cls else "?", "value": "<not readable>"}
        if "id" in facts and facts["id"] is None:
            del facts["id"]
        return facts

    def _learn(self, cls: type) -> tuple[ref[type], str, _Handler]:
        known = (ref(cls), reading.class_name(cls), _handler_of(cls))
        self._types[id(cls)] = known
        return known


def norm(value: Any) -> float | None:
    """The L2 norm of a CPU tensor or numpy array, estimated beyond a million elements; None for other values."""
    measured = measured_norm(value)
    return None if measured is None else measured[0]


def measured_norm(value: Any) -> tuple[float, bool] | None:
    """The L2 norm as `norm` gives it, and whether it is an estimate."""
    try:
        found = arrays.numpy()
        if found is not None and reading.derives(type(value), found.ndarray):
            return arrays.norm(found.plain(value))
        measured: tuple[float, bool] | None = tensors.guarded(tensors.norm, value)
        return measured
    except Exception as error:  # noqa: BLE001 - as in a summary: nothing reaches the target
        pass_on(error)
        return None


def sample_values(value: Any, n: int) -> list[float] | None:
    """About `n` evenly spread elements of a CPU tensor or numpy array (all, when it has no more); None for others."""
    try:
        found = arrays.numpy()
        if found is not None and reading.derives(type(value), found.ndarray):
            numbers = arrays.sample(found.plain(value), n)
        else:
            numbers = tensors.guarded(tensors.sample, value, n)
        return None if numbers is None else [float(one) for one in numbers]
    except Exception as error:  # noqa: BLE001 - as above
        pass_on(error)
        return None


def gradient(value: Any) -> Any:
    """The gradient of a tensor of torch's own classes, or None; no warning, as `.grad` of an inner node would give."""
    try:
        return tensors.gradient(value)
    except Exception as error:  # noqa: BLE001 - as above
        pass_on(error)
        return None
