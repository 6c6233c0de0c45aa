"""The page's text: complete without a script, closed to the network and to markup in what it shows."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

from tests.build import a_realistic_tour, a_stop, a_tour
from tests.unit.test_renderers import hostile_tour
from walkthroughs.renderers.base import find_renderer
from walkthroughs.renderers.html.shading import shade, shaded, shown_lines
from walkthroughs.statements import statements
from walkthroughs.tour import Tour, Variable


def rendered(tour: Tour) -> str:
    return find_renderer("html").render(tour)


class Page(HTMLParser):
    """What a browser makes of a page: its elements with their attributes, and the text outside scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.shown = ""
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self._inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag if tag in self.raw else ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.raw[self._inside].append(data)
        else:
            self.shown += data


def test_the_page_is_readable_without_a_script() -> None:
    tour = a_realistic_tour()
    page = Page(rendered(tour))
    articles = [attributes for tag, attributes in page.elements if tag == "article"]
    assert [item["id"] for item in articles] == [f"stop-{number}" for number in range(1, len(tour.stops) + 1)]
    assert not any("hidden" in item or "one" in (item.get("class") or "") for item in articles)
    assert "The hidden layer turns (32, 2) into (32, 16)" in page.shown
    assert "loss = torch.nn.functional.cross_entropy(logits, y)" in page.shown
    assert "(32, 16) float32 torch.Tensor" in page.shown


def test_the_page_loads_nothing_and_forbids_it() -> None:
    batch = Variable("x", "torch.Tensor", shape=(2, 2), dtype="float32", grid=((0.5, -1.0), (float("nan"), 2.0)))
    text = rendered(a_tour(a_stop(variables=(batch,))))
    page = Page(text)
    loading = [
        (tag, name) for tag, attributes in page.elements for name in attributes
        if name in ("srcset", "data", "poster", "background", "style", "action") or name.startswith("on")
    ]  # fmt: skip
    assert loading == []
    pictures = [item["src"] or "" for tag, item in page.elements if "src" in item and tag == "img"]
    assert len(pictures) == len([item for _, item in page.elements if "src" in item]) == 1
    assert pictures[0].startswith("data:image/png;base64,")
    assert not [tag for tag, _ in page.elements if tag in ("link", "iframe", "object", "embed", "base")]
    policy = next(item["content"] or "" for tag, item in page.elements if tag == "meta" and "http-equiv" in item)
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert "unsafe-inline" not in policy
    assert not re.search(
        r"url\(|@import|fetch\(|XMLHttpRequest|import\(", "".join(page.raw["style"] + page.raw["script"][1:])
    )


def test_the_hashes_of_the_policy_are_those_of_the_page() -> None:
    page = Page(rendered(a_realistic_tour()))
    policy = next(item["content"] or "" for tag, item in page.elements if tag == "meta" and "http-equiv" in item)
    for text in ("".join(page.raw["style"]), page.raw["script"][-1]):
        assert f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" in policy


def test_hostile_text_stays_text_in_the_page() -> None:
    tour = hostile_tour()
    text = rendered(tour)
    page = Page(text)
    assert [tag for tag, _ in page.elements].count("script") == 2
    assert text.count("<!--") == 0
    (stop,) = json.loads(page.raw["script"][0])["stops"]
    assert stop["t"].startswith("</script><!--<script>alert(1)</script>") and "\x1b" not in json.dumps(stop)
    assert "<script>alert(1)</script> [bold]x[/bold] \\x1b[31mred" in page.shown
    assert "{{data}}" in page.shown


def test_colours_stand_on_the_characters_that_are_shown() -> None:
    lines = ["def f(x):", '\treturn "\u202e" + x  # \x1b', '    """two', 'lines"""', "", "class A: pass\r"]
    shown, runs = shown_lines(lines), shade("a.py", lines)
    assert shown[1] == '    return "\\u202e" + x  # \\x1b'
    assert re.sub(r"<i class=\"(.)\">(.*?)</i>", r"[\1 \2]", shaded(shown[1], runs[1])) == (
        "    [k return] [s &quot;\\u202e&quot;] + x  [c # \\x1b]"
    )
    assert [re.findall("[a-z]", line) for line in runs[2:]] == [["q"], ["q"], [], ["k", "f", "k"]]
    assert shade("notes.md", ["if x:"]) == [""]


def test_lines_that_are_no_statements_are_never_said_not_to_have_run() -> None:
    source = "def f(a,|  b):|  'Said.'|  # why|  if (a|    and b):|    return g(|     a)|  else:|    pass".split("|")
    assert statements("a.py", source) == [(1, 1), (5, 6), (7, 8)]
    assert statements("a.py", ["def"]) == statements("a.txt", ["x"]) == []


def test_a_page_of_a_stop_without_anything_is_a_page() -> None:
    stop = a_stop(note="", because="", variables=(), title="")
    assert Page(rendered(a_tour(stop))).shown.count("Loss") >= 2
