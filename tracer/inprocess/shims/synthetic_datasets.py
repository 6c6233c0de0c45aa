"""Made-up rows for well-known data sets of the library `datasets` that cannot be downloaded. Runs in the target."""

from __future__ import annotations

import sys

from . import made_up
from .synthetic_sklearn import WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

    from .harness import Harness

TEXT, NUMBER = "text", "number"
SENTIMENT = ("neg", "pos")
EMOTIONS = ("sadness", "joy", "love", "anger", "fear", "surprise")
TOPICS = ("World", "Sports", "Business", "Sci/Tech")
STARS = ("1 star", "2 star", "3 stars", "4 stars", "5 stars")
DIGITS = tuple("0123456789")
CLOTHES = ("T - shirt / top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
THINGS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
PAIR = {"sentence1": TEXT, "sentence2": TEXT}
EQUAL = ("not_equivalent", "equivalent")
FOLLOWS = ("entailment", "not_entailment")
TAGS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC")

TRAIN_TEST = ("train", "test")
GLUE = ("train", "validation", "test")
KNOWN: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    # name, or name/configuration: (parts, columns: a kind, the names of classes, a size of pictures)
    "imdb": (("train", "test", "unsupervised"), {"text": TEXT, "label": SENTIMENT}),
    "rotten_tomatoes": (GLUE, {"text": TEXT, "label": SENTIMENT}),
    "sst2": (GLUE, {"idx": NUMBER, "sentence": TEXT, "label": ("negative", "positive")}),
    "glue/sst2": (GLUE, {"sentence": TEXT, "label": ("negative", "positive"), "idx": NUMBER}),
    "glue/cola": (GLUE, {"sentence": TEXT, "label": ("unacceptable", "acceptable"), "idx": NUMBER}),
    "glue/mrpc": (GLUE, {**PAIR, "label": EQUAL, "idx": NUMBER}),
    "glue/rte": (GLUE, {**PAIR, "label": FOLLOWS, "idx": NUMBER}),
    "glue/wnli": (GLUE, {**PAIR, "label": ("not_entailment", "entailment"), "idx": NUMBER}),
    "glue/stsb": (GLUE, {**PAIR, "label": "score", "idx": NUMBER}),
    "glue/qnli": (GLUE, {"question": TEXT, "sentence": TEXT, "label": FOLLOWS, "idx": NUMBER}),
    "glue/qqp": (GLUE, {"question1": TEXT, "question2": TEXT, "label": ("not_duplicate", "duplicate"), "idx": NUMBER}),
    "ag_news": (TRAIN_TEST, {"text": TEXT, "label": TOPICS}),
    "emotion": (GLUE, {"text": TEXT, "label": EMOTIONS}),
    "yelp_review_full": (TRAIN_TEST, {"label": STARS, "text": TEXT}),
    "yelp_polarity": (TRAIN_TEST, {"text": TEXT, "label": ("1", "2")}),
    "amazon_polarity": (TRAIN_TEST, {"label": ("negative", "positive"), "title": TEXT, "content": TEXT}),
    "wikitext": (("test", "train", "validation"), {"text": TEXT}),
    "TinyStories": (("train", "validation"), {"text": TEXT}),
    "openwebtext": (("train",), {"text": TEXT}),
    "squad": (
        ("train", "validation"),
        {"id": "id", "title": TEXT, "context": TEXT, "question": TEXT, "answers": "answers"},
    ),
    "cnn_dailymail": (GLUE, {"article": TEXT, "highlights": TEXT, "id": "id"}),
    "xsum": (GLUE, {"document": TEXT, "summary": TEXT, "id": "id"}),
    "samsum": (GLUE, {"id": "id", "dialogue": TEXT, "summary": TEXT}),
    "conll2003": (GLUE, {"id": "id", "tokens": "tokens", "ner_tags": TAGS}),
    "mnist": (TRAIN_TEST, {"image": (28, 28), "label": DIGITS}),
    "fashion_mnist": (TRAIN_TEST, {"image": (28, 28), "label": CLOTHES}),
    "cifar10": (TRAIN_TEST, {"img": (32, 32, 3), "label": THINGS}),
}
LENGTH = 24
LOST = (OSError,)


def arm(harness: Harness) -> None:
    """Wait for the function that loads data sets, in both modules that programs take it from."""
    harness.after("datasets.load", lambda module: _take(harness, module))


def _take(harness: Harness, module: Any) -> None:
    def make(original: Any) -> Any:
        def load_dataset(path: Any, name: Any = None, *given: Any, **named: Any) -> Any:
            try:
                return original(path, name, *given, **named)
            except LOST as error:
                key = _known(str(path), name)
                split = named.get("split")
                if key is None or named.get("data_files") or named.get("data_dir") or given:
                    raise
                try:
                    found = _Rows(key, harness.settings).parts(split)
                except ImportError:  # pictures need a package of their own
                    found = None
                if found is None:
                    raise
                said = "the data are made up by RepoTour in the form of %s (%s)" % (key, _shape(found))
                harness.tell(said, "they could not be downloaded (%s)" % type(error).__name__)
                return _streamed(found) if named.get("streaming") else found

        return load_dataset

    made_up.in_place_of(module, "load_dataset", make)


