"""Which classes of a repository may be its model, the likeliest first, and the calls that build them. Host, static."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tracer.alone.repository import File, Repository, dotted
from tracer.alone.values import Evaluator, Tree, assigned, settings_of
from tracer.notebooks import is_notebook
from tracer.survey import Argument, Survey
from tracer.survey.names import in_side_folder
from tracer.survey.reading import class_kinds

MOST = 4
SITES = 3
FORWARDS = frozenset(("forward", "__call__", "call"))
PART = re.compile(
    r".*(Loss|Criterion|Block|Layer|Attention|Attn|Embedding|Embeddings|Embedder|Head|Norm|Conv\d?d?|Pool|Pooling|Unit"
    r"|Module|Gate|Cell|Dropout|Activation|Bottleneck|Encoding|FeedForward|MLPBlock|Mixin|Base|Abstract\w*)\Z|_"
)
WHOLE = re.compile(
    r".*(Model|Net|Network|Classifier|Transformer|GAN|VAE|AutoEncoder|Autoencoder|LM|GPT|Policy)\w*\Z|.*[nN]et\w*"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model class: `sites` are the calls that build it, each `{at, args, kw}` with what is known of its arguments;
    `hints` what the repository writes about its input (`shapes`, `sizes`)."""

    file: str
    name: str
    line: int
    library: str
    sites: tuple[dict[str, Any], ...] = ()
    hints: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Class:
    file: File
    node: ast.ClassDef
    sites: list[tuple[File, ast.Call]] = field(default_factory=list)
    inner: bool = False
    builds: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class KnownModels:
    """What reading knows of a repository's models: the likeliest classes, the settings of the program with their
    defaults and where they stand, each model class with its file, and the files whose import does more than define."""

    candidates: tuple[Candidate, ...]
    settings: dict[str, tuple[Tree, str]]
    classes: dict[str, str]
    working: frozenset[str]


def known_of(root: Path, found: Survey, entry: str = "", arguments: tuple[Argument, ...] = ()) -> KnownModels:
    """What reading knows of the models of the repository at `root`; `arguments` are those of its program `entry`."""
    repository = Repository(root, found, entry)
    settings = settings_of(arguments)
    evaluator = Evaluator(repository, settings)
    kinds = class_kinds(found.files)
    classes = _classes(repository, kinds)
    _note_calls(repository, classes)
    ranked = sorted(classes.values(), key=lambda item: -_score(item, repository, classes))
    whole = [item for item in ranked if _applies(item, classes)]
    best = ([item for item in whole if not item.inner] or whole)[:MOST]
    best = [item for item in best if item is best[0] or item.sites]  # what nobody builds tells little of a repository
    hinted = _sizes(repository, settings)
    made = [
        Candidate(
            item.file.path,
            item.node.name,
            item.node.lineno,
            _library(item.file),
            tuple(_sites(item, entry, evaluator)),
            {"shapes": list(_shapes(item)), "sizes": hinted},
        )
        for item in best
    ]
    files = {name: item.file.path for name, item in classes.items()}
    working = frozenset(item.file.path for item in classes.values() if item.file.works or is_notebook(item.file.path))
    return KnownModels(tuple(made), settings, files, working)


def _classes(repository: Repository, kinds: dict[str, str]) -> dict[str, _Class]:
    """The model classes by name, the nearest of those of one name."""
    found: dict[str, _Class] = {}
    for file in repository.files():
        for name, node in file.classes.items():
            if kinds.get(name) == "model" and name not in found and _library(file):
                found[name] = _Class(file, node)
    return found


def _library(file: File) -> str:
    """The library whose models a file defines: torch, flax or "" for one that is not known."""
    roots = {name.partition(".")[0] for name in file.imports.values()}
    if "flax" in roots:
        return "flax"
    return "torch" if roots & {"torch", "lightning", "pytorch_lightning", "transformers", "torch_geometric"} else ""


def _note_calls(repository: Repository, classes: dict[str, _Class]) -> None:
    """Note for each model class where it is built, and whether another model builds it as a part."""
    for file in repository.files():
        for call in file.calls:
            name = dotted(call.func).rpartition(".")[2]
            item = classes.get(name)
            if item is None or not _reaches(repository, file, dotted(call.func), item):
                continue
            owner = file.class_of(call)
            if owner is not None and owner.name in classes and owner.name != name:
                classes[owner.name].builds.add(name)
                item.inner = True
            elif owner is None or owner.name != name:
                item.sites.append((file, call))
            for argument in (*call.args, *[word.value for word in call.keywords]):
                part = _class_of(argument, file, classes)
                if part and part != name:
                    classes[part].inner = True
                    item.builds.add(part)


def _class_of(node: ast.expr, file: File, classes: dict[str, _Class]) -> str:
    """The model class that an argument is (`ResNet(Block, ...)`) or was built of (`Seq2Seq(encoder, ...)`), or ""."""
    if isinstance(node, ast.Name) and node.id not in classes:
        body = file.function_of(node) or file.tree
        node = assigned(body, node.id, node.lineno) or node
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("to", "cuda"):
        node = node.func.value
    name = dotted(node.func if isinstance(node, ast.Call) else node).rpartition(".")[2]
    return name if name in classes else ""


def _reaches(repository: Repository, file: File, name: str, item: _Class) -> bool:
    """Whether a name in a file can stand for a class."""
    if file is item.file:
        return True
    found = repository.symbol(file, name)
    return found is None or found.file == item.file.path


