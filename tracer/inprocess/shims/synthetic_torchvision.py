"""Made-up items for torchvision's data sets that are not there and cannot be downloaded. Runs in the target.

What is there is used as it is: a data set is made up only when its class finds nothing to read without downloading.
The class, its item type (PIL pictures of the right size and mode), the range of its labels and its public attributes
are those of the real one; `full` in the settings makes up as many items as the real one has.
"""

from __future__ import annotations

import sys

from . import made_up

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

    from .harness import Harness

    Given = dict[str, Any]

MNIST_LIKE = {"MNIST": 10, "FashionMNIST": 10, "KMNIST": 10, "QMNIST": 10, "EMNIST": 0}
CIFAR_CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
STL_CLASSES = ["airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"]
EMNIST = {"byclass": 62, "bymerge": 47, "balanced": 47, "letters": 26, "digits": 10, "mnist": 10}

PICTURES = {
    # class: (classes, (width, height), items for training, items for testing)
    "Food101": (101, (512, 512), 75750, 25250),
    "Flowers102": (102, (500, 500), 1020, 6149),
    "OxfordIIITPet": (37, (500, 375), 3680, 3669),
    "StanfordCars": (196, (480, 360), 8144, 8041),
    "FGVCAircraft": (100, (640, 480), 6667, 3333),
    "DTD": (47, (480, 480), 1880, 1880),
    "SUN397": (397, (480, 360), 108754, 108754),
    "RenderedSST2": (2, (448, 448), 6920, 1821),
    "GTSRB": (43, (48, 48), 26640, 12630),
    "FER2013": (7, (48, 48), 28709, 7178),
    "PCAM": (2, (96, 96), 262144, 32768),
    "Imagenette": (10, (500, 375), 9469, 3925),
    "Caltech101": (101, (300, 200), 8677, 8677),
    "Caltech256": (257, (300, 250), 30607, 30607),
    "Places365": (365, (256, 256), 1803460, 36500),
    "LFWPeople": (5749, (250, 250), 9525, 3708),
    "Omniglot": (964, (105, 105), 19280, 13180),
    "CelebA": (40, (178, 218), 162770, 19962),
}
GREY = {"FER2013", "Omniglot"}
FOLDERS = {"Country211": (211, (300, 300)), "EuroSAT": (10, (64, 64)), "ImageNet": (1000, (400, 350))}
UNKNOWN = (2, (256, 256))
"""Classes and size of pictures in folders of which nothing is known: two classes fit any output for classes."""

LOST = (OSError, RuntimeError, EOFError)
MADE = "_repotour_made"


def arm(harness: Harness) -> None:
    """Wait for torchvision's data sets."""
    harness.after("torchvision.datasets", lambda module: Stand(harness, module).take())


class Stand:
    """Stands in for the constructors of torchvision's data sets."""

    def __init__(self, harness: Harness, module: Any) -> None:
        self.harness = harness
        self.settings = harness.settings
        self.module = module
        self.base = module.VisionDataset

    def take(self) -> None:
        """Stand in for each class that is known; classes derived from them come here through their parents."""
        fillers = {"MNIST": mnist, "CIFAR10": cifar, "SVHN": svhn, "STL10": stl, "USPS": usps}
        fillers.update({"DatasetFolder": folder, "ImageNet": imagenet, "EuroSAT": folder, "Country211": folder})
        fillers.update(dict.fromkeys(PICTURES, pictures))
        for name, fill in fillers.items():
            cls = getattr(self.module, name, None)
            if cls is not None and "__init__" in vars(cls):
                made_up.in_place_of(cls, "__init__", self.maker(name, fill))
                if fill is pictures:
                    made_up.in_place_of(cls, "__getitem__", item)
                    made_up.in_place_of(cls, "__len__", length)

    def maker(self, name: str, fill: Any) -> Any:
        """What replaces the constructor of a class: the real one without its download, and then `fill`."""
        stand = self

        def make(original: Any) -> Any:
            def __init__(self: Any, *args: Any, **named: Any) -> None:
                given = made_up.given(original, (self, *args), named)
                if given is None or getattr(type(self), "__len__", None) is None:
                    original(self, *args, **named)
                    return
                caught = stand.real(original, self, dict(given))
                if caught is not None:
                    stand.fill(self, name, given, fill, caught)

            return __init__

        return make

    def real(self, original: Any, dataset: Any, given: Given) -> Optional[BaseException]:
        """Build a data set from what is there; what stopped that, or None."""
        if "download" in given:
            given["download"] = False
        code = original.__code__
        values = [given.pop(name) for name in code.co_varnames[: code.co_argcount]]
        values[0] = dataset
        try:
            original(*values, **given)
        except LOST as error:
            return error
        return None

    def fill(self, dataset: Any, name: str, given: Given, fill: Any, caught: BaseException) -> None:
        """Make a data set up."""
        cls = type(dataset)
        known = next((base.__name__ for base in cls.__mro__ if base.__module__.startswith("torchvision.")), name)
        if known == "DatasetFolder":
            raise caught  # what its loader gives is known to nobody
        self.base.__init__(
            dataset,
            given.get("root"),
            transform=given.get("transform"),
            target_transform=given.get("target_transform"),
        )
        what = fill(dataset, known, given, self.settings)
        said = "the data are made up by RepoTour in the shape of " + (known if known != "ImageFolder" else what)
        if known != "ImageFolder":
            said += " (%s)" % what
        self.harness.tell(said, "%s could not be read or downloaded (%s)" % (known, _reason(caught)))


