"""Whatever stands in foreign source, values, file names and output: the page shows it and never runs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.build import COMMIT, a_stop, a_tour
from walkthroughs.recording import Bound, BoundAt, PrintedAt, RaisedAt, RecordedFrame, Recording, SourceText
from walkthroughs.tour import (
    Attempt,
    Branch,
    CallNode,
    ChainLink,
    CodeRange,
    Entry,
    Excerpt,
    FastForward,
    FileRole,
    History,
    Hyperparameter,
    Idea,
    LineageStep,
    Location,
    Loop,
    Metric,
    Module,
    NotSeen,
    OtherEntry,
    Outcome,
    ParameterChange,
    Point,
    Process,
    Provenance,
    Tour,
    Update,
    Variable,
)

TEXTS = (
    "</script><script>window.harmed = 1</script>",
    "<img src=x onerror='window.harmed = 1'>",
    "\"'><svg/onload=window.harmed=1>",
    "[click](javascript:window.harmed=1) `a` <a href='javascript:window.harmed=1'>b</a>",
    "</style><style>body{display:none}</style><!-- <script> -->",
    "\u202egnp.exe\u2066 \x1b[31mred\x07 \u200f {{data}} ${window.harmed=1} \ud800",
    "</title></textarea></noscript><iframe srcdoc='<script>parent.harmed=1</script>'>",
)
FIND = """() => [
  window.harmed, document.querySelectorAll("script").length, document.querySelectorAll("iframe, object, embed").length,
  [...document.querySelectorAll("*")].flatMap((one) => [...one.attributes]).filter((one) =>
    one.name.startsWith("on") || /^\\s*(javascript|vbscript):/i.test(one.value)).length,
  /[\\u202a-\\u202e\\u2066-\\u2069\\u200f\\u001b\\u0007]/.test(document.documentElement.innerHTML),
]"""


def recorded(text: str) -> Recording:
    """A recording in which every text is hostile."""
    place = Location(text, 1, 3, text)
    value = Variable(text, text, text, dtype=text, device=text, items=(Variable(text, text, text),))
    frames = (
        RecordedFrame(place, kind="module", outer=(place,), via=text, args=(Bound(text, 0),), returned=0, chapter=text),
        RecordedFrame(place, parent=0, ended=1.0, via=text),
    )
    return Recording(
        sources=(SourceText(text, 3, (Excerpt(1, (text, f"x = '{text}'", f"# {text}")),), (1, 2), (1, 1)),),
        frames=frames, order=(0, 1, 0), lines=(1, 2, 3), bound=(BoundAt(0, text, 0), BoundAt(1, text, 0)),
        printed=(PrintedAt(0, text),), raised=(RaisedAt(1, text, text),), values=(value,),
    )  # fmt: skip


def hostile(text: str) -> Tour:
    """A tour in which every text is hostile, with every part of the page."""
    place = Location(text, 2, 2, text)
    value = Variable(text, text, text, shape=(2, 3), dtype=text, items=(Variable(text, text, text),))
    points = (Point(0, 1.0), Point(1, text), Point(2, 3.0))
    stop = a_stop(
        text, text, title=text, because=text, location=place, call_stack=(place,), variables=(value,), step=1,
        excerpt=Excerpt(1, (text, f"s = '{text}'", text), (1,)), note=f"{text}\n\n- {text}\n\n```\n{text}\n```\n",
        output=text, chapter=text, history=points, adapted=(text,),
    )  # fmt: skip
    loss = replace(stop, id="l", stage="loss", chapter="main", step=2)
    attempt = Attempt((text,), text, text, text, text)
    calls = CallNode(text, 1, text, children=(CallNode(text, 1, text),))
    source = Provenance(url=text, commit=text, recorded_at=text, python=text, folder=text)
    return a_tour(
        stop, loss, title=text, provenance=source, entry=Entry(text, 1, text), command=("python", text),
        rung="run with remedies", outcome=Outcome(text, text, 1.0), attempts=(attempt, attempt), call_path=calls,
        fast_forwards=(FastForward(text, 1, 3, text),), loops=(Loop(text, 1, text, 3, training=True),),
        files=(FileRole(text, text, 9, 5, 1, (CodeRange(1, 3, text),)),),
        model_tree=(Module("", text, 5, ((2, 3),), ((2,),), text, 1), Module(text, text, 5, depth=1)),
        hyperparameters=(Hyperparameter(text, text, text, place, (place,), text),),
        data_lineage=(LineageStep(text, place, value, (1,)), LineageStep("into the model", place, value)),
        update=Update(text, 0.1, place, (ParameterChange(text, (2,), 0.1, (0.1,), (0.2,), 0.1),)),
        histories=(History(text, place, points),),
        metrics=(Metric(text, text, text, place, (ChainLink(place, value),) * 2),),
        branches=(Branch(text, 1, text, 1, 0, text),), ideas=(Idea(text, place, text),),
        processes=(Process(text, text=text),), not_seen=(NotSeen("backward", text),),
        other_entries=(OtherEntry(text, text),), output_tail=text, next_command=(text,), recording=recorded(text),
    )  # fmt: skip


def test_hostile_texts_are_shown_and_never_run(open_tour: Callable[..., Any]) -> None:
    for text in TEXTS:
        opened = open_tour(hostile(text), "#overview")
        page = opened.page
        for keys in (("ArrowRight",), ("n",), ("b",), ("u",), ("S",), ("m",), ("a",), ("a",)):
            opened.press(*keys)
        for query in (text[:6], "x"):
            opened.press("/")
            page.keyboard.insert_text(query)
            page.keyboard.press("Enter")
            if page.locator("dialog[open]").count():
                page.keyboard.press("Escape")
        page.locator("details:not([open])").evaluate_all("(all) => all.forEach((one) => { one.open = true; })")
        page.locator("#stops a:visible, #live button:visible").evaluate_all(
            "(all) => all.forEach((one) => one.click())"
        )
        assert page.evaluate(FIND) == [None, 2, 0, 0, False], text
        assert page.locator("body").evaluate("(body) => getComputedStyle(body).display") != "none"


def test_an_address_of_the_page_runs_nothing(open_tour: Callable[..., Any]) -> None:
    for fragment in (
        "#<img src=x onerror=window.harmed=1>",
        "#javascript:window.harmed=1",
        "#%",
        "#stop-99999999999",
        "#file-0",
    ):
        opened = open_tour(a_tour(), fragment)
        assert opened.page.evaluate("window.harmed") is None
        assert opened.press() == "#overview"


def test_a_reader_s_folder_cannot_become_another_address(open_tour: Callable[..., Any]) -> None:
    opened = open_tour(a_tour(provenance=Provenance(url="https://github.com/a/b", commit=COMMIT)), "#stop-1")
    key = "repotour checkout https://github.com/a/b"
    kept = '{"folder": "/x", "editor": "javascript"}'
    opened.page.evaluate(f"localStorage.setItem('{key}', '{kept}')")
    opened.page.reload()
    assert opened.page.get_by_role("link", name="Open in your editor").count() == 0
