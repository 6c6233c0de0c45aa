"""numpy: what 1.20 to 2.4 took away."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NAMES = {
    "numpy": {
        **{name: "builtins:" + name for name in ("bool", "int", "float", "complex", "object", "str")},
        "long": "builtins:int",
        "unicode": "builtins:str",
        "Inf": ":inf",
        "Infinity": ":inf",
        "infty": ":inf",
        "PINF": ":inf",
        "NINF": (float("-inf"),),
        "PZERO": (0.0,),
        "NZERO": (-0.0,),
        "NaN": ":nan",
        "NAN": ":nan",
        "bool8": ":bool_",
        "float_": ":float64",
        "complex_": ":complex128",
        "cfloat": ":complex128",
        "singlecomplex": ":complex64",
        "longfloat": ":longdouble",
        "longcomplex": ":clongdouble",
        "clongfloat": ":clongdouble",
        "string_": ":bytes_",
        "bytes0": ":bytes_",
        "unicode_": ":str_",
        "str0": ":str_",
        "object0": ":object_",
        "void0": ":void",
        "int0": ":intp",
        "uint0": ":uintp",
        "product": ":prod",
        "cumproduct": ":cumprod",
        "sometrue": ":any",
        "alltrue": ":all",
        "round_": ":round",
        "in1d": ":isin",
        "trapz": ":trapezoid",
        "row_stack": ":vstack",
        "mat": ":asmatrix",
        "rank": ":ndim",
        "alen": "builtins:len",
        "safe_eval": "ast:literal_eval",
        "warnings": "warnings:",
        "math": "math:",
        "find_common_type": lambda arrays, scalars: _numpy().result_type(*arrays, *scalars),
        "asfarray": lambda a, dtype="float64": _numpy().asarray(a, dtype=dtype),
        "asscalar": lambda a: a.item(),
        "msort": lambda a: _numpy().sort(a, axis=0),
        "fastCopyAndTranspose": lambda a: _numpy().array(a.T, copy=True),
        "issubclass_": lambda one, other: isinstance(one, type) and issubclass(one, other),
        "byte_bounds": "numpy.lib.array_utils:byte_bounds",
        "compare_chararrays": "numpy.char:compare_chararrays",
        "DataSource": "numpy.lib.npyio:DataSource",
        "ComplexWarning": "numpy.exceptions:ComplexWarning",
        "VisibleDeprecationWarning": "numpy.exceptions:VisibleDeprecationWarning",
        "RankWarning": "numpy.exceptions:RankWarning",
        "TooHardError": "numpy.exceptions:TooHardError",
        "AxisError": "numpy.exceptions:AxisError",
        "ModuleDeprecationWarning": "builtins:DeprecationWarning",
        "loads": "pickle:loads",
        "disp": lambda text, device=None, linefeed=True: print(text, file=device, end="\n" if linefeed else ""),
    },
    "numpy.random": {
        "random_integers": lambda low, high=None, size=None: _numpy().random.randint(
            *((1, low + 1) if high is None else (low, high + 1)), size=size
        ),
    },
    "numpy.linalg": {"linalg": "numpy.linalg:"},
}
ALIASES = {
    "numpy.lib.arraysetops": "numpy",
    "numpy.lib.function_base": "numpy",
    "numpy.lib.index_tricks": "numpy",
    "numpy.lib.twodim_base": "numpy",
    "numpy.lib.shape_base": "numpy",
    "numpy.lib.nanfunctions": "numpy",
    "numpy.lib.polynomial": "numpy",
    "numpy.lib.type_check": "numpy",
    "numpy.lib.ufunclike": "numpy",
    "numpy.linalg.linalg": "numpy.linalg",
    "numpy.fft.helper": "numpy.fft",
    "numpy.fft.fftpack": "numpy.fft",
}


def _numpy() -> Any:
    """numpy itself, which the target has imported when any of this is called."""
    return __import__("numpy")
