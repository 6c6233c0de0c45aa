"""Search, links to lines, the reader's editor, GitHub, Markdown, and every link of the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.build import COMMIT, a_realistic_tour
from walkthroughs.tour import Provenance, Tour

CLIPBOARD = "navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }"


def from_github(tour: Tour) -> Tour:
    """The tour as one of a clean checkout from GitHub."""
    return replace(tour, provenance=Provenance(url="https://github.com/a/b", commit=COMMIT))


def test_every_link_leads_to_where_it_says(open_tour: Callable[..., Any], sample_tour: Callable[[str], Tour]) -> None:
    tour = from_github(sample_tour("spiral_mlp"))
    opened = open_tour(tour, "#overview")
    links = opened.page.eval_on_selector_all("a[href]", "(all) => all.map((one) => one.getAttribute('href'))")
    inside = sorted({link for link in links if link.startswith("#")})
    assert len(inside) > 40
    assert all(re.match(r"https://github\.com/a/b/blob/[0-9a-f]{40}/", link) for link in links if link[0] != "#")
    led = opened.page.evaluate(
        """(all) => all.map((link) => {
          location.hash = link; dispatchEvent(new HashChangeEvent("hashchange"));
          const rows = document.querySelectorAll(".sheet .row.now, .sheet .row.lit");
          const lines = [...rows].map((row) => row.dataset.line);
          return [link, location.hash, document.querySelector(".crumbs .file")?.title, lines];
        })""",
        inside,
    )
    for link, address, file, lines in led:
        kind, *numbers = re.findall(r"[a-z]+|\d+", link)
        if kind in ("overview", "main"):
            continue
        assert address == link
        if kind == "stop":
            place = tour.stops[int(numbers[0]) - 1].location
            assert file == place.file and str(place.line) in lines
        elif kind == "file" and len(numbers) > 1:
            assert numbers[-1] in lines


def test_search_finds_stops_functions_names_and_source(
    open_tour: Callable[..., Any], sample_tour: Callable[[str], Tour]
) -> None:
    opened = open_tour(sample_tour("spiral_mlp"), "#overview")
    page = opened.page
    for text, kind, led in (
        ("make_spiral", "function", "#"),
        ("optimizer step", "stop", "#stop-"),
        ("batch", "name", "#"),
    ):
        opened.press("/")
        page.keyboard.type(text)
        kinds = page.locator("#results .kind").all_inner_texts()
        assert any(one.startswith(kind) for one in kinds), (text, kinds)
        assert opened.press("Enter").startswith(led) and opened.press() != "#overview"
    opened.press("/")
    page.keyboard.type("no such thing anywhere")
    assert page.get_by_text("Nothing found.").is_visible()
    page.keyboard.press("Control+a")
    page.keyboard.type("loss")
    first = page.locator("#results li[aria-selected=true]").inner_text()
    page.keyboard.press("ArrowDown")
    assert page.locator("#results li[aria-selected=true]").inner_text() != first
    page.locator("#results li").nth(2).click()
    assert page.locator("dialog[open]").count() == 0


def test_the_editor_opens_at_the_line_once_the_reader_said_where(open_tour: Callable[..., Any]) -> None:
    opened = open_tour(from_github(a_realistic_tour()), "#stop-3")
    page = opened.page
    opened.press("e")
    page.keyboard.type("relative/path")
    page.keyboard.press("Enter")
    assert page.get_by_role("alert").is_visible()
    page.locator("#folder").fill("/home/ada l/spirals")
    page.locator("#editor").select_option("cursor")
    page.get_by_role("button", name="Save").click()
    link = page.get_by_role("link", name="Open in your editor")
    stop = a_realistic_tour().stops[2].location
    assert link.get_attribute("href") == f"cursor://file/home/ada%20l/spirals/{stop.file}:{stop.line}"
    page.reload()
    assert page.get_by_role("link", name="Open in your editor").count() == 1
    github = page.get_by_role("link", name="This line on GitHub")
    assert github.get_attribute("href") == f"https://github.com/a/b/blob/{COMMIT}/{stop.file}#L{stop.line}"


def test_stops_and_lines_are_copied_as_markdown(
    open_tour: Callable[..., Any], sample_tour: Callable[[str], Tour]
) -> None:
    tour = sample_tour("spiral_mlp")
    opened = open_tour(tour, "#stop-15")
    opened.page.evaluate(CLIPBOARD)
    stop = tour.stops[14]
    opened.press("m")
    copied = opened.page.evaluate("window.copied")
    line = stop.excerpt.lines[stop.location.line - stop.excerpt.first_line]
    assert copied.startswith("### ") and f"`{stop.location.file}:{stop.location.line}`" in copied
    assert f"\n{line}\n" in copied and "```python" in copied
    opened.press("n", "m")
    stepped = opened.page.evaluate("window.copied")
    assert not stepped.startswith("#") and "```python" in stepped
    opened.press("y")
    assert opened.page.evaluate("window.copied") == opened.page.url


def test_the_address_of_a_step_opens_there(open_tour: Callable[..., Any], sample_tour: Callable[[str], Tour]) -> None:
    opened = open_tour(sample_tour("spiral_mlp"), "#step-141")
    assert opened.press() in ("#step-141", opened.page.evaluate("location.hash"))
    assert opened.page.locator(".strip .steps").inner_text().startswith("141 /")
    opened.go("#step-999999")
    assert opened.press() == "#overview"


def test_the_timeline_zooms_and_its_bars_lead_to_their_first_line(
    open_tour: Callable[..., Any], sample_tour: Callable[[str], Tour]
) -> None:
    opened = open_tour(sample_tour("spiral_mlp"), "#overview")
    page = opened.page
    page.locator("#calls").scroll_into_view_if_needed()
    picture = page.locator("#timeline svg[tabindex]")
    picture.locator("g").first.wait_for()
    ticks = "Array.from(document.querySelectorAll('#timeline .tick'), (tick) => tick.textContent).join()"
    whole = page.evaluate(ticks)
    assert whole
    picture.focus()
    page.keyboard.press("+")
    page.wait_for_function(f"whole => {ticks} !== whole", arg=whole)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("0")
    page.wait_for_function(f"whole => {ticks} === whole", arg=whole)
    picture.locator("g[data-frame]").first.click(position={"x": 4, "y": 4})
    assert opened.press() == "#step-1" or opened.press().startswith("#stop-")
