"""Looks for tensors that a PyTorch model can be applied to, and makes them. Runs in the target.

An input is `[name, kind, shape, below]`: kind is float, long (whole numbers from 0, lower than `below`), bool, ones,
edges (pairs of nodes, lower than `below`), number (`below` itself) or none. What is tried comes from the layers that
an input flows into first, from shapes that the repository itself writes, and from what a failed attempt says.
"""

from __future__ import annotations

import inspect
import itertools
import re
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Optional

    Input = list[Any]

BATCH, LENGTH = 2, 16
SIZES = (32, 28, 64, 224, 128, 96, 256, 84, 48, 16, 8, 112, 160, 299, 227, 40, 512)
LENGTHS = (64, 128, 32, 16, 256, 100, 512, 1024, 16000, 8)
MOST, SECONDS = 500, 40.0
TOKENS = re.compile(
    r"(input_?ids?|ids|tok(en)?s?|.*_tokens?|.*_ids?|words?|text|sentences?|seqs?|sequences?|idx|src|tgt|trg|source"
    r"|captions?|user.*|item.*|heads?|tails?|relations?|index|indices|labels?|targets?|y|char.*)\Z",
    re.IGNORECASE,
)
MASK = re.compile(r"(.*mask.*)\Z", re.IGNORECASE)
LENGTHS_OF = re.compile(r"(.*len(gth)?s?|.*_lens?)\Z", re.IGNORECASE)
TIMES = re.compile(r"(t|ts|times?|time_?steps?|step|noise_level|sigmas?)\Z", re.IGNORECASE)
EDGES = re.compile(r"(edge_?(index|list)|edges)\Z", re.IGNORECASE)
ADJACENT = re.compile(r"(adj.*|A|graph|support|laplacian|L)\Z")
STATE = re.compile(r"(h|hidden|state|hx|prev_.*|h_?0|init_.*|memory|cache|past.*)\Z", re.IGNORECASE)
SHARE = re.compile(
    r"(.*_(ratio|rate|prob|p|weight|scale|factor|alpha)|ratio|rate|prob|alpha|eps|temperature)\Z", re.IGNORECASE
)
FLAG = re.compile(r"(is_|use_|return_|do_|with_|training|train|verbose|debug|sample).*", re.IGNORECASE)


class Consumer:
    """The first layer that an input flows into: what sort of layer, and the numbers that say what it takes."""

    def __init__(self, module: Any) -> None:
        self.kind = next(
            (base.__name__ for base in type(module).__mro__ if base.__module__.startswith("torch.nn.")), ""
        )
        wide = ("in_channels", "in_features", "input_size", "num_features", "embed_dim", "d_model")
        self.width = next((number for name in wide if type(number := getattr(module, name, None)) is int), 0)
        shape = getattr(module, "normalized_shape", None)
        self.width = self.width or (int(shape[-1]) if shape else 0)
        self.below = int(getattr(module, "num_embeddings", 0))
        self.batch_first = bool(getattr(module, "batch_first", False))


def layers_of(model: Any) -> list[Consumer]:
    """The layers of a model that say what they take, in the order in which it holds them."""
    found = [Consumer(module) for module in model.modules() if not list(module.children())]
    return [layer for layer in found if layer.width or layer.below]


def parameters_of(model: Any) -> list[Any]:
    """The arguments that the model's forward pass needs; one where it takes any number."""
    every = list(inspect.signature(model.forward).parameters.values())
    needed = [
        item
        for item in every
        if item.default is item.empty and item.kind not in (item.VAR_POSITIONAL, item.VAR_KEYWORD)
    ]
    return needed or [item for item in every if item.kind is not item.VAR_KEYWORD][:1]


