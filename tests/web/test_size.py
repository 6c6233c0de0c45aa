"""Large tours: a page stays small, and shows only what is in sight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from walkthroughs.recording import Recording
from walkthroughs.renderers.base import find_renderer
from walkthroughs.tour import Tour

MOST = 1_500_000
"""Bytes that the page of 40 stops in a repository of 5,000 lines may have."""


def grown(tour: Tour, stops: int, lines: int, times: int) -> Tour:
    """A tour of as many stops and lines as that, its recorded run `times` over: the sample's, again and again."""
    base = tour.recording
    assert base is not None
    sources = list(base.sources)
    while sum(source.length for source in sources) < lines:
        number = len(sources)
        sources.append(replace(base.sources[number % len(base.sources)], path=f"copy{number}.py"))
    count, frames = len(base.order), len(base.frames)
    recording = Recording(
        sources=tuple(sources),
        frames=tuple(
            replace(frame, parent=None if frame.parent is None else frame.parent + again * frames)
            for again in range(times)
            for frame in base.frames
        ),
        order=tuple(frame + again * frames for again in range(times) for frame in base.order),
        lines=base.lines * times,
        bound=tuple(replace(row, step=row.step + again * count) for again in range(times) for row in base.bound),
        printed=tuple(replace(row, step=row.step + again * count) for again in range(times) for row in base.printed),
        values=base.values,
    )
    again = [replace(tour.stops[number % len(tour.stops)], id=str(number)) for number in range(stops)]
    return replace(tour, stops=tuple(again), recording=recording)


def test_a_page_of_forty_stops_and_five_thousand_lines_is_small(sample_tour: Callable[[str], Tour]) -> None:
    tour = grown(sample_tour("digits_trainer"), 40, 5000, 10)
    assert tour.recording is not None and len(tour.recording.order) > 3500
    assert len(find_renderer("html").render(tour).encode()) < MOST


def test_of_ten_times_that_only_what_is_in_sight_is_drawn(
    open_tour: Callable[..., Any], sample_tour: Callable[[str], Tour]
) -> None:
    tour = grown(sample_tour("spiral_mlp"), 400, 500, 10)
    assert tour.recording is not None
    file = max(tour.recording.sources, key=lambda source: source.length)
    long = replace(
        file,
        length=file.length * 200,
        parts=(replace(file.parts[0], lines=file.parts[0].lines * 200),),
        ran=(),
        counts=(),
    )
    recording = replace(tour.recording, sources=tuple(long if one is file else one for one in tour.recording.sources))
    opened = open_tour(replace(tour, recording=recording), "#stop-399")
    page = opened.page
    number = [source.path for source in recording.sources].index(file.path) + 1
    opened.go(f"#file-{number}-L{long.length // 2}")
    assert page.locator(".sheet .row.now").is_visible()
    assert 40 < page.locator(".sheet .row").count() < 400
    assert page.locator("article.stop:visible").count() <= 1
    page.locator("#source").evaluate("(box) => { box.scrollTop = box.scrollHeight * 0.9; }")
    page.locator(f'.row[data-line="{int(long.length * 0.9)}"]').wait_for()
    assert page.locator(".sheet .row").count() < 800