def _known(path: str, name: Any) -> Optional[str]:
    """The name by which a data set is known here."""
    short = path.rpartition("/")[2].replace("cifar-10", "cifar10")
    for key in ("%s/%s" % (short, name), short):
        if key in KNOWN:
            return key
    return None


def _shape(found: Any) -> str:
    if isinstance(found, list):
        return "%d rows" % sum(map(len, found))
    if not isinstance(found, dict):
        return "%d rows" % len(found)
    parts = found.items()
    return ", ".join("%s %d" % (name, len(rows)) for name, rows in parts)


def _streamed(found: Any) -> Any:
    if isinstance(found, dict):
        return sys.modules["datasets"].IterableDatasetDict(
            {key: row.to_iterable_dataset() for key, row in found.items()}
        )
    return found.to_iterable_dataset()


class _Rows:
    """The rows of one data set, its parts each made once."""

    def __init__(self, key: str, settings: dict[str, Any]) -> None:
        self.names, self.columns = KNOWN[key]
        self.settings = settings
        self.library: Any = sys.modules["datasets"]

    def parts(self, split: Any) -> Any:
        """What `split` asks for: all parts, one, some of one, several; None for what is not understood."""
        if split is None:
            return self.library.DatasetDict({name: self.part(name) for name in self.names})
        if isinstance(split, (list, tuple)):
            several = [self.parts(one) for one in split]
            return None if any(one is None for one in several) else several
        pieces = []
        for text in str(split).split("+"):
            name, first, last = _piece(text.strip())
            if name == "all":
                name = self.names[0]
            if name not in self.names:
                return None
            rows = self.part(name)
            window = range(_at(first, 0, len(rows)), _at(last, len(rows), len(rows)))
            pieces.append(rows.select(window))
        return pieces[0] if len(pieces) == 1 else self.library.concatenate_datasets(pieces)

    def part(self, name: str) -> Any:
        """All rows of one part."""
        number = made_up.ITEMS if name == "train" else made_up.ITEMS // 4
        classes = next((kind for kind in self.columns.values() if _is_classes(kind)), ())
        chosen = made_up.labels(number, max(2, len(classes)))
        values, kinds = {}, {}
        for place, (column, kind) in enumerate(self.columns.items()):
            values[column], kinds[column] = self.column(kind, chosen, place, classes)
        return self.library.Dataset.from_dict(values, features=self.library.Features(kinds))

    def column(self, kind: Any, chosen: Any, place: int, classes: tuple[str, ...]) -> tuple[Any, Any]:
        """(values, type) of a column."""
        value, number = self.library.Value, len(chosen)
        if kind == NUMBER:
            return list(range(number)), value("int32")
        if kind == "id":
            return [str(one) for one in range(number)], value("string")
        if kind == "score":
            return (chosen * 2.5).tolist(), value("float32")
        if kind == "answers":
            places = {
                "text": self.library.Sequence(value("string")),
                "answer_start": self.library.Sequence(value("int32")),
            }
            texts = _texts(chosen, 2)  # the context of `squad` is its third column
            return [{"text": [text.split()[0]], "answer_start": [0]} for text in texts], places
        if kind == "tokens":
            return [text.split() for text in _texts(chosen, place)], self.library.Sequence(value("string"))
        if kind == TAGS:
            tags = [[int(word.startswith("word")) for word in text.split()] for text in _texts(chosen, 1)]
            return tags, self.library.Sequence(self.library.ClassLabel(names=list(TAGS)))
        if _is_classes(kind):
            return chosen.tolist(), self.library.ClassLabel(names=list(kind))
        if isinstance(kind, tuple):
            size = (kind[1], kind[0])
            mode = "L" if len(kind) == 2 else "RGB"
            rows = [made_up.picture(n, one, len(classes), size, mode) for n, one in enumerate(chosen.tolist())]
            return rows, self.library.Image()
        return _texts(chosen, place), value("string")


def _is_classes(kind: Any) -> bool:
    return isinstance(kind, tuple) and bool(kind) and isinstance(kind[0], str)


def _texts(chosen: Any, place: int) -> list[str]:
    """Texts of the words that are everywhere, with a few that tell the class."""
    drawn = made_up.generator(len(chosen) + place)
    found = []
    for label in chosen.tolist():
        words = [WORDS[one] for one in drawn.randint(0, len(WORDS), size=LENGTH)]
        for spot in drawn.randint(0, LENGTH, size=4).tolist():
            words[spot] = "word%d" % label
        found.append(" ".join(words))
    return found


def _piece(text: str) -> tuple[str, str, str]:
    """(part, where it begins, where it ends) of `train`, `train[:10%]`, `test[100:200]`; ("", …) of what is neither."""
    name, bracket, window = text.partition("[")
    first, colon, last = window.rstrip("]").partition(":")
    plain = all(word.strip("-%").isdigit() or not word for word in (first, last))
    if bracket and not (colon and plain and window.endswith("]")):
        return "", "", ""
    return name, first, last


def _at(text: str, usual: int, length: int) -> int:
    """The row that one end of a window means."""
    if not text:
        return usual
    number = int(text.rstrip("%"))
    number = number * length // 100 if text.endswith("%") else number
    return min(length, max(0, number + length if number < 0 else number))
