"""Made-up data for the data sets that Keras downloads. Runs in the target."""

from __future__ import annotations

import sys

from . import made_up

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .harness import Harness

PACKAGES = ("keras.src.datasets", "keras.datasets", "tensorflow.python.keras.datasets", "keras.api.datasets")
PICTURES = {
    "mnist": (10, (28, 28), 60000, 10000),
    "fashion_mnist": (10, (28, 28), 60000, 10000),
    "cifar10": (10, (32, 32, 3), 50000, 10000),
    "cifar100": (100, (32, 32, 3), 50000, 10000),
}
TEXTS = {"imdb": (2, 25000, 25000), "reuters": (46, 8982, 2246)}
TABLES = {"boston_housing": (13, 404, 102), "california_housing": (8, 16512, 4128)}
WORDS = 5000
LONGEST = 80  # words of a made-up text


def arm(harness: Harness) -> None:
    """Wait for the modules of the data sets, wherever this version of Keras has them."""
    for package in PACKAGES:
        for name in (*PICTURES, *TEXTS, *TABLES):
            harness.after(package + "." + name, _taker(harness, name))


def _taker(harness: Harness, name: str) -> Any:
    def take(module: Any) -> None:
        if "load_data" in vars(module) and not hasattr(module.load_data, "__wrapped__"):
            made_up.in_place_of(module, "load_data", make)
        if "get_word_index" in vars(module) and not hasattr(module.get_word_index, "__wrapped__"):
            made_up.in_place_of(module, "get_word_index", words)

    def words(original: Any) -> Any:
        def get_word_index(*args: Any, **named: Any) -> Any:
            try:
                return original(*args, **named)
            except Exception as error:
                if not _is_lost(error):
                    raise
                told = "the words of %s are made up by RepoTour" % name
                harness.tell(told, "Keras could not download them (%s)" % type(error).__name__)
                return {"word%d" % number: number for number in range(1, WORDS + 1)}

        return get_word_index

    def make(original: Any) -> Any:
        def load_data(*args: Any, **named: Any) -> Any:
            try:
                return original(*args, **named)
            except Exception as error:  # Keras wraps what urllib says in a plain Exception
                given = made_up.given(original, args, named)
                if given is None or not _is_lost(error):
                    raise
                found = tuple(_part(name, given, harness.settings, train) for train in (True, False))
                said = "the data are made up by RepoTour in the shape of %s (%d items)" % (name, len(found[0][1]))
                harness.tell(said, "Keras could not download them (%s)" % type(error).__name__)
                return found

        return load_data

    return take


def _is_lost(error: Exception) -> bool:
    return isinstance(error, OSError) or "URL fetch failure" in str(error)


def _part(name: str, given: dict[str, Any], settings: dict[str, Any], train: bool) -> tuple[Any, Any]:
    """The inputs and targets of the part for training, or for testing."""
    numpy = sys.modules["numpy"]
    if name in PICTURES:
        classes, shape, *real = PICTURES[name]
        chosen = made_up.labels(made_up.count(real[not train], settings), classes)
        pictures = made_up.pictures(chosen, classes, shape)
        if name == "cifar100":
            return pictures, chosen.reshape(-1, 1)
        chosen = chosen.astype("uint8")
        return pictures, chosen if len(shape) == 2 else chosen.reshape(-1, 1)
    if name in TABLES:
        features, *real = TABLES[name]
        data = made_up.numbers((made_up.count(real[not train], settings), features))
        return data, 20 + 5 * data[:, 0]
    classes, *real = TEXTS[name]
    number = made_up.count(real[not train], settings)
    chosen, drawn = made_up.labels(number, classes), made_up.generator(number)
    words = int(given.get("num_words") or WORDS)
    texts = numpy.empty(number, dtype=object)
    for index, label in enumerate(chosen.tolist()):
        drawn_words = drawn.randint(4, max(5, words), size=drawn.randint(20, LONGEST)).tolist()
        texts[index] = [1, *drawn_words, 4 + label % max(1, words - 4)]
    return texts, chosen