def _applies(item: _Class, classes: dict[str, _Class]) -> bool:
    """Whether a class has a forward pass, its own or of a class of the repository that it is made from."""
    pending, seen = [item.node], set()
    while pending:
        node = pending.pop()
        if any(
            isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)) and inner.name in FORWARDS for inner in node.body
        ):
            return True
        seen.add(node.name)
        bases = [dotted(base).rpartition(".")[2] for base in node.bases]
        pending += [classes[name].node for name in bases if name in classes and name not in seen]
    return False


def _score(item: _Class, repository: Repository, classes: dict[str, _Class]) -> float:
    name = item.node.name
    score = 0.0
    if any(file.path == repository.entry for file, _ in item.sites):
        score += 4.0
    elif item.sites:
        score += 2.0 if any(file is not item.file for file, _ in item.sites) else 1.0
    score -= 3.0 if item.inner else 0.0
    score += 0.5 * min(4, len(_all_parts(name, classes)))
    score -= 2.0 if PART.match(name) else 0.0
    score += 0.7 if WHOLE.match(name) else 0.0
    score -= 2.0 if in_side_folder(item.file.path) else 0.0
    near = repository.paths.index(item.file.path)
    return score - 0.02 * min(near, 50)


def _all_parts(name: str, classes: dict[str, _Class]) -> set[str]:
    """The model classes that are built for a model, at any depth."""
    found: set[str] = set()
    pending = [name]
    while pending:
        for part in classes[pending.pop()].builds - found:
            found.add(part)
            pending.append(part)
    return found


def _sites(item: _Class, entry: str, evaluator: Evaluator) -> Iterator[dict[str, Any]]:
    """What is known of the arguments at the calls that build a class: the entry's own first, then its own file's."""
    order = sorted(
        item.sites,
        key=lambda row: (
            row[0].path != entry,
            bool(in_side_folder(row[0].path)),
            row[0] is not item.file,
            row[1].lineno,
        ),
    )
    for file, call in order[:SITES]:
        arguments, words = evaluator.arguments(call, file)
        yield {"at": f"{file.path}:{call.lineno}", "args": arguments, "kw": words}


_MAKERS = frozenset(("randn", "rand", "zeros", "ones", "empty", "randint", "FloatTensor", "Tensor"))
_SIZED = frozenset(("Resize", "CenterCrop", "RandomCrop", "RandomResizedCrop"))
_NAMES_SIZE = re.compile(
    r"(.*_)?(img|image|input|crop|patch|resize|frame)_?(size|resolution|shape|res|height|width|h|w)\Z|size|resolution"
)


def _shapes(item: _Class) -> Iterator[list[Any]]:
    """Shapes of tensors that are made by hand where a model is tried out, with the place: `torch.randn(1, 3, 8, 8)`."""
    seen: set[tuple[int, ...]] = set()
    for numbers, line in _told_shapes(item.node):
        if numbers not in seen:
            seen.add(numbers)
            yield [list(numbers), f"{item.file.path}:{line}"]
    files = [item.file, *[file for file, _ in item.sites if file is not item.file]]
    for file in dict.fromkeys(files):
        for call in file.calls:
            owner = file.class_of(call)
            if dotted(call.func).rpartition(".")[2] not in _MAKERS or (owner is not None and owner is not item.node):
                continue
            if owner is item.node:
                continue  # a parameter or a buffer of the model, not its input
            numbers = _numbers(call)
            if len(numbers) > 1 and numbers not in seen and max(numbers) < 5000:
                seen.add(numbers)
                yield [list(numbers), f"{file.path}:{call.lineno}"]


_TOLD = re.compile(r"[(\[]\s*(?:b|B|N|bs|batch|batch_size|Batch|BATCH)\s*[,x]\s*(\d+(?:\s*[,x]\s*\d+)*)\s*[)\]]")


def _told_shapes(node: ast.ClassDef) -> Iterator[tuple[tuple[int, ...], int]]:
    """Shapes that the docstrings of a class and of its forward pass spell with numbers: `(B, 1, 28, 28)`."""
    functions = [inner for inner in node.body if isinstance(inner, ast.FunctionDef) and inner.name in FORWARDS]
    owners: list[ast.FunctionDef | ast.ClassDef] = [*functions, node]
    for owner in owners:
        for match in _TOLD.finditer(ast.get_docstring(owner) or ""):
            yield (2, *[int(size) for size in re.findall(r"\d+", match.group(1))]), owner.lineno


def _numbers(call: ast.Call) -> tuple[int, ...]:
    """The whole numbers that a call is given as a shape; () where it is given something else."""
    items: list[ast.expr] = list(call.args)
    if dotted(call.func).endswith("randint"):
        items = items[-1:]
    if len(items) == 1 and isinstance(items[0], (ast.Tuple, ast.List)):
        items = list(items[0].elts)
    found = [item.value for item in items if isinstance(item, ast.Constant) and type(item.value) is int]
    return tuple(found) if len(found) == len(items) and all(size > 0 for size in found) else ()


def _sizes(repository: Repository, settings: dict[str, tuple[Tree, str]]) -> list[int]:
    """Sides of images that the repository names: options, and what images are resized to."""
    found = [
        tree[1] for name, (tree, _) in settings.items() if _NAMES_SIZE.match(name) and tree[0] == "value"
    ]  # fmt: skip
    for file in list(repository.files())[:20]:
        for call in file.calls:
            if dotted(call.func).rpartition(".")[2] in _SIZED:
                found += [node.value for node in ast.walk(call) if isinstance(node, ast.Constant)]
    return [size for size in dict.fromkeys(found) if type(size) is int and 8 <= size <= 600][:4]
