"""Made-up data for the data sets that scikit-learn downloads. Runs in the target."""

from __future__ import annotations

import sys

from . import made_up

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

    from .harness import Harness

HOUSING = ["MedInc", "HouseAge", "AveRooms", "AveBedrms", "Population", "AveOccup", "Latitude", "Longitude"]
OPENML = {
    # name: (items, features, classes, the largest value of a feature; 0: any number)
    "mnist_784": (70000, 784, 10, 255),
    "Fashion-MNIST": (70000, 784, 10, 255),
    "CIFAR_10": (60000, 3072, 10, 255),
    "iris": (150, 4, 3, 0),
    "diabetes": (768, 8, 2, 0),
    "wine": (178, 13, 3, 0),
    "letter": (20000, 16, 26, 15),
    "spambase": (4601, 57, 2, 0),
    "phoneme": (5404, 5, 2, 0),
    "electricity": (45312, 8, 2, 0),
}
NEWS = "alt.atheism comp.graphics comp.os.ms-windows.misc comp.sys.ibm.pc.hardware comp.sys.mac.hardware"
NEWS += " comp.windows.x misc.forsale rec.autos rec.motorcycles rec.sport.baseball rec.sport.hockey sci.crypt"
NEWS += " sci.electronics sci.med sci.space soc.religion.christian talk.politics.guns talk.politics.mideast"
NEWS += " talk.politics.misc talk.religion.misc"
WORDS = "the of and to in a is that it for as was with be by on not he his but at are this have from or had an".split()
IDS = {
    554: "mnist_784",
    40996: "Fashion-MNIST",
    40927: "CIFAR_10",
    61: "iris",
    37: "diabetes",
    187: "wine",
    6: "letter",
}
IDS.update({44: "spambase", 1489: "phoneme", 151: "electricity", 40945: "titanic", 1590: "adult"})
IDS.update({531: "boston"})
TABLES: dict[str, tuple[int, str, tuple[str, ...], dict[str, tuple[str, ...]]]] = {
    # name: (items, target, classes; none: numbers, columns with the values that each may have; none: numbers)
    "titanic": (
        1309,
        "survived",
        ("0", "1"),
        {"pclass": (), "name": ("A", "B", "C"), "sex": ("female", "male"), "age": (), "sibsp": (), "parch": ()}
        | {"ticket": ("1", "2"), "fare": (), "cabin": ("A1", "B2"), "embarked": ("C", "Q", "S"), "boat": ("1", "2")}
        | {"body": (), "home.dest": ("London", "Paris")},
    ),
    "adult": (
        48842,
        "class",
        ("<=50K", ">50K"),
        {"age": (), "workclass": ("Private", "Local-gov"), "fnlwgt": (), "education": ("Bachelors", "HS-grad")}
        | {"education-num": (), "marital-status": ("Divorced", "Never-married"), "occupation": ("Sales", "Craft")}
        | {"relationship": ("Husband", "Wife"), "race": ("Other", "White"), "sex": ("Female", "Male")}
        | {"capital-gain": (), "capital-loss": (), "hours-per-week": (), "native-country": ("Mexico", "Peru")},
    ),
    "boston": (
        506,
        "MEDV",
        (),
        dict.fromkeys("CRIM ZN INDUS CHAS NOX RM AGE DIS RAD TAX PTRATIO B LSTAT".split(), ()),
    ),
}
LOST = (OSError, RuntimeError)


def arm(harness: Harness) -> None:
    """Wait for scikit-learn's data sets."""
    harness.after("sklearn.datasets", lambda module: _take(harness, module))


def _take(harness: Harness, module: Any) -> None:
    makers = {
        "fetch_openml": _openml,
        "fetch_california_housing": _housing,
        "fetch_olivetti_faces": _olivetti,
        "fetch_lfw_people": _lfw,
        "fetch_covtype": _covtype,
        "fetch_20newsgroups": _news,
    }
    for name, maker in makers.items():
        if name in vars(module):
            made_up.in_place_of(module, name, _standing_in(harness, name, maker))


def _standing_in(harness: Harness, name: str, maker: Any) -> Any:
    """What replaces a function that fetches: the real one, and what `maker` makes up when that cannot."""

    def make(original: Any) -> Any:
        def fetch(*args: Any, **named: Any) -> Any:
            plain = getattr(original, "__wrapped__", original)
            given = made_up.given(plain, args, named)
            once = {"n_retries": 1, "delay": 0.01} if given is not None and "n_retries" in given else {}
            try:
                return original(*args, **{**once, **named})
            except LOST as error:
                found = maker(given, harness.settings) if given is not None else None
                if found is None:
                    raise
                shape, bunch = found
                said = "the data are made up by RepoTour in the shape of %s" % shape
                harness.tell(said, "%s could not download them (%s)" % (name, type(error).__name__))
                return (bunch["data"], bunch["target"]) if given and given.get("return_X_y") else bunch

        return fetch

    return make


def _openml(given: dict[str, Any], settings: dict[str, Any]) -> Optional[tuple[str, Any]]:
    """A table of numbers, as the known names of openml.org hold it; None for what is not known."""
    name = IDS.get(given.get("data_id") or 0, str(given.get("name")))
    if name in TABLES:
        return _table(name, given, settings)
    if name not in OPENML:
        return None
    real, features, classes, largest = OPENML[name]
    number = made_up.count(real, settings)
    chosen = made_up.labels(number, classes)
    if features in (784, 3072):
        data = made_up.pictures(chosen, classes, (28, 28) if features == 784 else (32, 32, 3))
        data = data.reshape(number, features).astype("float64")
    else:
        data = made_up.numbers((number, features), chosen)
        data = (abs(data) * 3 % largest).round() if largest else data
    names = ["pixel%d" % (one + 1) if largest == 255 else "feature%d" % (one + 1) for one in range(features)]
    target: Any = chosen.astype(str).astype(object)
    as_frame = given.get("as_frame")
    frame = None
    if as_frame is True or as_frame == "auto":
        pandas: Any = __import__("pandas")
        data = pandas.DataFrame(data, columns=names)
        target = pandas.Series(target, name="class").astype("category")
        frame = data.assign(**{"class": target})
    more: dict[str, Any] = {
        "feature_names": names,
        "target_names": ["class"],
        "frame": frame,
        "categories": {},
        "details": {},
    }
    return "%s (%d items)" % (name, number), _bunch(data=data, target=target, DESCR="", url="", **more)