def _reason(error: BaseException) -> str:
    text = str(error).splitlines()
    return (type(error).__name__ + (": " + text[0] if text else ""))[:120]


def _train(given: Given) -> bool:
    """Whether the part for training is asked for."""
    if "train" in given:
        return bool(given["train"])
    return str(given.get("split", given.get("image_set", "train"))).startswith(("train", "byclass", "extra", "unlab"))


def mnist(dataset: Any, name: str, given: Given, settings: dict[str, Any]) -> str:
    """Tensors as MNIST and its kin hold them."""
    torch = sys.modules["torch"]
    split = str(getattr(dataset, "split", "")) if name == "EMNIST" else ""
    classes = EMNIST.get(split, 47) if name == "EMNIST" else MNIST_LIKE.get(name, 10)
    first = 1 if split == "letters" else 0
    dataset.train = _train(given)
    number = made_up.count(60000 if dataset.train else 10000, settings)
    chosen = made_up.labels(number, classes, first)
    dataset.data = torch.from_numpy(made_up.pictures(chosen, classes, (28, 28), first))
    dataset.targets = torch.from_numpy(chosen)
    if name == "QMNIST":
        dataset.targets = torch.stack([dataset.targets] + [torch.zeros_like(dataset.targets)] * 7, 1)
    return "%d pictures of 28 x 28 pixels, %d classes" % (number, classes)


def cifar(dataset: Any, name: str, given: Given, settings: dict[str, Any]) -> str:
    """Arrays as CIFAR10 and CIFAR100 hold them."""
    classes = 100 if name == "CIFAR100" else 10
    dataset.train = _train(given)
    number = made_up.count(50000 if dataset.train else 10000, settings)
    chosen = made_up.labels(number, classes)
    dataset.data = made_up.pictures(chosen, classes, (32, 32, 3))
    dataset.targets = chosen.tolist()
    dataset.classes = list(CIFAR_CLASSES) if classes == 10 else ["class %d" % one for one in range(classes)]
    dataset.class_to_idx = {one: index for index, one in enumerate(dataset.classes)}
    return "%d colour pictures of 32 x 32 pixels, %d classes" % (number, classes)


def svhn(dataset: Any, name: str, given: Given, settings: dict[str, Any]) -> str:
    """Arrays as SVHN holds them, the channels first."""
    dataset.split = str(given.get("split", "train"))
    number = made_up.count({"train": 73257, "extra": 531131}.get(dataset.split, 26032), settings)
    dataset.labels = made_up.labels(number, 10)
    dataset.data = made_up.pictures(dataset.labels, 10, (32, 32, 3)).transpose(0, 3, 1, 2)
    return "%d colour pictures of 32 x 32 pixels, 10 classes" % number


def stl(dataset: Any, name: str, given: Given, settings: dict[str, Any]) -> str:
    """Arrays as STL10 holds them, the channels first; -1 is the label of pictures without one."""
    dataset.split, dataset.folds = str(given.get("split", "train")), given.get("folds")
    real = {"train": 5000, "test": 8000, "unlabeled": 100000, "train+unlabeled": 105000}.get(dataset.split, 5000)
    number = made_up.count(real, settings)
    chosen = made_up.labels(number, 10)
    dataset.data = made_up.pictures(chosen, 10, (96, 96, 3)).transpose(0, 3, 1, 2)
    dataset.labels = chosen if dataset.split in ("train", "test") else chosen * 0 - 1
    dataset.classes = list(STL_CLASSES)
    return "%d colour pictures of 96 x 96 pixels, 10 classes" % number


def usps(dataset: Any, name: str, given: Given, settings: dict[str, Any]) -> str:
    """Arrays as USPS holds them."""
    number = made_up.count(7291 if _train(given) else 2007, settings)
    chosen = made_up.labels(number, 10)
    dataset.data, dataset.targets = made_up.pictures(chosen, 10, (16, 16)), chosen.tolist()
    return "%d pictures of 16 x 16 pixels, 10 classes" % number


def folder(dataset: Any, name: str, given: Given, settings: dict[str, Any]) -> str:
    """Pictures in one folder per class, as ImageFolder and its kin read them."""
    classes, size = FOLDERS.get(name, UNKNOWN)
    number = made_up.count(2 * made_up.ITEMS, {**settings, "full": False})
    chosen = made_up.labels(number, classes).tolist()
    dataset.classes = ["class_%d" % one for one in range(classes)]
    dataset.class_to_idx = {one: index for index, one in enumerate(dataset.classes)}
    root = str(given.get("root", ""))
    names = ["%s/%s/%d.png" % (root, dataset.classes[one], index) for index, one in enumerate(chosen)]
    dataset.samples = list(zip(names, chosen))
    dataset.imgs, dataset.targets = dataset.samples, chosen
    dataset.extensions = (".png",)
    numbered = {path: index for index, path in enumerate(names)}

    dataset.loader = Loader(numbered, chosen, classes, size)
    what = "%d colour pictures in %d folders, one per class" % (number, classes)
    return what if name in FOLDERS else what + ", as which ImageFolder reads them (how many there are is not known)"


