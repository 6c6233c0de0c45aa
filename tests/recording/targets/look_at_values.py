"""Loads value summaries by path, as the recorder does, and looks at hostile values. Runs under every Python from 3.9 on."""

import gc
import importlib.util
import json
import sys
import weakref

before = set(sys.modules)
spec = importlib.util.spec_from_file_location("_private_values", sys.argv[1])
values = importlib.util.module_from_spec(spec)
spec.loader.exec_module(values)
new = set(sys.modules) - before


def explode(*args, **kwargs):
    raise SystemExit("a value was asked")


names = "__repr__ __str__ __len__ __iter__ __eq__ __hash__ __getattribute__ __getattr__ __bool__ __getitem__ keys items"


class Meta(type):
    __hash__ = __eq__ = __instancecheck__ = __subclasscheck__ = __repr__ = explode


class Plain:
    __slots__ = ("slot", "__dict__", "__weakref__")

    def __init__(self):
        self.slot, self.rate, self.deep = 1, 0.5, [(1, 2.5, None, b"x", "text\n"), []]


def lying_dict(self):
    explode()


mines = {name: explode for name in names.split()}
mines["__class__"] = property(explode)
Mine = Meta("Mine", (), dict(mines))
Proxy = Meta("Proxy", (), dict(mines, __dict__=property(lying_dict)))
Rows = type("Rows", (list,), {name: explode for name in ("__len__", "__iter__", "__getitem__", "__repr__")})
rows = list.__new__(Rows)
list.extend(rows, [1, object()])

summarizer = values.Summarizer()
told = {}
subjects = {
    "plain": Plain(), "mine": object.__new__(Mine), "proxy": object.__new__(Proxy), "class": Mine, "rows": rows,
    "text": "x" * 500, "float": float("nan"), "generator": (i for i in ()), "module": sys, "error": ValueError("why"),
    "function": explode, "loop": {}, "huge": 10**6000, "method": summarizer.summary,
}  # fmt: skip
subjects["loop"]["self"] = subjects["loop"]
for name, value in subjects.items():
    told[name] = summarizer.summary(value, stats=True)
    summarizer.serial(value)
    summarizer.summary([value, {"k": value}])
text = json.dumps(told, allow_nan=False)
dead = weakref.ref(subjects["plain"])
del subjects, value
gc.collect()
serials = {summarizer.serial(Plain()) for _ in range(50)}
print(
    json.dumps(
        {
            "told": told,
            "new": sorted(new),
            "dead": dead() is None,
            "serials": len(serials),
            "norm": values.norm([1.0]),
            "samples": values.sample_values("x", 3),
            "gradient": values.gradient(3),
        }
    )
)
