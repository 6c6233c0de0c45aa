"""Looks for arrays that a flax model can be applied to, and makes them. Runs in the target.

The layers of flax take what they are given: which input is likely is said by the sort of layers that the model's code
names.
"""

from __future__ import annotations

import inspect
import itertools

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Optional

    Input = list[Any]

VECTOR, IMAGE, COLOURS = ["float", [2, 16], 0], ["float", [2, 32, 32, 1], 0], ["float", [2, 32, 32, 3], 0]
TOKENS, SERIES = ["long", [2, 16], 8], ["float", [2, 16, 16], 0]
FLAGS = ("train", "training", "deterministic", "is_training", "decode")
MOST = 60


def kind_of(model: Any) -> str:
    """`linen` for modules whose parameters live outside, `nnx` for those that hold them."""
    return "linen" if hasattr(model, "init_with_output") else "nnx"


def applied(model: Any, given: list[Any]) -> Any:
    """Apply a model once."""
    import jax

    if kind_of(model) == "nnx":
        return model(*given)
    keys = {"params": jax.random.PRNGKey(0), "dropout": jax.random.PRNGKey(1)}
    return model.init_with_output(keys, *given)


class Search:
    """Applies a model to one set of inputs after another until it works; `first` is what the likeliest met."""

    shape_at = ""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.first: Optional[BaseException] = None
        self.last: BaseException = TypeError("it takes no input that is known")

    def find(self) -> Optional[list[Input]]:
        """Inputs that work, or None."""
        for given in itertools.islice(self.combinations(), MOST):
            try:
                applied(self.model, [made(item) for item in given])
                return given
            except Exception as error:  # noqa: BLE001 - the code of a repository may fail in any way
                self.last = error
                self.first = self.first or error
        return None

    def combinations(self) -> Iterator[list[Input]]:
        """Inputs to try, the likeliest first."""
        parameters = list(inspect.signature(type(self.model).__call__).parameters.values())[1:]
        needed = [item for item in parameters if item.default is item.empty and item.kind is not item.VAR_KEYWORD]
        rows = [self.candidates(item.name) for item in needed]
        yield from ([list(item) for item in choice] for choice in itertools.product(*rows))

    def candidates(self, name: str) -> list[Input]:
        """Inputs to try for one argument."""
        if name in FLAGS:
            return [[name, "bool", [], 0]]
        words = _words(self.model)
        order = [VECTOR, SERIES, IMAGE, COLOURS, TOKENS]
        if any(word.startswith("Conv") for word in words):
            order = [IMAGE, COLOURS, SERIES, VECTOR, TOKENS]
        elif any(word.startswith("Embed") for word in words) and name not in ("mask", "z"):
            order = [TOKENS, SERIES, VECTOR, IMAGE]
        if name in ("z", "latent", "noise"):
            order = [VECTOR, *order]
        return [[name, *item] for item in order]


def _words(model: Any) -> set[str]:
    """The names that the code of a model's class uses, and the classes of the layers that it holds."""
    found = {type(value).__name__ for value in vars(model).values()}
    for value in vars(type(model)).values():
        code = getattr(inspect.unwrap(value), "__code__", None) if callable(value) else None
        found.update(code.co_names if code is not None else ())
    return found


def made(item: Input) -> Any:
    """The input itself."""
    import jax

    jnp = jax.numpy
    _, kind, shape, below = item
    if kind == "bool":
        return False
    return jnp.ones(shape) if kind == "float" else jnp.arange(_size(shape)).reshape(shape) % below


def _size(shape: list[int]) -> int:
    total = 1
    for size in shape:
        total *= size
    return total


def written(item: Input) -> str:
    """How an input is made, as Python."""
    _, kind, shape, below = item
    if kind == "bool":
        return "False"
    sizes = "(%s,)" % shape[0] if len(shape) == 1 else "(%s)" % ", ".join(map(str, shape))
    return (
        "jnp.ones(%s)" % sizes if kind == "float" else "jnp.arange(%d).reshape%s %% %d" % (_size(shape), sizes, below)
    )