def _table(name: str, given: dict[str, Any], settings: dict[str, Any]) -> Optional[tuple[str, Any]]:
    """A table with columns of numbers and of words, as a frame: it cannot be had otherwise."""
    if given.get("as_frame", "auto") is False:
        return None
    pandas: Any = __import__("pandas")
    items, wanted, classes, columns = TABLES[name]
    number = made_up.count(items, settings)
    drawn = made_up.generator(number)
    chosen = made_up.labels(number, max(2, len(classes)))
    known: dict[str, Any] = {}
    for place, (column, values) in enumerate(columns.items()):
        if values:
            known[column] = pandas.Categorical([values[one] for one in drawn.randint(0, len(values), size=number)])
        else:
            # Every other number has to do with the class, or there is nothing to learn.
            known[column] = (drawn.standard_normal(number) * 3 + 20 + 9 * (chosen * (place % 2))).round(1)
    data = pandas.DataFrame(known)
    target: Any = 20 + 5 * chosen + drawn.standard_normal(number)
    if classes:
        target = pandas.Categorical([classes[one] for one in chosen])
    target = pandas.Series(target, name=wanted)
    more = {"feature_names": list(columns), "target_names": [wanted], "categories": {}, "details": {}, "url": ""}
    frame = data.assign(**{wanted: target})
    return "%s (%d items)" % (name, number), _bunch(data=data, target=target, frame=frame, DESCR="", **more)


def _housing(given: dict[str, Any], settings: dict[str, Any]) -> tuple[str, Any]:
    number = made_up.count(20640, settings)
    data = abs(made_up.numbers((number, 8))) * [3, 20, 4, 1, 1000, 2, 0, 0]
    data[:, 6:] = made_up.numbers((number, 2))
    data[:, 6] += 36
    data[:, 7] -= 119
    target: Any = (0.4 * data[:, 0] + 0.5).clip(0.15, 5.0)
    frame = None
    if given.get("as_frame"):
        pandas: Any = __import__("pandas")
        data = pandas.DataFrame(data, columns=HOUSING)
        target = pandas.Series(target, name="MedHouseVal")
        frame = data.assign(MedHouseVal=target)
    more = {"feature_names": list(HOUSING), "target_names": ["MedHouseVal"], "frame": frame, "DESCR": ""}
    return "the California housing data (%d items)" % number, _bunch(data=data, target=target, **more)


def _olivetti(given: dict[str, Any], settings: dict[str, Any]) -> tuple[str, Any]:
    chosen = made_up.labels(400, 40)
    images = made_up.pictures(chosen, 40, (64, 64)).astype("float32") / 255
    return "the Olivetti faces", _bunch(data=images.reshape(400, -1), images=images, target=chosen, DESCR="")


def _lfw(given: dict[str, Any], settings: dict[str, Any]) -> tuple[str, Any]:
    numpy = sys.modules["numpy"]
    size = (62, 47) if float(given.get("resize") or 0.5) == 0.5 else (50, 37)
    number, classes = made_up.count(1288, settings), 7
    chosen = made_up.labels(number, classes)
    images = made_up.pictures(chosen, classes, size).astype("float32") / 255
    names = numpy.array(["person %d" % one for one in range(classes)])
    flat = images.reshape(number, -1)
    return "faces of LFW", _bunch(data=flat, images=images, target=chosen, target_names=names, DESCR="")


def _covtype(given: dict[str, Any], settings: dict[str, Any]) -> tuple[str, Any]:
    number = made_up.count(581012, settings)
    chosen = made_up.labels(number, 7, 1)
    data: Any = made_up.numbers((number, 54), chosen)
    names = ["feature_%d" % one for one in range(54)]
    frame = None
    if given.get("as_frame"):
        pandas: Any = __import__("pandas")
        data = pandas.DataFrame(data, columns=names)
        frame = data.assign(Cover_Type=chosen.astype("int32"))
        chosen = frame["Cover_Type"]
    more = {"feature_names": names, "target_names": ["Cover_Type"], "frame": frame}
    return "the forest cover types (%d items)" % number, _bunch(
        data=data, target=chosen.astype("int32"), DESCR="", **more
    )


def _news(given: dict[str, Any], settings: dict[str, Any]) -> tuple[str, Any]:
    numpy = sys.modules["numpy"]
    names = list(given.get("categories") or NEWS.split())
    number = made_up.count(11314 if given.get("subset", "train") != "test" else 7532, settings)
    chosen = made_up.labels(number, len(names))
    drawn = made_up.generator(number)
    texts = []
    for label in chosen.tolist():
        words = [WORDS[one] for one in drawn.randint(0, len(WORDS), size=60)]
        texts.append(" ".join([*words, *names[label].replace(".", " ").split() * 3]))
    files = numpy.array(["%d" % one for one in range(number)])
    return "the 20 newsgroups (%d texts)" % number, _bunch(
        data=texts, target=chosen, target_names=names, filenames=files, DESCR=""
    )


def _bunch(**fields: Any) -> Any:
    return sys.modules["sklearn.utils"].Bunch(**fields)
