"""A split into numbers of items that are not there: they are scaled to what there is. Runs in the target."""

from __future__ import annotations

from . import made_up

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .harness import Harness


def arm(harness: Harness) -> None:
    """Wait for torch's `random_split`."""
    harness.after("torch.utils.data.dataset", lambda module: _take(harness, module))


def _take(harness: Harness, module: Any) -> None:
    def make(original: Any) -> Any:
        def random_split(dataset: Any, lengths: Any, *args: Any, **named: Any) -> Any:
            asked = list(lengths)
            number = len(dataset)
            if all(type(one) is int for one in asked) and sum(asked) != number and sum(asked) > 0:
                lengths = scaled(asked, number)
                said = "the split into %s items was scaled by RepoTour to %s"
                harness.tell(said % (_listed(asked), _listed(lengths)), "only %d items are there" % number)
            return original(dataset, lengths, *args, **named)

        return random_split

    if "random_split" in vars(module):
        made_up.in_place_of(module, "random_split", make)


def scaled(asked: list[int], number: int) -> list[int]:
    """Whole numbers in the proportions of `asked` whose sum is `number`; none is 0 where it need not be."""
    total = sum(asked)
    found = [one * number // total for one in asked]
    if number >= sum(one > 0 for one in asked):
        found = [max(1, one) if wanted else one for one, wanted in zip(found, asked)]
    found[found.index(max(found))] += number - sum(found)
    return found


def _listed(numbers: list[int]) -> str:
    return " + ".join(map(str, numbers))
