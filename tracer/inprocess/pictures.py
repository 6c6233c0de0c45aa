"""A small picture of an array: a grid of its elements, strided, for heat maps and thumbnails. Runs in the target.

Of an array with more than two dimensions the first item is shown, of that again the first, and so on; an image keeps
its channels. Nothing but the elements that are shown is ever copied.
"""

from __future__ import annotations

from . import reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NamedTuple, Optional

    class View(NamedTuple):
        """What is shown: of the first item along each of `first` axes, `sizes` elements, `steps` apart, along `axes`.

        `channels` is 0 for what is no image; else the last of the axes is that of the channels.
        """

        first: int
        axes: tuple[int, ...]
        sizes: tuple[int, ...]
        steps: tuple[int, ...]
        channels: int


SIDE = 16  # rows and columns of a grid
IMAGE = 24  # of that of an image with one channel
CHANNELS = (1, 3, 4)
LEAST_IMAGE = 6  # an image has at least so many rows and columns
LARGEST = 1 << 26  # bytes: of a larger array not all need be in memory


def view_of(shape: tuple[int, ...]) -> Optional[View]:
    """Which elements of an array are shown; None where a picture would show nothing."""
    count = len(shape)
    if not shape or 0 in shape or (count == 1 and shape[0] < 3):
        return None
    axes = tuple(range(max(0, count - 2), count))
    channels = 0
    if count >= 3:
        deep, high, wide = shape[-3:]
        if deep in CHANNELS and min(high, wide) >= LEAST_IMAGE:
            channels, axes = deep, (count - 2, count - 1, count - 3)
        elif wide in CHANNELS and min(deep, high) >= LEAST_IMAGE:
            channels, axes = wide, (count - 3, count - 2, count - 1)
    most = IMAGE if channels == 1 else SIDE
    sizes = tuple(shape[axis] if place == 2 else min(shape[axis], most) for place, axis in enumerate(axes))
    steps = tuple((shape[axis] - 1) // (size - 1) if size > 1 else 1 for axis, size in zip(axes, sizes))
    made: Any = (count - len(axes), axes, sizes, steps, channels)
    return made  # type: ignore[no-any-return]


def add_picture(facts: dict[str, Any], view: Any, rows: Any) -> None:
    """Add the elements that a view shows, as nested lists, to a summary."""
    first, axes, _, _, channels = view
    if len(axes) == 1:
        rows = [rows]
    elif channels:
        rows = [[one for pixel in row for one in pixel] for row in rows]
        facts["channels"] = channels
    facts["grid"] = [[shortened(one) for one in row] for row in rows]
    if first:
        facts["part"] = [0] * first


def shortened(one: Any) -> Any:
    """A number of a picture: four digits are enough for a colour."""
    if type(one) is float:
        return reading.number(float("%.4g" % one)) if one == one else "nan"
    return int(one) if type(one) is bool or type(one) is int else reading.number(float(one))


def of_array(array: Any, facts: dict[str, Any]) -> None:
    """Add the picture of a plain numpy array of numbers."""
    view: Any = view_of(tuple(array.shape))
    if view is None or array.nbytes > LARGEST:
        return
    first, axes, sizes, steps, _ = view
    inner = array[(0,) * first] if first else array
    inner = inner.transpose([axis - first for axis in axes])
    cut = tuple(slice(0, (size - 1) * step + 1, step) for size, step in zip(sizes, steps))
    add_picture(facts, view, inner[cut].tolist())


def of_tensor(found: Any, flat: Any, facts: dict[str, Any]) -> None:
    """Add the picture of a detached CPU tensor of numbers whose memory is there; `found` is the target's torch."""
    view: Any = view_of(tuple(found.get_shape(flat)))
    if view is None or found.numel(flat) * 8 > LARGEST:
        return
    _, axes, sizes, steps, _ = view
    strides = found.stride(flat)
    apart = tuple(strides[axis] * step for axis, step in zip(axes, steps))
    # as_strided refuses to reach beyond the storage.
    rows = found.tolist(found.as_strided(flat, sizes, apart, found.storage_offset(flat)))
    add_picture(facts, view, rows)
