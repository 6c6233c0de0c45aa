"""Every key and button of the page, in a real browser: where they lead is where the tour says that they lead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.build import a_realistic_tour
from walkthroughs.stepping import Walk
from walkthroughs.tour import Tour


@pytest.fixture
def opened(open_tour: Callable[..., Any], sample_tour: Callable[[str], Tour]) -> Any:
    return open_tour(sample_tour("spiral_mlp"), "#stop-15")


@pytest.fixture
def tour(sample_tour: Callable[[str], Tour]) -> Tour:
    return sample_tour("spiral_mlp")


def at(step: int | None, tour: Tour) -> str:
    """The fragment of a step: its stop's, where one stands at it."""
    stops = [number for number, stop in enumerate(tour.stops, 1) if stop.step == step]
    return f"#stop-{stops[0]}" if stops else f"#step-{(step or 0) + 1}"


MOVES = {"n": "over", "s": "into", "S": "back", "b": "back_over", "o": "out", "O": "back_out"}


@pytest.mark.parametrize("key", MOVES)
def test_keys_step_as_the_debugger_does(opened: Any, tour: Tour, key: str) -> None:
    assert tour.recording is not None
    walk, step = Walk(tour.recording), tour.stops[14].step
    assert step is not None
    for _ in range(3):
        led = getattr(walk, MOVES[key])(step)
        step = step if led is None else led
        assert opened.press(key) == at(step, tour)
        lit = opened.page.locator(".sheet .row.now .ln").inner_text()
        assert int(lit) == walk.location(step).line


def test_the_stack_is_walked_up_and_down(opened: Any, tour: Tour) -> None:
    assert tour.recording is not None
    walk, step = Walk(tour.recording), tour.stops[14].step or 0
    levels = walk.stack(step)
    opened.press("u")
    assert opened.page.locator(".stack [aria-current] code").inner_text().startswith("main")
    assert opened.page.locator(".sheet .row.above .ln").inner_text() == str(walk.location(levels[1].step).line)
    opened.press("d")
    assert opened.page.locator(".sheet .row.now .ln").inner_text() == str(walk.location(step).line)


def test_keys_lead_from_stop_to_stop_and_chapter_to_chapter(opened: Any) -> None:
    assert opened.press("ArrowRight") == "#stop-16"
    assert opened.press("ArrowLeft", "k") == "#stop-14"
    assert opened.press("j") == "#stop-15"
    here = opened.page.locator("article.current").get_attribute("data-chapter")
    opened.press("c")
    assert opened.page.locator("article.current").get_attribute("data-chapter") != here
    opened.press("C")
    assert opened.page.locator("article.current").get_attribute("data-chapter") == here
    assert opened.press("g") == "#overview"
    assert opened.press("g").startswith("#stop-")


def test_light_dark_help_and_reading_all(opened: Any) -> None:
    page = opened.page
    opened.press("t")
    first = page.locator("html").get_attribute("class")
    opened.press("t")
    assert {"dark", "light"} == set(f"{first} {page.locator('html').get_attribute('class')}".split()) & {
        "dark",
        "light",
    }
    opened.press("?")
    assert page.locator("dialog[open]").count() == 1
    opened.press("n", "Escape")
    assert page.locator("dialog[open]").count() == 0
    opened.press("a")
    assert page.locator("article.stop:visible").count() > 20
    opened.press("a")
    assert page.locator("article.stop:visible").count() == 1


def test_a_click_on_a_line_runs_to_it(opened: Any, tour: Tour) -> None:
    assert tour.recording is not None
    walk, step = Walk(tour.recording), tour.stops[14].step or 0
    place = walk.location(step)
    line = place.line + 3
    opened.page.locator(f'.sheet .row[data-line="{line}"] .ln').click()
    led = walk.next_at(step, place.file, range(line, line + 1))
    assert led is not None and opened.press() == at(led, tour)


def test_a_tour_without_a_recording_is_read_stop_by_stop(open_tour: Callable[..., Any]) -> None:
    opened = open_tour(a_realistic_tour(), "#stop-2")
    assert opened.press("n", "s", "u") == "#stop-2"
    assert opened.press("ArrowRight") == "#stop-3"
    assert opened.page.locator(".sheet .row.lit").count() == 1


def test_without_a_script_everything_stands_there(open_tour: Callable[..., Any]) -> None:
    tour = a_realistic_tour()
    opened = open_tour(tour, java_script_enabled=False)
    assert opened.page.locator("article.stop:visible").count() == len(tour.stops)
    assert opened.page.locator("pre.code:visible").count() == len(tour.stops)
