"""Objects that write down whenever anybody asks them anything. What they wrote is printed at the end."""

import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import os
import pathlib
import sys
import types
import unittest.mock
import uuid
import weakref

LOG = []
note = LOG.append
LOUD = (
    "__repr__ __str__ __format__ __len__ __iter__ __next__ __contains__ __getitem__ __setitem__ __delitem__ __eq__ __ne__ "
    "__lt__ __le__ __gt__ __ge__ __hash__ __bool__ __call__ __index__ __int__ __float__ __complex__ __bytes__ __fspath__ "
    "__array__ __enter__ __exit__ __reversed__ __length_hint__ __copy__ __deepcopy__ __reduce__ __reduce_ex__ __sizeof__ "
    "__dir__ __add__ __radd__ __neg__ __abs__ __round__ __instancecheck__ __subclasscheck__ __getattr__ __torch_function__ "
    "keys values items get copy append extend count tolist numpy item detach __dlpack__ __array_interface__ __rich_repr__ "
    "startswith split join encode upper replace read write hex isoformat utcoffset tzname dst as_integer_ratio total_seconds"
).split()


def loud(name):
    def method(self, *args, **kwargs):
        note(name)
        raise SystemExit("asked: " + name)

    return method


def body(base=None):
    names = {name: loud(name) for name in LOUD if base is None or hasattr(base, name) or name[:2] != "__"}
    for name in ("shape", "dtype", "data", "grad", "device", "_parameters", "_modules", "_buffers", "__class__", "filename"):
        names[name] = property(loud(name))
    names["__del__"] = lambda self: None
    return names


def asked(self, name):
    note("getattribute " + name)
    raise SystemExit("asked: " + name)


class Meta(type):
    __hash__ = loud("meta hash")
    __eq__ = loud("meta eq")
    __repr__ = __str__ = loud("meta repr")
    __instancecheck__ = __subclasscheck__ = loud("meta check")
    __getattribute__ = asked
    __iter__ = __len__ = __bool__ = __contains__ = loud("meta container")


def quiet(kind, base, **more):
    """A class of `base` whose instances answer nothing in silence."""
    return type.__new__(Meta, kind, (base,), {**body(base), "__getattribute__": asked, "__module__": __name__, **more})


def make(cls, base, *given):
    thing = base.__new__(cls, *given)
    return thing


def take(one, *rest, **named):
    held = one  # a line that binds
    pair = [held, one]
    text = {"key": held}
    return held


def spread(*names, **named):
    return None


Plain = quiet("Plain", object)
Slotted = quiet("Slotted", object, __slots__=("x", "shape_"))
Hidden = quiet("Hidden", object, __dict__=property(loud("__dict__")))
List, Tuple, Dict, Set, Frozen = (quiet("Own" + one.__name__, one) for one in (list, tuple, dict, set, frozenset))
Str, Int, Float, Bytes = (quiet("Own" + one.__name__, one) for one in (str, int, float, bytes))
Ordered = quiet("Ordered", collections.OrderedDict)
Default = quiet("Default", collections.defaultdict)
Deque = quiet("Deque", collections.deque)
Space = quiet("Space", types.SimpleNamespace)
Module = quiet("Module", types.ModuleType)
Loose = quiet("Loose", object, _fields=("a", "b"))
Forged = type.__new__(Meta, "DataFrame", (object,), {**body(), "__module__": "pandas", "__getattribute__": asked})
Tensor = type.__new__(Meta, "Tensor", (object,), {**body(), "__module__": "torch", "__getattribute__": asked})
Zone = type("ZoneInfo", (datetime.tzinfo,), {**body(datetime.tzinfo), "__module__": "zoneinfo"})
Pair = collections.namedtuple("Pair", "left right")
OwnPair = type("OwnPair", (Pair,), {name: loud(name) for name in ("__repr__", "__iter__", "__len__", "__getitem__", "__eq__")})


@dataclasses.dataclass
class Record:
    rate: float = 0.5
    inner: object = None
    __repr__ = __eq__ = loud("record")

    def __getattr__(self, name):
        note("getattr " + name)
        raise AttributeError(name)


class Colour(enum.Enum):
    RED = 1
    __repr__ = __str__ = __format__ = __hash__ = loud("enum")


class Prepared(dict):
    """The namespace of a class body that writes down who reads it."""

    def __getitem__(self, name):
        if name not in ("__name__", "note", "loud", "range"):
            note("prepared get " + name)
        return dict.__getitem__(self, name)

    __contains__ = __iter__ = get = keys = items = values = copy = __len__ = loud("prepared")


class Preparing(type):
    @classmethod
    def __prepare__(cls, name, bases):
        return Prepared()

    def __new__(cls, name, bases, names):
        return type.__new__(cls, name, bases, dict(dict.items(names)))


class Body(metaclass=Preparing):
    first = 1
    second = [first, 2]


class Foreign:
    """A mapping that is no dict, as the namespace of `exec`."""

    def __init__(self):
        object.__setattr__(self, "held", {})

    def __getitem__(self, name):
        return self.held[name]

    def __setitem__(self, name, value):
        self.held[name] = value

    keys = items = __iter__ = __len__ = __contains__ = get = copy = loud("foreign")


class Lazy:
    """A proxy that makes what it stands for when it is first asked."""

    __slots__ = ("_made", "__weakref__")

    def __getattribute__(self, name):
        note("made for " + name)
        return object.__getattribute__(self, name)

    __class__ = property(loud("lazy class"))
    __repr__ = __len__ = __iter__ = __bool__ = loud("lazy")


