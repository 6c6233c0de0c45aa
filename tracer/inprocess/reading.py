"""Reading facts off a class or an object without running any of their code. Runs in the target.

Everything goes through the slots of `type` and `object` themselves, so that properties, `__getattribute__`,
`__getattr__`, metaclasses and lying `__class__` attributes are never reached.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # `typing` is not imported into the target only to name types
if TYPE_CHECKING:
    from typing import Any

mro_of = type.__dict__["__mro__"].__get__
namespace_of = type.__dict__["__dict__"].__get__
_module_of = type.__dict__["__module__"].__get__
_name_of = type.__dict__["__name__"].__get__
_qualname_of = type.__dict__["__qualname__"].__get__
_attribute = object.__getattribute__
_module_type = type(sys)
_namespace_type = type(sys.implementation)


class _Probe:
    __slots__ = ("__dict__", "slot")


class _Plain:
    pass


_getset = type(_Plain.__dict__["__dict__"])
_member = type(_Probe.__dict__["slot"])
# Only the `__dict__` that Python itself gives to a class is read: a C type may answer with a getter that does work.
_DICT_DOC = _Plain.__dict__["__dict__"].__doc__
_PLAIN_DICTS = (namespace_of(_module_type)["__dict__"], namespace_of(_namespace_type)["__dict__"])

# Libraries whose classes are named by the place where they are meant to be imported from (`torch.nn.Linear`).
_PUBLIC = frozenset(
    "torch numpy pandas scipy PIL sklearn torchvision torchaudio lightning pytorch_lightning transformers datasets jax "
    "flax optax tensorflow keras xgboost lightgbm gymnasium matplotlib polars".split()
)


def qualname(cls: type) -> str:
    """The name of a class within its module, such as `Outer.Inner`."""
    name = _qualname_of(cls)
    return name if type(name) is str else "?"


def bare_name(cls: type) -> str:
    """The name of a class without those around it."""
    name = _name_of(cls)
    return name if type(name) is str else "?"


def module_name(cls: type) -> str:
    """The module that a class says it was defined in; empty when it says something else than a text."""
    name = _module_of(cls)
    return name if type(name) is str else ""


def module_namespace(name: str) -> dict[str, Any] | None:
    """The namespace of a module that the target already imported, without waking a lazy one; None for others."""
    module = sys.modules.get(name)
    if module is None or not derives(type(module), _module_type):
        return None
    return instance_dict(module)


def derives(cls: type, base: type) -> bool:
    """Whether `base` is in the method resolution order of `cls` (what `issubclass` says when nobody overrides it)."""
    for one in mro_of(cls):  # noqa: SIM110 - a third of the cost of any(), on the way of every value
        if one is base:
            return True
    return False


def is_genuine(cls: type) -> bool:
    """Whether a class really is what its module calls by its name, and not something that borrowed the name."""
    namespace = module_namespace(module_name(cls))
    return namespace is not None and dict.get(namespace, qualname(cls)) is cls


def class_name(cls: type) -> str:
    """`float`, `mypkg.Net`, `torch.Tensor`: with its module, but for builtins; libraries by public name."""
    module, name = module_name(cls), qualname(cls)
    if module == "builtins" or not module:
        return name
    parts = module.split(".")
    if parts[0] in _PUBLIC:
        for count in range(1, len(parts)):
            parent = ".".join(parts[:count])
            namespace = module_namespace(parent)
            if namespace is not None and dict.get(namespace, name) is cls:
                return f"{parent}.{name}"
    return f"{module}.{name}"


def has_plain_dict(cls: type) -> bool:
    """Whether instances keep their attributes in a dict that can be read without running code of the class."""
    for one in mro_of(cls):
        found = namespace_of(one).get("__dict__")
        if found is not None:
            if type(found) is _getset:
                return bool(found.__doc__ == _DICT_DOC)
            return found is _PLAIN_DICTS[0] or found is _PLAIN_DICTS[1]
    return False


def instance_dict(value: object) -> dict[str, Any] | None:
    """The attributes of an instance, or None where reading them could run code. The caller must not change the dict."""
    if not has_plain_dict(type(value)):
        return None
    found = _attribute(value, "__dict__")
    return found if type(found) is dict or derives(type(found), dict) else None


def slots(value: object) -> list[tuple[str, Any]]:
    """The filled `__slots__` of an instance, base classes first."""
    filled = []
    for one in reversed(mro_of(type(value))):
        namespace = namespace_of(one)
        if namespace.get("__slots__") is None:
            continue
        for name, descriptor in namespace.items():
            if type(descriptor) is _member and type(name) is str:
                try:
                    filled.append((name, descriptor.__get__(value)))
                except AttributeError:  # declared, not yet assigned
                    continue
    return filled


def is_slot(descriptor: object) -> bool:
    """Whether an entry of a class is a member of `__slots__`, which the interpreter itself reads."""
    return type(descriptor) is _member


def is_getter(descriptor: object) -> bool:
    """Whether an entry of a class is a getter written in C."""
    return type(descriptor) is _getset


def attribute(value: object, name: str) -> Any:
    """One entry of the instance dict, or None."""
    found = instance_dict(value)
    return None if found is None else dict.get(found, name)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, the last an ellipsis when something was left out."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def quoted(text: str, limit: int) -> str:
    """A text as Python would write it (line breaks as `\\n`), cut before it is quoted."""
    if len(text) <= limit:
        return repr(text)
    return repr(text[: limit - 1]) + "…"


def number(value: float) -> float | str:
    """A number as JSON can say it: `nan`, `inf` and `-inf` become texts."""
    if value != value:
        return "nan"
    if value in (_INF, -_INF):
        return "inf" if value > 0 else "-inf"
    return value


_INF = float("inf")
