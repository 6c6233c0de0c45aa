"""Serial numbers for objects, surviving that Python reuses the `id()` of the dead. Runs in the target.

Nothing is kept alive: an object is remembered by a weak reference, a container (which has none) by what it looked like.
"""

from __future__ import annotations

from _weakref import ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Union

    _Signature = tuple[Union[int, None], ...]

_NO_IDENTITY = frozenset(
    map(id, (int, float, bool, complex, str, bytes, type(None), type(...), type(NotImplemented), range, slice))
)
_EXACT: dict[int, type] = {id(one): one for one in (list, tuple, dict, set, frozenset)}
_mro_of = type.__dict__["__mro__"].__get__


def _builtin_base(cls: type) -> type | None:
    """The builtin container that a class is or derives from."""
    for base in _mro_of(cls):
        if id(base) in _EXACT:
            return _EXACT[id(base)]
    return None


def _signature(value: Any, cls: type, base: Any) -> _Signature:
    """What a container looks like: its type, length and the ids of its first three elements."""
    if base is list or base is tuple:
        first = base.__getitem__(value, slice(0, 3))
        return (id(cls), base.__len__(value), *map(id, first))
    ids: list[int] = []
    if base is dict:
        for key, held in dict.items(value):
            ids += (id(key), id(held))
            if len(ids) == 6:
                break
        return (id(cls), dict.__len__(value), *ids)
    for held in base.__iter__(value):
        ids.append(id(held))
        if len(ids) == 3:
            break
    return (id(cls), base.__len__(value), *ids)


class Serials:
    """Gives every object a number of its own, the same each time it is seen while it lives.

    `may_refer` says whether an object may get a weak reference; `capacity` bounds how many containers are remembered.
    """

    def __init__(self, may_refer: Callable[[Any], bool], capacity: int = 20000) -> None:
        self._may_refer = may_refer
        self._capacity = capacity
        self._purge_at = capacity
        self._objects: dict[int, tuple[ref[Any], int]] = {}
        self._containers: dict[int, tuple[_Signature, int]] = {}
        self._last = 0

    def of(self, value: Any) -> int | None:
        """The serial of `value`; None for plain values and for objects that can be told from others by nothing."""
        cls = type(value)
        kind = id(cls)
        if kind in _NO_IDENTITY:
            return None
        if kind in _EXACT:
            return self._of_container(value, cls, _EXACT[kind])
        entry = self._objects.get(id(value))
        if entry is not None and entry[0]() is value:
            return entry[1]
        try:
            if not self._may_refer(value):
                return None
            reference = ref(value)
        except TypeError:
            base = _builtin_base(cls)
            return None if base is None else self._of_container(value, cls, base)
        if len(self._objects) >= self._purge_at:
            self._purge()
        self._last += 1
        self._objects[id(value)] = (reference, self._last)
        return self._last

    def _of_container(self, value: Any, cls: type, base: type) -> int:
        signature = _signature(value, cls, base)
        entry = self._containers.pop(id(value), None)
        if entry is None or entry[0] != signature:
            self._last += 1
            entry = (signature, self._last)
            if len(self._containers) >= self._capacity:
                del self._containers[next(iter(self._containers))]
        self._containers[id(value)] = entry
        return entry[1]

    def _purge(self) -> None:
        """Forget the dead. Done now and then instead of by callbacks, which would run our code at odd moments."""
        self._objects = {key: entry for key, entry in self._objects.items() if entry[0]() is not None}
        self._purge_at = max(self._capacity, 2 * len(self._objects))