def imagenet(dataset: Any, name: str, given: Given, settings: dict[str, Any]) -> str:
    """Pictures as ImageNet reads them: each class has several names."""
    what = folder(dataset, "ImageNet", given, settings)
    dataset.split = str(given.get("split", "train"))
    dataset.wnids = ["n%08d" % one for one in range(len(dataset.classes))]
    dataset.wnid_to_idx = {one: index for index, one in enumerate(dataset.wnids)}
    dataset.classes = [(one,) for one in dataset.classes]
    return what


class Loader:
    """Gives the picture of a path that `folder` made up; processes that load data may pickle it."""

    def __init__(self, numbered: dict[str, int], chosen: list[int], classes: int, size: tuple[int, int]) -> None:
        self.numbered, self.chosen, self.classes, self.size = numbered, chosen, classes, size

    def __call__(self, path: Any) -> Any:
        """The picture (PIL, RGB)."""
        index = self.numbered.get(str(path), 0)
        return made_up.picture(index, self.chosen[index], self.classes, self.size)


def pictures(dataset: Any, name: str, given: Given, settings: dict[str, Any]) -> str:
    """Data sets whose pictures are read one by one: only their list is made up here, `item` makes the pictures."""
    classes, size, train, test = PICTURES[name]
    number = made_up.count(train if _train(given) else test, settings)
    chosen = made_up.labels(number, classes).tolist()
    names = ["%s/%d.jpg" % (given.get("root", ""), index) for index in range(number)]
    dataset.__dict__[MADE] = (name, chosen)
    dataset.split = dataset._split = str(given.get("split", "train"))
    dataset.loader = given.get("loader")
    if name == "CelebA":
        _celeba(dataset, number, given)
        return "%d colour pictures of %d x %d pixels, 40 attributes" % (number, *size)
    dataset.classes = ["class %d" % one for one in range(classes)]
    dataset.class_to_idx = {one: index for index, one in enumerate(dataset.classes)}
    dataset._labels, dataset._image_files, dataset._images = chosen, names, names
    dataset._samples = dataset.samples = dataset.imgs = list(zip(names, chosen))
    dataset.targets = dataset.y = chosen
    dataset.index = list(range(number))
    dataset.categories = dataset.classes
    dataset.target_type = given.get("target_type")
    kind = "grey" if name in GREY else "colour"
    return "%d %s pictures of %d x %d pixels, %d classes" % (number, kind, *size, classes)


def _celeba(dataset: Any, number: int, given: Given) -> None:
    """What CelebA knows of each picture."""
    torch, kinds = sys.modules["torch"], given.get("target_type", "attr")
    dataset.target_type = kinds if isinstance(kinds, list) else [kinds]
    drawn = made_up.generator(number)
    dataset.attr = torch.from_numpy(drawn.randint(0, 2, size=(number, 40)).astype("int64"))
    dataset.identity = torch.from_numpy(drawn.randint(1, 10178, size=(number, 1)).astype("int64"))
    dataset.bbox = torch.from_numpy(drawn.randint(0, 170, size=(number, 4)).astype("int64"))
    dataset.landmarks_align = torch.from_numpy(drawn.randint(0, 170, size=(number, 10)).astype("int64"))
    dataset.attr_names = ["attribute %d" % one for one in range(40)]
    dataset.filename = ["%06d.jpg" % (one + 1) for one in range(number)]


def item(original: Any) -> Any:
    """What replaces `__getitem__` of a class whose pictures are read one by one."""

    def __getitem__(self: Any, index: Any) -> Any:
        known = self.__dict__.get(MADE)
        if known is None:
            return original(self, index)
        name, chosen = known
        index = int(index)
        classes, size, _, _ = PICTURES[name]
        label = chosen[index]
        found = made_up.picture(index, label, classes, size, "L" if name in GREY else "RGB")
        wanted = _target(self, index, label)
        if self.transform is not None:
            found = self.transform(found)
        if self.target_transform is not None and wanted is not None:
            wanted = self.target_transform(wanted)
        return found, wanted

    return __getitem__


def _target(dataset: Any, index: int, label: int) -> Any:
    if dataset.__dict__[MADE][0] != "CelebA":
        return label
    held = {"attr": dataset.attr, "identity": dataset.identity[:, 0], "bbox": dataset.bbox}
    held["landmarks"] = dataset.landmarks_align
    found = tuple(held[kind][index] for kind in dataset.target_type if kind in held)
    return found[0] if len(found) == 1 else found or None


def length(original: Any) -> Any:
    """What replaces `__len__` of a class whose pictures are read one by one."""

    def __len__(self: Any) -> int:
        known = self.__dict__.get(MADE)
        return len(known[1]) if known is not None else int(original(self))

    return __len__
