"""A small tour with a recording, and the replay's screen as text, for the tests of the terminal.

`python -m tests.screens` writes the snapshots in tests/screen/snapshots anew; look at what changed before you commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.pilot import Pilot

from tests.build import a_realistic_tour, a_stop, a_tour
from walkthroughs.recording import Bound, BoundAt, PrintedAt, RecordedFrame, Recording, SourceText
from walkthroughs.screen.application import ReplayApp
from walkthroughs.screen.reading import Reading
from walkthroughs.tour import Excerpt, History, Location, Point, Stats, Stop, Tour, Variable

ROOT = Path(__file__).resolve().parents[1]
SNAPSHOTS = ROOT / "tests" / "screen" / "snapshots"

MAIN = (
    "def double(x):",
    '    """Twice as much."""',
    "    y = x * 2",
    "    return y",
    "",
    "total = 0",
    "for n in (1, 2):",
    "    total += double(n)",
    "print(total)",
    "if total > 100:",
    "    print('never')",
)

STEPS = (
    (0, 1), (0, 6), (0, 7), (0, 8), (1, 3), (1, 4), (0, 7), (0, 8), (2, 3), (2, 4), (0, 7), (0, 9), (0, 10),
)  # fmt: skip
"""Frame and line of each step."""

SIZES = {"80x24": (80, 24), "120x40": (120, 40), "200x60": (200, 60)}


def _value(name: str, type: str, value: str = "", **more: object) -> Variable:
    return Variable(name, type, value, **more)  # type: ignore[arg-type]


def a_recording() -> Recording:
    """The recorded lines of a program that doubles two numbers; `y` is an array."""
    values = (
        _value("", "int", "0"), _value("", "int", "1"), _value("", "int", "2"), _value("", "int", "6"),
        _value("", "torch.Tensor", shape=(2, 3), dtype="float32", stats=Stats(-1.0, 1.0, 0.25, 0.5)),
        _value("", "dict", "dict of 2", length=2, items=(_value("lr", "float", "0.1"), _value("steps", "int", "20"))),
        _value("", "function", "<function>"),
    )  # fmt: skip
    double = Location("main.py", 1, 4, "double")
    return Recording(
        sources=(SourceText("main.py", 11, (Excerpt(1, MAIN),), (1, 3, 4, 6, 7, 8, 9, 10), (1, 2, 2, 1, 3, 2, 1, 1)),),
        frames=(
            RecordedFrame(Location("main.py", 1, 11, "<module>"), "module"),
            RecordedFrame(double, "function", "main", 0, 0, args=(Bound("x", 1), Bound("options", 5)), returned=4),
            RecordedFrame(double, "function", "main", 1, 0, args=(Bound("x", 2),), returned=4),
        ),
        order=tuple(frame for frame, _ in STEPS),
        lines=tuple(line for _, line in STEPS),
        bound=(
            BoundAt(0, "double", 6), BoundAt(1, "total", 0), BoundAt(2, "n", 1), BoundAt(3, "total", 2),
            BoundAt(4, "y", 4), BoundAt(6, "n", 2), BoundAt(7, "total", 3), BoundAt(8, "y", 4),
        ),
        printed=(PrintedAt(11, "6\n"),),
        values=values,
    )  # fmt: skip


def recorded_stops() -> tuple[Stop, ...]:
    """Five stops of three chapters; the third is not in the recording, the fourth is inferred and adapted."""

    def stop(id: str, stage: str, line: int, title: str, step: int | None, **more: object) -> Stop:
        fields = {"variables": (), "visits": 1, "because": "", "excerpt": Excerpt(1, MAIN, (1, 3, 4)), **more}
        name = "double" if line in (3, 4) else "<module>"
        return a_stop(id, stage, title=title, location=Location("main.py", line, line, name), step=step, **fields)

    total = _value("total", "int", "0", changed=True)
    called = (Location("main.py", 8, 8, "<module>"),)
    return (
        stop("config-1", "config", 6, "The sum begins at `0`", 1, variables=(total,), note="`total` became 0."),
        stop("data-1", "data", 3, "A number is doubled", 4, call_stack=called, visits=2,
             note="- `y` became an array\n- of shape (2, 3)"),
        stop("data-2", "data", 1, "The function", None, note="`double` was called 2 times."),
        stop("loop-1", "train_loop", 7, "The loop over the numbers", 6, basis="inferred", because="A loop that adds.",
             note="Each number is added, doubled.", adapted=("The numbers were made up.",),
             history=(Point(0, 2.0), Point(1, 6.0), Point(2, 4.0))),
        stop("result-1", "evaluation", 9, "The sum is printed", 11, output="6\n", note="It printed 6."),
    )  # fmt: skip


def a_recorded_tour() -> Tour:
    """A tour whose lines can be stepped through."""
    place = Location("main.py", 8, 8, "<module>")
    points = (Point(0, 2.0), Point(1, 6.0))
    return a_tour(
        *recorded_stops(),
        title="doubling",
        recording=a_recording(),
        histories=(History("total", place, points),),
    )


def screen_text(app: ReplayApp) -> str:
    """What is on the screen, row by row, without colours."""
    rows = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in row).rstrip() for row in rows)


def on_screen(
    tour: Tour, size: tuple[int, int], use: Callable[[ReplayApp, Pilot[None]], Awaitable[None]], **options: object
) -> None:
    """Open a replay without a terminal, let `use` press and look, and close it."""

    async def session() -> None:
        app = ReplayApp(Reading(tour), **options)  # type: ignore[arg-type]
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await use(app, pilot)

    asyncio.run(session())


def pressed(tour: Tour, size: tuple[int, int], *keys: str) -> str:
    """The screen after some keys."""
    shown: list[str] = []

    async def use(app: ReplayApp, pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await pilot.pause()
        shown.append(screen_text(app))

    on_screen(tour, size, use)
    return shown[0]


def snapshots() -> dict[str, str]:
    """The snapshots by their names: two tours at three sizes, at a stop and between stops."""
    found = {}
    for name, size in SIZES.items():
        found[f"stop-{name}"] = pressed(a_recorded_tour(), size, "right")
        found[f"line-{name}"] = pressed(a_recorded_tour(), size, "right", "n")
        found[f"unrecorded-{name}"] = pressed(a_realistic_tour(), size, "end", "left", "left")
    found["help-80x24"] = pressed(a_recorded_tour(), SIZES["80x24"], "question_mark")
    found["find-80x24"] = pressed(a_recorded_tour(), SIZES["80x24"], "slash", *"tot")
    return found


if __name__ == "__main__":
    for name, text in snapshots().items():
        (SNAPSHOTS / f"{name}.txt").write_text(text + "\n", encoding="utf-8")
