"""The replay's screen, driven with every key and with the mouse, and held against snapshots of itself as text."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.build import a_realistic_tour, a_stop, a_tour
from tests.screens import SIZES, SNAPSHOTS, a_recorded_tour, a_recording, on_screen, pressed, screen_text, snapshots
from walkthroughs.recording import SourceText
from walkthroughs.screen.application import ReplayApp
from walkthroughs.screen.bars import KEYS, KeyLine
from walkthroughs.screen.frames import Frames
from walkthroughs.screen.source import Source
from walkthroughs.screen.values import Values
from walkthroughs.tour import Excerpt, Location, Tour, Variable

SMALL, MIDDLE, LARGE = SIZES.values()
HOSTILE = "[bold]x[/bold] [/] [@click=app.quit]q[/] \x1b[2J\x1b]0;owned\x07 \u202e $accent 数数 \r\b"


def used(
    steps: Callable[[ReplayApp, Pilot[None]], Awaitable[None]], tour: Tour | None = None, size: tuple[int, int] = SMALL
) -> None:
    on_screen(tour or a_recorded_tour(), size, steps)


async def press(pilot: Pilot[None], *keys: str) -> str:
    await pilot.press(*keys)
    await pilot.pause()
    assert isinstance(pilot.app, ReplayApp)
    return screen_text(pilot.app)


def hostile_tour() -> Tour:
    source = SourceText("main.py", 3, (Excerpt(1, (HOSTILE, f"x = '{HOSTILE}'", HOSTILE * 20)),), (1, 2, 3), (1, 2, 3))
    recording = a_recording()
    values = tuple(replace(value, value=HOSTILE, type=HOSTILE) for value in recording.values)
    recording = replace(
        recording,
        sources=(source,),
        values=values,
        lines=tuple(min(line, 3) for line in recording.lines),
        bound=tuple(replace(row, name=f"{row.name} {HOSTILE}") for row in recording.bound),
        frames=tuple(
            replace(frame, via=HOSTILE, location=replace(frame.location, qualname=HOSTILE))
            for frame in recording.frames
        ),
    )
    stop = a_stop(
        "first",
        title=HOSTILE,
        step=4,
        note=f"{HOSTILE} `{HOSTILE}`\n\n```\n{HOSTILE}\n```\n\n- {HOSTILE}",
        because=HOSTILE,
        basis="inferred",
        adapted=(HOSTILE,),
        location=Location("main.py", 2, 2, HOSTILE),
        variables=tuple(Variable(f"{HOSTILE}{number}", HOSTILE, HOSTILE * 50) for number in range(30)),
        output=f"{HOSTILE}\n" * 30,
        call_stack=(Location("x [b].py", 1, 1, HOSTILE),) * 30,
    )
    strange = a_stop("second", "[bold]stage[/]", location=Location("[b]\x1b.py", 900, 950), excerpt=Excerpt(1, ()))
    return a_tour(stop, strange, title=HOSTILE, recording=recording)


def test_the_screens_are_as_they_were() -> None:
    found = snapshots()
    kept = {path.stem: path.read_text(encoding="utf-8").rstrip("\n") for path in SNAPSHOTS.glob("*.txt")}
    assert set(found) == set(kept)
    for name, text in found.items():
        assert text.rstrip("\n") == kept[name], f"{name}: look at it, then write it anew: python -m tests.screens"


SESSION = (
    ("left", r"This is the first stop"),
    ("n", r"step 3/13.*stop 1/5"),
    ("n", r"step 4/13.*stop 1/5"),
    ("s", r"step 5/13.*stop 2/5"),
    ("o", r"step 7/13.*stop 4/5"),
    ("b", r"step 4/13"),
    ("n S", r"step 6/13"),
    ("O", r"step 4/13"),
    ("C C C", r"stop 1/5"),
    ("C", r"This is the first chapter"),
    ("c c", r"stop 4/5"),
    ("c c", r"This is the last chapter"),
    ("4 left n", r"step 8/13"),
    ("left", r"stop 4/5"),
    ("home", r"stop 1/5"),
    ("right", r"stop 2/5"),
    ("u", r"main\.py:8 in <module>"),
    ("d", r"main\.py:3 in double"),
    ("space space", r"stop 4/5"),
    ("end", r"stop 5/5"),
    ("right", r"This is the last stop"),
    ("backspace backspace", r"stop 3/5"),
    ("1 n n f", r"step 8/13"),
    ("F", r"step 4/13"),
    ("9", r"There are 4 chapters"),
    ("3", r"inferred, not observed"),
    ("tab", r"~ The numbers were made up"),
    ("z", r"why here: A loop that adds"),
    ("z", r"main\.py:7 in <module>"),
    ("z escape", r"main\.py:7 in <module>"),
    ("l", r"▶  4 The loop over the numbers"),
    ("l", r"main\.py:7 in <module>"),
    ("l up up enter", r"stop 2/5"),
    ("w", r"1 <module>  main\.py:8"),
    ("down enter", r"at a caller +│ stack"),
    ("w d", r"│ values"),
    ("v", r"lr +0\.1 +float"),
    ("v", r"options  dict of 2"),
    ("e", r"in VS Code"),
    ("escape question_mark", r"next line, over calls"),
    ("escape h", r"next line, over calls"),
    ("q", r" n next line"),
    ("t", r"stop 2/5"),
)


def test_every_key_does_what_it_says() -> None:
    async def steps(app: ReplayApp, pilot: Pilot[None]) -> None:
        for keys, seen in SESSION:
            shown = await press(pilot, *keys.split())
            assert re.search(seen, shown), f"{keys}: {seen} is not on\n{shown}"
        assert app.theme == "repotour-light"
        await press(pilot, "q")
        assert app.return_code == 0

    used(steps)


def test_the_line_that_set_a_value_is_gone_to() -> None:
    async def steps(app: ReplayApp, pilot: Pilot[None]) -> None:
        assert "Choose a value first" in await press(pilot, "equals_sign")
        await press(pilot, "n", "n")
        values = app.query_one(Values)
        values.focus()
        at = next(at for at, row in enumerate(values.shown) if row is not None and row.name == "total")
        values.cursor = at
        await pilot.pause()
        assert "step 2/13" in await press(pilot, "equals_sign")
        assert (app.reading.stop.id, app.reading.place.line) == ("config-1", 6)
        await press(pilot, "right")
        values.cursor = next(at for at, row in enumerate(values.shown) if row is not None and row.name == "x")
        await pilot.pause()
        assert "x was given to the function" in await press(pilot, "equals_sign")

    used(steps)


def test_finding_lists_while_it_is_typed_and_goes_there() -> None:
    async def steps(app: ReplayApp, pilot: Pilot[None]) -> None:
        shown = await press(pilot, "slash", *"DOUBLED")
        assert "stop 2  A number is doubled" in shown
        await press(pilot, "enter")
        assert app.reading.stop.id == "data-1"
        await press(pilot, "slash")
        assert app.screen.query_one(Input).value == "DOUBLED", "the last search is there to go on with"
        app.screen.query_one(Input).value = "print("
        await pilot.pause()
        await press(pilot, "down", "enter")
        shown = screen_text(app)
        assert "main.py:11 was not recorded running" in shown
        assert "not where you are" in shown and "▶11      print('never')" in shown
        assert "▶ 3      y = x * 2" in await press(pilot, "escape")
        await press(pilot, "slash", "home", *"zz")
        assert "nothing found for: zzprint(" in screen_text(app)
        await press(pilot, "escape")
        assert app.reading.stop.id == "data-1"

    used(steps)


def test_the_mouse_reaches_everything() -> None:
    async def steps(app: ReplayApp, pilot: Pilot[None]) -> None:
        source = app.query_one(Source)
        await pilot.click(source, offset=(20, source.listing.position(8) or 0))
        assert (app.reading.step, app.reading.place.line) == (3, 8)
        await pilot.click(source, offset=(20, source.listing.position(8) or 0))
        assert app.reading.step == 7, "the next run of the line"
        await pilot.click(source, offset=(20, source.listing.position(11) or 0))
        assert "No recorded run of line 11" in screen_text(app)
        chapters = screen_text(app).splitlines()[1]
        await pilot.click("#chapters", offset=(chapters.index("2 Data") + 2, 0))
        assert app.reading.stop.id == "data-1"
        frames = app.query_one(Frames)
        await pilot.click(frames, offset=(4, 1))
        assert app.reading.level == 1
        values = app.query_one(Values)
        await press(pilot, "d")
        at = next(at for at, row in enumerate(values.shown) if row is not None and row.name == "options")
        await pilot.click(values, offset=(4, at))
        assert re.search(r"lr +0\.1 +float", screen_text(app))
        await pilot.click("#stops-list", offset=(6, 1))
        assert app.reading.stop.id == "config-1"

    used(steps, size=LARGE)


def test_every_key_of_the_key_line_can_be_clicked() -> None:
    async def steps(app: ReplayApp, pilot: Pilot[None]) -> None:
        await press(pilot, "right", "n")
        for key in KEYS:
            await press(pilot, "escape", "escape")
            before = (screen_text(app), app.focused)
            word = f" {key.shown} {key.word}"
            await pilot.click(KeyLine, offset=(before[0].splitlines()[-1].index(word) + 2, 0))
            await pilot.pause()
            assert app.return_code is not None or (screen_text(app), app.focused) != before, word
        assert app.return_code == 0

    used(steps, size=LARGE)


def test_it_plays_by_itself_until_a_key_or_the_end() -> None:
    async def steps(app: ReplayApp, pilot: Pilot[None]) -> None:
        for _ in range(100):
            await pilot.pause(0.02)
            if app.reading.player.at_end:
                break
        assert "This is the last stop" in screen_text(app)

    on_screen(a_recorded_tour(), SMALL, steps, auto=True, seconds=0.05)

    async def paused(app: ReplayApp, pilot: Pilot[None]) -> None:
        assert "Playing" in screen_text(app)
        await press(pilot, "right")
        assert "Playing" not in screen_text(app)
        assert "Playing" in await press(pilot, "p")
        assert "Paused" in await press(pilot, "p")

    on_screen(a_recorded_tour(), SMALL, paused, auto=True, seconds=30)


def test_a_pane_is_made_large_and_small_again() -> None:
    before = pressed(a_recorded_tour(), SMALL)
    zoomed = pressed(a_recorded_tour(), SMALL, "tab", "z")
    assert "note · stop 1" in zoomed.splitlines()[2] and "main.py:6" not in zoomed
    assert pressed(a_recorded_tour(), SMALL, "tab", "z", "escape") == before


def test_more_than_nine_chapters_take_two_digits() -> None:
    stages = ("config", "data") * 6
    tour = a_tour(*(a_stop(f"stop-{number}", stage) for number, stage in enumerate(stages)))
    assert "stop 12/12" in pressed(tour, SMALL, "1", "2")
    assert "12 Data" in pressed(tour, SMALL, "1", "2").splitlines()[1], "the chapter at hand is in view"
    assert "stop 1/12" in pressed(tour, SMALL, "1")


@pytest.mark.parametrize("size", [SMALL, LARGE, (40, 10), (5, 2)])
def test_hostile_text_is_shown_and_never_obeyed(size: tuple[int, int]) -> None:
    async def steps(app: ReplayApp, pilot: Pilot[None]) -> None:
        for key in ("", "n", "s", "u", "w", "v", "l", "escape", "e", "escape", "slash", "x", "escape", "right", "t"):
            shown = await press(pilot, *filter(None, [key]))
            assert app.is_running
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)
            assert len(shown.split("\n")) == size[1]
        if size == LARGE:
            shown = await press(pilot, "home", "v")
            assert shown.count("[bold]x[/bold] [/] [@click=app.quit]q[/] \\x1b[2J") > 5
        for row in range(0, size[1], 3):
            await pilot.click(offset=(size[0] // 2, row))
        assert app.is_running

    used(steps, hostile_tour(), size)


def test_the_window_may_change_its_size_at_any_time() -> None:
    async def steps(app: ReplayApp, pilot: Pilot[None]) -> None:
        for size in (LARGE, (30, 8), MIDDLE, SMALL):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            rows = screen_text(app).split("\n")
            assert len(rows) == size[1]
            assert "total = 0" in "\n".join(rows)
        assert sum("stop 1/5" in row for row in rows) == 1

    used(steps)


def test_the_lit_lines_are_in_view_wherever_they_are() -> None:
    lines = tuple(f"x{number} = {number}" for number in range(1, 901))
    stops = [
        a_stop(f"s{line}", location=Location("long.py", line, line + 3), excerpt=Excerpt(1, lines))
        for line in (1, 450, 455, 897, 3)
    ]

    async def steps(app: ReplayApp, pilot: Pilot[None]) -> None:
        for stop in stops:
            assert f"▶{stop.location.line:>3}  x{stop.location.line} = " in screen_text(app)
            await press(pilot, "right")

    used(steps, a_tour(*stops))


def test_a_stop_that_is_longer_than_the_pane_is_shown_from_its_first_line() -> None:
    lines = tuple(f"x{number} = {number}" for number in range(1, 101))
    tour = a_tour(a_stop(location=Location("long.py", 20, 90), excerpt=Excerpt(1, lines)))
    assert "▶ 20  x20 = 20" in pressed(tour, SMALL)


def test_tours_without_lines_say_so() -> None:
    assert "carries no recorded lines" in pressed(a_realistic_tour(), SMALL, "n")
    assert "carries no recorded lines" in pressed(a_realistic_tour(), SMALL, "b")
