"""Python's own library: what 3.8 to 3.13 took away."""

from __future__ import annotations

from types import SimpleNamespace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ABSTRACT = (
    "Mapping MutableMapping Sequence MutableSequence Set MutableSet Iterable Iterator Generator Callable Hashable Sized"
    " Container Collection Reversible Awaitable Coroutine AsyncIterable AsyncIterator KeysView ItemsView ValuesView"
    " MappingView ByteString"
).split()


def getargspec(function: Any) -> Any:
    """`inspect.getargspec`: the parameters of a function, as the four fields that it gave."""
    full = __import__("inspect").getfullargspec(function)
    spec = __import__("collections").namedtuple("ArgSpec", "args varargs keywords defaults")
    return spec(full.args, full.varargs, full.varkw, full.defaults)


def strtobool(text: str) -> int:
    """`distutils.util.strtobool`: 1 for yes, 0 for no."""
    word = text.lower()
    if word in ("y", "yes", "t", "true", "on", "1"):
        return 1
    if word in ("n", "no", "f", "false", "off", "0"):
        return 0
    raise ValueError("invalid truth value %r" % word)


def load_source(name: str, pathname: str, file: Any = None) -> Any:
    """`imp.load_source`: a module from a file."""
    machinery = __import__("importlib.util").util
    spec = machinery.spec_from_file_location(name, pathname)
    module = machinery.module_from_spec(spec)
    __import__("sys").modules[name] = module
    spec.loader.exec_module(module)
    return module


class LooseVersion:
    """`distutils.version.LooseVersion`: compares the numbers and words of a version one by one."""

    def __init__(self, vstring: str = "") -> None:
        self.parse(vstring)

    def parse(self, vstring: str) -> None:
        """Split a version into its parts."""
        parts = __import__("re").split(r"(\d+|[a-z]+|\.)", vstring)
        self.vstring = vstring
        self.version = [int(part) if part.isdigit() else part for part in parts if part and part != "."]

    def __str__(self) -> str:
        return self.vstring

    def __repr__(self) -> str:
        return "LooseVersion ('%s')" % self.vstring

    def _parts(self, other: Any) -> tuple[list[tuple[bool, Any]], list[tuple[bool, Any]]]:
        given = other if isinstance(other, LooseVersion) else LooseVersion(str(other))
        mine, theirs = ([(isinstance(part, str), part) for part in one.version] for one in (self, given))
        return mine, theirs

    def __eq__(self, other: Any) -> bool:
        mine, theirs = self._parts(other)
        return mine == theirs

    def __lt__(self, other: Any) -> bool:
        mine, theirs = self._parts(other)
        return mine < theirs

    def __le__(self, other: Any) -> bool:
        mine, theirs = self._parts(other)
        return mine <= theirs

    def __gt__(self, other: Any) -> bool:
        mine, theirs = self._parts(other)
        return mine > theirs

    def __ge__(self, other: Any) -> bool:
        mine, theirs = self._parts(other)
        return mine >= theirs

    __hash__ = None  # type: ignore[assignment]


def copy_tree(src: str, dst: str, *_: Any, **__: Any) -> list[str]:
    """`distutils.dir_util.copy_tree`: copy a folder into one that may be there; gives the folder as a list of one."""
    return [__import__("shutil").copytree(src, dst, dirs_exist_ok=True)]


def mkpath(name: str, *_: Any, **__: Any) -> list[str]:
    """`distutils.dir_util.mkpath`: make a folder and those above it."""
    __import__("os").makedirs(name, exist_ok=True)
    return [name]


def _coroutine(function: Any) -> Any:
    return __import__("types").coroutine(function)


NAMES = {
    "collections": {name: "collections.abc:" + name for name in _ABSTRACT},
    "inspect": {"getargspec": getargspec},
    "time": {"clock": "time:perf_counter"},
    "asyncio": {"coroutine": _coroutine, "async": "asyncio:ensure_future", "JoinableQueue": "asyncio:Queue"},
    "fractions": {"gcd": "math:gcd"},
    "base64": {"encodestring": "base64:encodebytes", "decodestring": "base64:decodebytes"},
    "cgi": {"escape": "html:escape"},
    "pipes": {"quote": "shlex:quote"},
    "locale": {"format": "locale:format_string"},
    "platform": {
        "linux_distribution": lambda *_, **__: ("", "", ""),
        "dist": lambda *_, **__: ("", "", ""),
    },
    "string": {
        "letters": "string:ascii_letters",
        "lowercase": "string:ascii_lowercase",
        "uppercase": "string:ascii_uppercase",
        "maketrans": str.maketrans,
    },
    "os": {"getcwdu": "os:getcwd", "errno": "errno:"},
    "sys": {"maxint": "sys:maxsize"},
    "types": {"StringType": "builtins:str", "ListType": "builtins:list", "DictType": "builtins:dict"},
    "typing": {"ByteString": "collections.abc:ByteString"},
    "imp": {
        "reload": "importlib:reload",
        "load_source": load_source,
        "new_module": "types:ModuleType",
        "acquire_lock": lambda: None,
        "release_lock": lambda: None,
        "get_magic": lambda: __import__("importlib.util").util.MAGIC_NUMBER,
    },
    "distutils": {"log": (SimpleNamespace(info=print, warn=print, set_verbosity=len, INFO=2),), "__path__": ([],)},
    "distutils.util": {"strtobool": strtobool},
    "distutils.version": {"LooseVersion": LooseVersion, "StrictVersion": LooseVersion},
    "distutils.spawn": {"find_executable": "shutil:which"},
    "distutils.dir_util": {"copy_tree": copy_tree, "mkpath": mkpath, "remove_tree": "shutil:rmtree"},
    "distutils.file_util": {"copy_file": "shutil:copy", "move_file": "shutil:move"},
}

METHODS = {"threading:Thread": {"isAlive": ":is_alive"}}