class Fault(Exception, metaclass=Meta):
    __str__ = __repr__ = loud("fault")
    __getattribute__ = asked
    args = property(loud("args"))
    __traceback__ = property(loud("traceback"))
    __module__ = "builtins"


class Leaving(SystemExit):
    code = property(loud("code"))


class PathLike:
    asked = 0

    def __fspath__(self):
        PathLike.asked += 1
        return "notices.txt"

    __repr__ = __str__ = loud("path")


class Text(str):
    __repr__ = __str__ = startswith = endswith = split = replace = rpartition = encode = __getitem__ = loud("text")
    __len__ = __iter__ = __contains__ = __add__ = __format__ = partition = strip = loud("text")


made = [
    Plain(), Slotted(), Hidden(), make(List, list), make(Tuple, tuple), make(Dict, dict), make(Set, set),
    make(Frozen, frozenset, (1, 2)), make(Str, str, "text"), make(Int, int, 5), make(Float, float, 0.5),
    make(Bytes, bytes, b"x"), make(Ordered, collections.OrderedDict), make(Default, collections.defaultdict),
    make(Deque, collections.deque), make(Space, types.SimpleNamespace), make(Module, types.ModuleType, "m"), Loose(),
    Forged(), Tensor(), OwnPair(1, 2), Record(), Colour.RED, Lazy(),
]  # fmt: skip
list.extend(made[3], made[:3])
dict.__setitem__(made[5], "key", made[0])
dict.__setitem__(made[5], make(Str, str, "other"), made[0]) if False else None
collections.OrderedDict.__setitem__(made[12], "key", made[1])
collections.deque.append(made[14], made[0])
for thing in made:
    take(thing)
    take([thing], thing, word=thing)
spread(*made[:3])
for text in (Text("a"), Text("b")):
    take(1, **{text: 2})

# Values of Python's own classes that hold something of ours.
held = [
    datetime.datetime(2020, 1, 1, tzinfo=Zone()), pathlib.PurePosixPath("a"), functools.partial(take, made[0]),
    slice(made[0], made[1]), fractions.Fraction(1, 2), decimal.Decimal("1.5"), uuid.UUID(int=5), weakref.ref(made[0]),
    unittest.mock.Mock(), unittest.mock.MagicMock(), types.MappingProxyType({"a": made[0]}), memoryview(b"abc"),
    types.SimpleNamespace(a=made[0]), iter([made[0]]), {"a": {"b": [made[0]]}}, (made[0],) * 20, made, Body, Plain,
    take, take.__get__(made[0]), super(Record, made[21]), property(loud("p")), type(made[0]),
]  # fmt: skip
for thing in held:
    take(thing)

# Objects that hold attributes of ours, set line by line.
holder = types.SimpleNamespace()
for thing in made:
    holder.value = thing
    holder.values = [thing]
object.__setattr__(made[0], "x", 1)
Slotted.__dict__ if False else None
type.__dict__["__dict__"].__get__(Slotted)["x"].__set__(made[1], made[0])


class Owner:
    def __init__(self, value):
        self.value = value
        self.value.attribute = 1 if type(value) is types.SimpleNamespace else 2

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)

    __dict__ = property(loud("owner dict"))


class Receiver:
    attribute = property(loud("attribute"), lambda self, value: note("set by the program"))
    __class__ = property(loud("receiver class"))


Owner(Receiver())

# Namespaces that are not plain dicts.
exec("a = 1\nb = [a]\nc = a", {"__name__": Text("somewhere"), "__builtins__": __builtins__}, Foreign())
exec("a = 1\ndef inner(x):\n    y = x\n    return y\ninner(3)\nb = 2", Prepared(__name__="own", __builtins__=__builtins__))
exec(compile("a = 1\ndef inner(x):\n    y = x\n    return y\ninner(3)\n", __file__, "exec"), {"__name__": Text("odd")}, Foreign() if False else None)
exec(compile("first = 1\nsecond = first\n", __file__, "exec"), {"__builtins__": __builtins__}, Foreign())

# Exceptions.
for kind, given in ((Fault, (made[0],)), (KeyError, (made[0],)), (ValueError, (made[8], made[9])), (OSError, (2, "no", PathLike()))):
    try:
        raise kind(*given)
    except BaseException:
        caught = sys.exc_info()[0] is not None
try:
    os.stat(type("Missing", (PathLike,), {"__fspath__": lambda self: "no such file"})())
except OSError:
    caught = True
try:
    raise Leaving(3)
except SystemExit:
    caught = True
odd = SyntaxError("why")
odd.msg = odd.filename = made[0]
try:
    raise odd
except SyntaxError:
    caught = True
try:
    raise ImportError("why", name=PathLike(), path=made[0])
except ImportError:
    caught = True
if sys.version_info >= (3, 11):
    try:
        raise ExceptionGroup("two", [ValueError(made[0]), KeyError(made[1])])
    except ExceptionGroup:
        caught = True
looped = ValueError("a")
looped.__cause__ = looped.__context__ = looped
try:
    raise looped
except ValueError:
    caught = True

# Files.
with open(PathLike(), "w") as handle:
    handle.write("x")
with open(b"notices.txt", "rb") as handle:
    content = handle.read()
with open(os.open("notices.txt", os.O_RDONLY)) as handle:
    content = handle.read()
os.remove("notices.txt")


def give(value):
    yield value
    yield [value]


for thing in made[:6]:
    for one in give(thing):
        got = one
print(PathLike.asked, [str(one) for one in LOG])