class Search:
    """Applies a model to one set of inputs after another until it works."""

    def __init__(self, model: Any, hints: dict[str, Any]) -> None:
        self.model = model
        self.shapes: list[list[Any]] = hints.get("shapes", [])
        self.sizes = tuple(dict.fromkeys((*hints.get("sizes", ()), *SIZES)))
        self.layers = layers_of(model)
        self.parameters = parameters_of(model)
        self.consumers: dict[int, Consumer] = {}
        self.widths: dict[int, int] = {}
        self.sides: tuple[int, ...] = ()
        self.lengths: tuple[int, ...] = ()
        self.first: Optional[BaseException] = None
        self.last: BaseException = TypeError("it takes no input that is known")
        self.shape_at = ""
        self.deadline = time.monotonic() + SECONDS
        self.tried: set[str] = set()

    def find(self) -> Optional[list[Input]]:
        """Inputs that work; None when none was found, then `last` is what the model said at last."""
        for shape, place in self.shapes:
            whole = [kind for kind in ("float", "long") if len(self.parameters) == 1]
            for kind in whole:
                below = self.layers[0].below if self.layers and self.layers[0].below else 10
                given = [[self.parameters[0].name, kind, list(shape), below]]
                if self.works(given):
                    self.shape_at = place
                    return given
        learned = True
        while learned and len(self.tried) < MOST and time.monotonic() < self.deadline:
            learned = False
            before = self.known()
            for given in self.combinations():
                if self.works(given):
                    return given
                if self.known() != before:
                    learned = True
                    break
                if len(self.tried) >= MOST or time.monotonic() > self.deadline:
                    break
        return None

    def known(self) -> tuple[Any, ...]:
        """What was learned from attempts."""
        return tuple(sorted(self.consumers)), tuple(sorted(self.widths.items())), len(self.sides), len(self.lengths)

    def combinations(self) -> Iterator[list[Input]]:
        """Inputs to try, the likeliest first, each once."""
        lists = [self.candidates(index) for index in range(len(self.parameters))]
        most = sum(map(len, lists))
        for total in range(most):
            for places in _places(lists, total):
                given = [rows[place] for rows, place in zip(lists, places)]
                if str(given) not in self.tried:
                    yield given

    def works(self, given: list[Input]) -> bool:
        """Apply the model once, and learn from it."""
        import torch
        from torch.nn.modules.module import register_module_forward_pre_hook

        self.tried.add(str(given))
        tensors = [made(item) for item in given]
        first: list[Any] = []

        def watch(module: Any, arguments: Any) -> None:
            if not first and not list(module.children()):
                first.append(module)
            for argument in arguments:
                for index, tensor in enumerate(tensors):
                    if index not in seen and _is_of(argument, tensor) and module is not self.model:
                        layer = Consumer(module)
                        if layer.width or layer.below:
                            seen[index] = layer

        seen: dict[int, Consumer] = {}
        handle = register_module_forward_pre_hook(watch)
        try:
            torch.manual_seed(0)
            self.model(*tensors)
            return True
        except Exception as error:  # noqa: BLE001 - the code of a repository may fail in any way
            self.last = error
            self.first = self.first or error
            self.consumers.update((index, layer) for index, layer in seen.items() if index not in self.consumers)
            if first and not seen and len(self.parameters) == 1 and 0 not in self.consumers:
                layer = Consumer(first[0])
                if layer.width or layer.below:
                    self.consumers[0] = layer
            self.learn(str(error), given)
            return False
        finally:
            handle.remove()

    def learn(self, message: str, given: list[Input]) -> None:
        """What an error says about a width: `expected input[2, 3, 32, 32] to have 1 channels`."""
        match = re.search(r"input\[([\d, ]+)\] to have (\d+) channels", message)
        if match:
            shape = [int(size) for size in match.group(1).split(",")]
            for index, item in enumerate(given):
                if item[1] == "float" and list(item[2]) == shape:
                    self.widths[index] = int(match.group(2))
        match = re.search(r"shapes cannot be multiplied \(\d+x(\d+) and (\d+)x\d+\)", message)
        if match:
            has, wants = int(match.group(1)), int(match.group(2))
            for item in given:
                if item[1] == "float" and len(item[2]) in (3, 4) and item[2][-1] >= 8:
                    self.resize(len(item[2]), item[2][-1], wants / has)

    def resize(self, dimensions: int, side: int, share: float) -> None:
        """What is left of an image behind some layers is flattened: its size says which image the next layer wants."""
        exact = side * (share**0.5 if dimensions == 4 else share)
        near = [round(exact) + step for step in (0, 1, -1, 2, -2, 3, -3, 4, -4)]
        fits = [size for size in near if 2 <= size <= (600 if dimensions == 4 else 100_000)]
        if dimensions == 4:
            self.sides = tuple(dict.fromkeys((*self.sides, *fits)))
        else:
            self.lengths = tuple(dict.fromkeys((*self.lengths, *fits)))

    # -- what to try -------------------------------------------------------------------------------------------------

    def candidates(self, index: int) -> list[Input]:
        """Inputs to try for one argument of the forward pass."""
        name = self.parameters[index].name
        annotation = str(self.parameters[index].annotation)
        layer = self.consumers.get(index)
        by_name = self.by_name(name, index)
        if layer is not None:
            rows = [*self.for_layer(layer, index), *by_name]
        else:
            free = [item for item in self.layers if item.kind not in ("LayerNorm", "Dropout")] or self.layers
            tokens = [item for item in free if item.below]
            others = [item for item in free if not item.below]
            wants = tokens if TOKENS.match(name) and tokens else free
            rows = by_name if by_name and not (TOKENS.match(name) and not tokens) else []
            rows = [*rows, *(self.for_layer(wants[0], index) if wants else [])]
            for more in (others[:1], tokens[:1]):
                rows += self.for_layer(more[0], index) if more else []
        if "float" in annotation or "int'" in annotation:
            rows.insert(0, ["number", [], 2 if "int'" in annotation else 0.5])
        if "bool" in annotation or FLAG.match(name):
            rows.insert(0, ["bool", [], 0])
        if any(EDGES.match(item.name) or ADJACENT.match(item.name) for item in self.parameters[1:]):
            rows.insert(0, ["float", [LENGTH, layer.width if layer is not None else self.widest()], 0])
        if not self.layers:
            rows.append(["float", [BATCH, self.widest()], 0])
        rows = [*rows, ["float", [BATCH, LENGTH], 0], ["long", [BATCH, LENGTH], 2], ["none", [], 0]]
        found: list[Input] = []
        for kind, shape, below in rows:
            row = [name, kind, list(shape), below]
            if row not in found:
                found.append(row)
        return found

    def by_name(self, name: str, index: int) -> list[Input]:
        """What an argument's name promises."""
        below = min([layer.below for layer in self.layers if layer.below], default=2)
        width = self.widest()
        if EDGES.match(name):
            return [["edges", [2, 2 * LENGTH], LENGTH]]
        if ADJACENT.match(name) and index:
            return [["float", [LENGTH, LENGTH], 0], ["float", [BATCH, LENGTH, LENGTH], 0]]
        if MASK.match(name):
            shapes = ([BATCH, LENGTH], [LENGTH, LENGTH], [BATCH, 1, 1, LENGTH], [BATCH, 1, LENGTH])
            return [["none", [], 0], *[["ones", shape, 0] for shape in shapes]]
        if LENGTHS_OF.match(name):
            return [["full", [BATCH], LENGTH]]
        if SHARE.match(name) and index:
            return [["number", [], 0.5]]
        if TIMES.match(name) and index:
            return [["long", [BATCH], 10], ["float", [BATCH], 0], ["float", [BATCH, 1], 0]]
        if STATE.match(name) and index:
            sized = [["float", [1, BATCH, size], 0] for size in self.hidden()]
            flat = [["float", [BATCH, size], 0] for size in self.hidden()]
            return [["none", [], 0], *flat, *sized]
        if TOKENS.match(name):
            rows: list[Input] = [["long", [BATCH, LENGTH], below], ["long", [BATCH], below]]
            return rows if any(layer.below for layer in self.layers) else [*rows, ["float", [BATCH, LENGTH, width], 0]]
        return []

    def widest(self) -> int:
        """What the first layer takes; where no layer is known, what the first matrix can be multiplied with."""
        matrices = [int(item.shape[0]) for item in self.model.parameters() if len(item.shape) == 2]
        return next((layer.width for layer in self.layers if layer.width), next(iter(matrices), LENGTH))

    def hidden(self) -> list[int]:
        """The sizes of recurrent layers, and of what else has a hidden size."""
        sizes = [getattr(module, "hidden_size", None) for module in self.model.modules()]
        found = [size for size in [*sizes, getattr(self.model, "hidden_dim", None)] if type(size) is int]
        return list(dict.fromkeys(found)) or [LENGTH]

    def for_layer(self, layer: Consumer, index: int) -> list[Input]:
        """Inputs that a layer takes."""
        width = self.widths.get(index, layer.width)
        kind = layer.kind
        if layer.below:
            shapes = ([BATCH, LENGTH], [BATCH], [LENGTH, BATCH], [BATCH, 1], [LENGTH], [BATCH, LENGTH, 2])
            return [["long", shape, layer.below] for shape in shapes]
        if "3d" in kind:
            volumes = ((16, 16, 16), (16, 32, 32), (32, 32, 32), (8, 64, 64), (16, 112, 112), (64, 64, 64))
            return [["float", [BATCH, width, *size], 0] for size in volumes]
        if "2d" in kind:
            sizes = dict.fromkeys((*self.sizes[:1], *self.sides, *self.sizes))
            rows = [["float", [BATCH, width, size, size], 0] for size in sizes]
            rows.insert(3, ["float", [BATCH, 4, width, 32, 32], 0])
            if width == 1:
                rows[2:2] = [["float", [BATCH, size, size], 0] for size in (32, 28)]
            return [*rows, ["float", [BATCH, 1, 16, width], 0], ["float", [1, width, 32, 32], 0]]
        if "1d" in kind and kind.startswith(("Conv", "Batch", "Lazy")):
            rows = [
                ["float", [BATCH, width, length], 0] for length in dict.fromkeys((LENGTHS[0], *self.lengths, *LENGTHS))
            ]
            rows.insert(1, ["float", [BATCH, LENGTH, width], 0])
            return [*rows, ["float", [BATCH, width], 0]]
        if kind in ("RNN", "LSTM", "GRU"):
            rows = [["float", [BATCH, LENGTH, width], 0], ["float", [LENGTH, BATCH, width], 0]]
            return rows if layer.batch_first else rows[::-1]
        rows = [["float", [BATCH, width], 0], ["float", [BATCH, LENGTH, width], 0], ["float", [LENGTH, width], 0]]
        for channels in (1, 3):
            side = round((width / channels) ** 0.5)
            if side > 3 and channels * side * side == width:
                rows.insert(1, ["float", [BATCH, channels, side, side], 0])
        for channels in (1, 3):
            rows += [["float", [BATCH, channels, size, size], 0] for size in self.sizes[:6]]
        return [*rows, ["float", [width], 0], ["float", [BATCH, 4, LENGTH, width], 0]]


