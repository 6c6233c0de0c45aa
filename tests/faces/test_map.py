"""The onboarding map: what its picture claims, diagrams that Mermaid's own parser reads, text that breaks no page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from repotour.cli import main
from tests.build import COMMIT, a_realistic_tour, a_stop, a_tour
from tests.faces.hostile import HOSTILE, hostile_tour
from walkthroughs.flow import Edge, Flow, Node, flow
from walkthroughs.markup import Links
from walkthroughs.recording import BoundAt, RecordedFrame, Recording, SourceText
from walkthroughs.renderers.base import find_renderer
from walkthroughs.renderers.map_html import RENDERER as MAP_PAGE
from walkthroughs.renderers.map_picture import picture
from walkthroughs.renderers.static_map import render_static
from walkthroughs.tour import (
    ChainLink,
    Excerpt,
    LineageStep,
    Location,
    Metric,
    Module,
    OtherEntry,
    ParameterChange,
    Provenance,
    Stop,
    Tour,
    Update,
    Variable,
)

LINES = ("def train(x, y):", "    logits = net(x)", "    logits = logits / 2", "    loss = f(logits, y)", "    g(loss)")
SHAPED = Variable("logits", "torch.Tensor", shape=(4, 3), dtype="torch.float32", changed=True)
SCALAR = Variable("loss", "torch.Tensor", "2.3", shape=(), dtype="torch.float32", changed=True)


def a_stop_at(line: int, stage: str, step: int, *variables: Variable) -> Stop:
    place = Location("a.py", line, line, "train")
    return a_stop(stage, stage, title=stage, location=place, variables=variables, step=step, excerpt=Excerpt(1, LINES))


def a_flow_tour(*, rebound: bool = False) -> Tour:
    """A forward pass, a loss that reads what it gave (or what a line between made of it), a backward pass, a step."""
    bound = [BoundAt(0, "logits", 0), BoundAt(2, "loss", 1)] + ([BoundAt(1, "logits", 0)] if rebound else [])
    recording = Recording(
        sources=(SourceText("a.py", 5, (Excerpt(1, LINES),)),),
        frames=(RecordedFrame(Location("a.py", 1, 5, "train"), began=1.0, ended=2.0),),
        order=(0, 0, 0, 0),
        lines=(2, 3, 4, 5),
        bound=tuple(sorted(bound, key=lambda row: row.step)),
        values=(replace(SHAPED, name=""), replace(SCALAR, name="")),
    )
    stops = (
        a_stop_at(2, "forward", 0, SHAPED),
        a_stop_at(4, "loss", 2, SCALAR),
        a_stop_at(5, "backward", 3, SCALAR),
        a_stop_at(5, "optimizer_step", 3),
    )
    tree = (Module("", "Net", 99, file="a.py", line=1),)
    update = Update("SGD", 0.1, stops[3].location, (ParameterChange("w", (3,), change=0.1), ParameterChange("b")))
    return a_tour(*stops, recording=recording, model_tree=tree, update=update)


# --- what the picture claims ------------------------------------------------------------------------------------------


def test_an_arrow_is_seen_only_where_the_very_value_was_read() -> None:
    drawn = flow(a_flow_tour())
    assert [(node.id, node.title) for node in drawn.nodes] == [
        ("model", "Net, 99 parameters"), ("loss", "loss"), ("step", "step of SGD"),
    ]  # fmt: skip
    assert drawn.edges == (
        Edge("model", "loss", "logits (4, 3) float32"),
        Edge("loss", "step", "loss () float32 · backward pass, a.py:5"),
        Edge("step", "model", "1 weight tensor changed", back=True),
    )
    assert flow(a_flow_tour(rebound=True)).edges[0] == Edge("model", "loss", seen=False)
    assert flow(replace(a_flow_tour(), recording=None)).edges[0] == Edge("model", "loss", seen=False)


def test_the_way_of_the_data_leads_into_the_model_with_its_shapes() -> None:
    batch = replace(SHAPED, name="x", shape=(4, 2))
    steps = (
        LineageStep("one item", Location("b.py", 3), Variable("item", "tuple", length=2), (1,)),
        LineageStep("one `batch`", Location("b.py", 9), batch, (2,)),
        LineageStep("into the model", Location("a.py", 2), batch),
    )
    drawn = flow(replace(a_flow_tour(), data_lineage=steps))
    assert [node.title for node in drawn.nodes][:3] == ["one item", "one batch", "Net, 99 parameters"]
    assert drawn.edges[:2] == (
        Edge("data0", "data1", "item tuple of 2"),
        Edge("data1", "model", "x (4, 2) float32"),
    )


def test_a_number_comes_from_the_model_only_where_a_line_of_its_chain_called_it() -> None:
    tour = a_flow_tour()
    assert tour.recording is not None
    forward = a_stop(
        "in", "forward", title="Net.forward()", location=Location("net.py", 7, 7, "Net.forward"), variables=()
    )
    called = RecordedFrame(Location("net.py", 7, 9, "Net.forward"), parent=0, called_from=3, began=1.1, ended=1.2)
    place = Location("a.py", 5)
    chain = (ChainLink(Location("a.py", 3), SHAPED), ChainLink(place))
    metrics = (Metric("acc", "0.51239", "acc 0.5", place, chain), Metric("n", "3", "acc 0.5", place))
    recording = replace(tour.recording, frames=(*tour.recording.frames, called))
    tour = replace(tour, stops=(*tour.stops, forward), recording=recording, metrics=metrics)
    drawn = flow(tour)
    assert drawn.nodes[-1].title == "acc = 0.5124 · n = 3"
    assert drawn.edges[-1] == Edge("model", "metric0", "logits (4, 3) float32")
    elsewhere = replace(recording, frames=(*recording.frames[:-1], replace(called, called_from=4)))
    assert flow(replace(tour, recording=elsewhere)).edges[-1] == Edge("model", "metric0", seen=False)


def test_without_anything_that_leads_anywhere_there_is_no_picture() -> None:
    assert flow(Tour()) == Flow()
    assert flow(a_tour(a_stop())) == Flow()
    for name in ("markdown", "map-html"):
        assert "full arrow" not in find_renderer(name).render(a_tour(a_stop()))


# --- Mermaid ----------------------------------------------------------------------------------------------------------


def diagram_of(tour: Tour) -> str:
    found = re.search(r"^```mermaid\n(.*?)^```$", find_renderer("markdown").render(tour), flags=re.M | re.S)
    assert found
    return found.group(1)


def a_hostile_flow() -> Tour:
    """Hostile names wherever the picture shows a name."""
    hostile = hostile_tour()
    tour = replace(
        a_flow_tour(), data_lineage=hostile.data_lineage, metrics=hostile.metrics, provenance=hostile.provenance
    )
    stops = [replace(stop, title=f"{HOSTILE} {number}") for number, stop in enumerate(tour.stops)]
    return replace(tour, stops=tuple(stops), model_tree=(Module("", HOSTILE, 3, file="x"),))


def test_mermaid_reads_the_diagrams_as_they_are_meant(mermaid: Callable[[str], str]) -> None:
    tour = replace(a_flow_tour(), provenance=Provenance(url="https://github.com/a/b", commit=COMMIT))
    drawn = mermaid(diagram_of(tour))
    assert drawn.count('class="node ') >= 3
    for text in ("Net, 99 parameters", "logits (4, 3) float32", "a.py:2"):
        assert text in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", drawn)).replace("&nbsp;", " ")
    assert f"https://github.com/a/b/blob/{COMMIT}/a.py#L2" in drawn


def test_mermaid_shows_hostile_names_as_text(mermaid: Callable[[str], str]) -> None:
    drawn = mermaid(diagram_of(a_hostile_flow()))
    shown = re.sub(r"<[^>]+>", "", drawn)
    assert "&lt;b&gt;x&lt;/b&gt;" in shown and "[2, 3](x) [64, 10]" in shown
    assert "<b>x</b>" not in drawn and "javascript:" not in drawn
    assert drawn.count('class="node ') == 6  # two of the data, model, loss, step, number: no box was smuggled in


def test_labels_hold_only_characters_that_cannot_end_them() -> None:
    quoted = re.findall(r'"([^"\n]*)"', diagram_of(a_hostile_flow()))
    assert len(quoted) > 8
    assert all(re.fullmatch(r"[\w\s.,:()=/+·…;#-]*", text.replace("<br/>", " ")) for text in quoted)


# --- the page of Markdown ---------------------------------------------------------------------------------------------


def test_the_line_of_labels_says_the_commit_and_the_day() -> None:
    source = Provenance("https://github.com/a/b", COMMIT, recorded_at="2026-11-23T13:08:34+00:00", python="3.11.7")
    line = find_renderer("markdown").render(a_tour(provenance=source, rung="run with remedies")).splitlines()[2]
    assert line == (
        f"[`commit 0123456789`](https://github.com/a/b/commit/{COMMIT}) `recorded 2026-11-23` `Python 3.11.7` "
        "`run with changes`"
    )
    dirty = find_renderer("markdown").render(a_tour(provenance=replace(source, dirty=True))).splitlines()[2]
    assert dirty == "`commit 0123456789` `uncommitted changes` `recorded 2026-11-23` `Python 3.11.7` `full run`"
    read = find_renderer("markdown").render(a_tour(provenance=source, rung="static")).splitlines()[2]
    assert "`read 2026-11-23` `read, not run`" in read and "Python" not in read


def test_a_commit_that_is_none_makes_no_link() -> None:
    for commit in ('0123"onclick="x', "main", "../../x"):
        assert Links(Provenance("https://github.com/a/b", commit)).place(Location("a.py", 1)) == "`a.py:1`"


def test_a_program_that_was_toured_too_is_not_said_to_be_left_out() -> None:
    before = a_stop("prepare", "data", chapter="before-1", location=Location("prepare.py", 3), call_stack=())
    others = (OtherEntry("prepare.py", "makes data"), OtherEntry("demo.py", "shows it"))
    text = find_renderer("markdown").render(a_tour(a_stop(), before, other_entries=others))
    assert ": shows it" in text and "makes data" not in text


@pytest.mark.parametrize("tour", [a_realistic_tour(), hostile_tour(), a_hostile_flow()], ids=["real", "names", "flow"])
def test_hostile_names_break_no_page(tour: Tour) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(find_renderer("markdown").render(tour))
    inner = [one for token in tokens for one in (token, *(token.children or ()))]
    assert not {token.type for token in inner} & {"html_inline", "html_block", "image"}
    links = [str(token.attrGet("href")) for token in inner if token.type == "link_open"]
    assert not [link for link in links if not link.startswith("https://github.com/example/demo/")]
    # Every row of a table keeps the cells of its head: no name opened another column or another table.
    widths: list[int] = []
    for token in tokens:
        if token.type == "tr_open":
            widths.append(0)
        elif token.type in ("th_open", "td_open"):
            widths[-1] += 1
    page = find_renderer("markdown").render(tour)
    heads = [line.count("---") for line in page.splitlines() if re.fullmatch(r"\|( --- \|)+", line)]
    assert widths and set(widths) <= set(heads)


# --- the page of HTML -------------------------------------------------------------------------------------------------


def opened(browser: Any, path: Path, text: str, **options: Any) -> Any:
    """The page in a browser that fails on whatever it complains about or asks the network for."""
    path.write_text(text, encoding="utf-8")
    page = browser.new_page(**options)
    troubles: list[str] = []
    page.on("console", lambda said: troubles.append(said.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: troubles.append(request.url) if not request.url.startswith("file:") else None)
    page.on("dialog", lambda dialog: troubles.append(dialog.message))
    page.goto(path.as_uri())
    assert troubles == []
    return page


def test_the_page_shows_what_the_markdown_says_and_the_picture(browser: Any, tmp_path: Path) -> None:
    tour = replace(a_realistic_tour(), recording=a_flow_tour().recording)
    page = opened(browser, tmp_path / "map.html", find_renderer("map-html").render(tour))
    headings = page.locator("h2").all_inner_texts()
    assert headings == re.findall(r"^## (.+)$", find_renderer("markdown").render(tour), flags=re.M)
    texts = page.locator("figure svg text").all_text_contents()
    assert {"Spirals", "data.py:14", "Net, 99 parameters"} <= set(texts)
    hrefs = page.eval_on_selector_all("a", "all => all.map(one => one.getAttribute('href'))")
    assert hrefs and all(str(href).startswith("https://github.com/example/demo/") for href in hrefs)
    page.close()


def test_boxes_and_labels_of_the_picture_lie_apart(browser: Any, tmp_path: Path) -> None:
    for number, tour in enumerate((a_flow_tour(), a_realistic_tour(), a_hostile_flow())):
        page = opened(browser, tmp_path / f"{number}.html", find_renderer("map-html").render(tour))
        boxes = page.evaluate(
            """() => [...document.querySelectorAll('figure rect, figure text.label')].map(one => {
                 const r = one.getBoundingClientRect();
                 return [r.left, r.top, r.right, r.bottom, one.textContent || one.getAttribute('class')] })"""
        )
        frame = page.evaluate("(r => [r.left, r.right])(document.querySelector('figure svg').getBoundingClientRect())")
        assert len(boxes) > 3
        for index, one in enumerate(boxes):
            assert one[0] >= frame[0] - 1 and one[2] <= frame[1] + 1, one
            for other in boxes[index + 1 :]:
                apart = (
                    one[2] <= other[0] + 1 or other[2] <= one[0] + 1 or one[3] <= other[1] + 5 or other[3] <= one[1] + 5
                )
                assert apart, (one, other)
        page.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_hostile_text_stays_text_and_the_page_never_scrolls_sideways(browser: Any, tmp_path: Path, width: int) -> None:
    for number, tour in enumerate((hostile_tour(), a_hostile_flow())):
        text = find_renderer("map-html").render(tour)
        page = opened(browser, tmp_path / f"{number}.html", text, viewport={"width": width, "height": 800})
        assert page.evaluate("document.querySelectorAll('script, img, b, [onclick]').length") == 0
        assert "<script>alert(1)</script>" in page.locator("main").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.close()


def test_it_prints_on_a_few_pages(browser: Any, tmp_path: Path) -> None:
    page = opened(browser, tmp_path / "map.html", MAP_PAGE.render(a_realistic_tour()))
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 6
    assert re.search(rb"/MediaBox\s*\[0 0 59[45][\d.]* 84[12]", printed), "not A4"
    page.close()


def test_a_picture_says_its_arrows_to_those_who_do_not_see_it() -> None:
    nodes = (Node("a", "data", 'x "1"'), Node("b", "model", "<Net>"))
    drawn = picture(Flow(nodes, (Edge("a", "b", "(3,)"),)), Links(Provenance()))
    assert 'aria-label="x &quot;1&quot; to &lt;Net&gt; ((3,))"' in drawn


def test_the_command_gives_either_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "spirals.tour.json"
    a_realistic_tour().save(path)
    assert main(["map", str(path), "--to", "html"]) == 0
    assert capsys.readouterr().out == find_renderer("map-html").render(a_realistic_tour())
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "train.py").write_text("import torch\nloss = torch.ones(1)\nloss.backward()\n")
    assert main(["map", str(tmp_path / "plain"), "--to", "html"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("<!DOCTYPE html>") and "<strong>Nothing was run.</strong>" in page


def test_the_static_map_of_hostile_names_is_text() -> None:
    survey = {"entries": [{"file": HOSTILE, "line": 1, "role": HOSTILE, "reasons": [HOSTILE], "command": [HOSTILE]}]}
    page = render_static(survey, Provenance(url=HOSTILE, commit=COMMIT), HOSTILE)
    inner = [
        one
        for token in MarkdownIt("commonmark").enable("table").parse(page)
        for one in (token, *(token.children or ()))
    ]
    assert not {token.type for token in inner} & {"html_inline", "html_block", "image", "link_open"}
