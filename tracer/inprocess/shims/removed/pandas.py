"""pandas: what 1.0 to 3.0 took away."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _pandas() -> Any:
    return __import__("pandas")


def _append(
    own: Any, other: Any, ignore_index: bool = False, verify_integrity: bool = False, sort: bool = False
) -> Any:
    """`DataFrame.append`: the rows of both, in a new frame."""
    pandas = _pandas()
    if isinstance(other, dict):
        other = pandas.DataFrame([other])
    elif isinstance(other, pandas.Series):
        other = other.to_frame().T.infer_objects()
    others = list(other) if isinstance(other, (list, tuple)) else [other]
    if others and isinstance(others[0], dict):
        others = [pandas.DataFrame(others)]
    return pandas.concat([own, *others], ignore_index=ignore_index, verify_integrity=verify_integrity, sort=sort)


def _append_series(own: Any, other: Any, ignore_index: bool = False, verify_integrity: bool = False) -> Any:
    """`Series.append`."""
    others = list(other) if isinstance(other, (list, tuple)) else [other]
    return _pandas().concat([own, *others], ignore_index=ignore_index, verify_integrity=verify_integrity)


class _Mixed:
    """`DataFrame.ix`: by label where that is one, by place otherwise."""

    def __init__(self, own: Any) -> None:
        self.own = own

    def __getitem__(self, key: Any) -> Any:
        try:
            return self.own.loc[key]
        except (KeyError, TypeError):
            return self.own.iloc[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        try:
            self.own.loc[key]
        except (KeyError, TypeError):
            self.own.iloc[key] = value
        else:
            self.own.loc[key] = value


def _writable_values(pandas: Any, harness: Any) -> None:
    """From 3.0 on `.values` cannot be written to; before, what was written there was in the frame."""
    for cls in (pandas.DataFrame, pandas.Series):
        given = getattr(cls, "values", None)
        if isinstance(given, property):
            cls.values = property(_writable(given.fget, cls.__name__, pandas, harness), doc=given.__doc__)


def _writable(read: Any, name: str, pandas: Any, harness: Any) -> Any:
    def values(own: Any) -> Any:
        found = read(own)
        flags = getattr(found, "flags", None)
        if flags is not None and not flags.writeable:
            try:
                flags.writeable = True
            except ValueError:
                return found
            harness.tell(
                "%s.values, which pandas %s gives read-only, could be written to" % (name, pandas.__version__),
                "the program was written for an older pandas, where writing there changes the frame",
            )
        return found

    return values


_DATETIME = "datetime:datetime"
NAMES = {
    "pandas": {
        "np": "numpy:",
        "datetime": _DATETIME,
        "Int64Index": ":Index",
        "UInt64Index": ":Index",
        "Float64Index": ":Index",
        "Term": "builtins:str",
        "rolling_mean": lambda one, window, **named: one.rolling(window, **named).mean(),
        "rolling_std": lambda one, window, **named: one.rolling(window, **named).std(),
        "rolling_sum": lambda one, window, **named: one.rolling(window, **named).sum(),
        "ewma": lambda one, **named: one.ewm(**named).mean(),
        "scatter_matrix": "pandas.plotting:scatter_matrix",
        "value_counts": lambda values, **named: _pandas().Series(values).value_counts(**named),
    },
    "pandas.io.json": {"json_normalize": "pandas:json_normalize"},
    "pandas.core.common": {"SettingWithCopyWarning": "builtins:UserWarning"},
    "pandas.tools.plotting": {"scatter_matrix": "pandas.plotting:scatter_matrix"},
    "pandas.util.testing": {
        "assert_frame_equal": "pandas.testing:assert_frame_equal",
        "assert_series_equal": "pandas.testing:assert_series_equal",
    },
}
ALIASES = {"pandas.util.testing": "pandas.testing", "pandas.tools.plotting": "pandas.plotting"}
METHODS = {
    "pandas:DataFrame": {
        "append": _append,
        "iteritems": ":items",
        "as_matrix": lambda own, columns=None: (own if columns is None else own[columns]).to_numpy(),
        "ix": property(_Mixed),
        "applymap": ":map",
        "get_value": lambda own, row, column: own.at[row, column],
        "set_value": lambda own, row, column, value: own.at.__setitem__((row, column), value),
        "sort": lambda own, columns=None, ascending=True: own.sort_values(columns, ascending=ascending),
        "mad": lambda own, axis=0: (own - own.mean(axis=axis)).abs().mean(axis=axis),
        "pad": ":ffill",
        "backfill": ":bfill",
    },
    "pandas:Series": {
        "append": _append_series,
        "iteritems": ":items",
        "as_matrix": lambda own: own.to_numpy(),
        "ix": property(_Mixed),
        "mad": lambda own: (own - own.mean()).abs().mean(),
        "order": lambda own, ascending=True: own.sort_values(ascending=ascending),
        "ravel": lambda own, order="C": own.to_numpy().ravel(order),
        "view": lambda own, dtype=None: own.astype(dtype),
    },
}
ACTS = {"pandas": _writable_values}
FAILURES = {"assignment destination is read-only|output array is read-only": "pandas values that can be written to"}