def _places(lists: list[list[Input]], total: int) -> Iterator[tuple[int, ...]]:
    """The places in several lists that add up to a number."""
    ranges = [range(min(len(rows), total + 1)) for rows in lists[:-1]]
    for places in itertools.product(*ranges):
        rest = total - sum(places)
        if 0 <= rest < len(lists[-1]):
            yield (*places, rest)


def _is_of(argument: Any, tensor: Any) -> bool:
    """Whether an argument is one of our tensors, or shows its numbers in another shape."""
    if argument is tensor:
        return True
    try:
        return bool(argument.numel()) and argument.data_ptr() == tensor.data_ptr()
    except (AttributeError, RuntimeError):
        return False


def made(item: Input) -> Any:
    """The input itself."""
    import torch

    _, kind, shape, below = item
    if kind == "none":
        return None
    if kind == "bool":
        return False
    if kind == "number":
        return below
    if kind == "float":
        return torch.randn(*shape)
    if kind == "ones":
        return torch.ones(*shape, dtype=torch.bool)
    if kind == "full":
        return torch.full(shape, below, dtype=torch.long)
    return torch.randint(0, max(1, below), shape)


def written(item: Input) -> str:
    """How an input is made, as Python."""
    _, kind, shape, below = item
    sizes = ", ".join(map(str, shape))
    if kind in ("none", "bool", "number"):
        return repr({"none": None, "bool": False, "number": below}[kind])
    if kind == "float":
        return "torch.randn(%s)" % sizes
    if kind == "ones":
        return "torch.ones(%s, dtype=torch.bool)" % sizes
    if kind == "full":
        return "torch.full((%s,), %d)" % (sizes, below)
    return "torch.randint(0, %d, (%s%s))" % (max(1, below), sizes, "," if len(shape) == 1 else "")
