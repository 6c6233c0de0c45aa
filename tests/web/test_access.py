"""The page for everyone: axe-core finds nothing, in light and dark, from phone to wide screen, in every state."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.build import a_realistic_tour
from walkthroughs.tour import Tour

SIZES = {"phone": (390, 844), "tablet": (820, 1180), "wide": (1440, 900)}
CASES = {
    "light-wide": (("#overview", ()), ("#stop-15", ()), ("#stop-15", ("n", "s", "u")), ("#stop-15", ("?",))),
    "dark-wide": (("#overview", ()), ("#stop-15", ("n", "s"))),
    "light-phone": (("#overview", ()), ("#stop-15", ())),
    "dark-tablet": (("#stop-15", ("n", "s", "u")),),
}
"""Where the page is opened, and the keys pressed then, by colours and size."""


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core, as a package of the development tools brings it."""
    found = find_spec("axe_playwright_python")
    if found is None or not found.submodule_search_locations:
        pytest.skip("axe-core is not installed: nothing was checked for accessibility; `make test` installs it")
    return (Path(found.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Any, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{item['id']}: {node['html'][:160]}" for item in found for node in item["nodes"][:3]]


@pytest.mark.parametrize("case", CASES)
def test_axe_finds_nothing(
    open_tour: Callable[..., Any], sample_tour: Callable[[str], Tour], axe: str, case: str
) -> None:
    theme, size = case.split("-")
    width, height = SIZES[size]
    options = {"viewport": {"width": width, "height": height}, "color_scheme": theme, "reduced_motion": "reduce"}
    opened = open_tour(sample_tour("spiral_mlp"), "", **options)
    for fragment, keys in CASES[case]:
        opened.go(fragment)
        opened.press(*keys)
        assert violations(opened.page, axe) == [], (fragment, keys)


def test_axe_finds_nothing_in_search_and_questions(open_tour: Callable[..., Any], axe: str) -> None:
    opened = open_tour(a_realistic_tour(), "#stop-2", reduced_motion="reduce")
    opened.press("/")
    opened.page.keyboard.type("loss")
    assert violations(opened.page, axe) == []
    opened.press("Escape", "e")
    assert violations(opened.page, axe) == []
    opened.press("Escape", "a")
    assert violations(opened.page, axe) == []


def test_nothing_needs_a_pointer(open_tour: Callable[..., Any], sample_tour: Callable[[str], Tour]) -> None:
    opened = open_tour(sample_tour("spiral_mlp"), "#stop-15")
    named = """() => {
      const at = document.activeElement;
      return at.id || at.getAttribute("aria-label") || at.className;
    }"""
    opened.page.locator(".skip").focus()
    opened.press("Enter")
    assert opened.press() == "#stop-15" and opened.page.evaluate("document.activeElement.id") == "source"
    opened.go("#stop-15")
    reached = set()
    for _ in range(90):
        opened.press("Tab")
        reached.add(opened.page.evaluate(named))
    assert {"source", "Search", "Keys", "Next line, over calls", "Recorded line", "Copy as Markdown"} <= reached


def test_the_page_never_scrolls_sideways(open_tour: Callable[..., Any], sample_tour: Callable[[str], Tour]) -> None:
    for width in (320, 390, 820, 1440, 2200):
        opened = open_tour(sample_tour("spiral_mlp"), "#overview", viewport={"width": width, "height": 800})
        for fragment in ("#overview", "#stop-15"):
            opened.go(fragment)
            wide = "[document.documentElement.scrollWidth, document.getElementById('side').scrollWidth, innerWidth]"
            page, side, room = opened.page.evaluate(wide)
            assert page <= room and side <= room, (width, fragment)
