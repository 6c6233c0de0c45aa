"""Every output of a tour: complete, true to its data, and closed to whatever stands in foreign source and values."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.build import COMMIT, a_realistic_tour, a_stop, a_tour
from tracer.errors import RepoTourError
from walkthroughs.captions import outcome_text, variable_text
from walkthroughs.markup import Links, code, fence, github_base, plain, table
from walkthroughs.prose import parse
from walkthroughs.renderers.base import all_renderers, find_renderer
from walkthroughs.renderers.static_map import render_static
from walkthroughs.renderers.text import TextRenderer
from walkthroughs.tour import (
    CallNode,
    Excerpt,
    FileRole,
    Hyperparameter,
    LineageStep,
    Location,
    NotSeen,
    Outcome,
    Provenance,
    Stats,
    Stop,
    Tour,
    Variable,
)
from walkthroughs.visible import visible

HOSTILE = (
    "</script><!--<script>alert(1)</script> [bold]x[/bold] \x1b[31mred\x07 ``` `a` | pipe \u202e {{data}} [#1] ]( ]]>"
)


def hostile_tour() -> Tour:
    """A tour in which every text is one that some output could trip over."""
    place = Location("dir [a]/x|y`z.py", 3, 3, HOSTILE)
    stop = a_stop(
        HOSTILE,
        "loss",
        title=HOSTILE,
        because=HOSTILE,
        location=place,
        call_stack=(place,),
        excerpt=Excerpt(1, (HOSTILE, "````", f"s = '{HOSTILE}'", "\tend"), (1, 2)),
        variables=(Variable(HOSTILE, HOSTILE, HOSTILE, dtype=HOSTILE, items=(Variable(HOSTILE, "str", HOSTILE),)),),
        note=f"{HOSTILE}\n\n- {HOSTILE}\n\n```\n{HOSTILE}\n```\n",
        output=HOSTILE,
    )
    return a_tour(
        stop,
        title=HOSTILE,
        provenance=Provenance(url=HOSTILE, commit=COMMIT),
        command=("python", HOSTILE),
        call_path=CallNode(HOSTILE, 1, HOSTILE),
        files=(FileRole(HOSTILE, HOSTILE, 3),),
        hyperparameters=(Hyperparameter(HOSTILE, HOSTILE),),
        data_lineage=(LineageStep(HOSTILE, place, Variable(HOSTILE, HOSTILE)),),
        not_seen=(NotSeen("backward", HOSTILE),),
    )


def test_the_outputs_that_exist_are_found_and_described() -> None:
    found = all_renderers()
    assert list(found) == ["codetour", "html", "ipynb", "json", "map-html", "markdown", "perfetto", "text"]
    for renderer in found.values():
        assert renderer.suffix.startswith(".") and renderer.summary
    with pytest.raises(RepoTourError) as caught:
        find_renderer("pdf")
    assert caught.value.slug == "unknown-format"
    assert "html" in caught.value.hint


@pytest.mark.parametrize("name", ["codetour", "html", "json", "markdown", "text"])
def test_every_output_names_every_stop_and_holds_no_raw_control_character(name: str) -> None:
    tour = a_realistic_tour()
    text = find_renderer(name).render(tour)
    for stop in tour.stops:
        assert stop.title.replace("'", "&#x27;") in text if name == "html" else stop.title in text
    for shown in (text, find_renderer(name).render(hostile_tour())):
        if name != "json":
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)


@pytest.mark.parametrize("name", sorted(all_renderers()))
def test_a_tour_with_nothing_in_it_can_be_rendered(name: str) -> None:
    text = find_renderer(name).render(Tour())
    assert "None" not in text
    assert text.endswith("\n")


def test_json_is_the_tour_itself() -> None:
    tour = a_realistic_tour()
    assert Tour.from_dict(json.loads(find_renderer("json").render(tour))) == tour


# --- Markdown ---------------------------------------------------------------------------------------------------------


def sections(page: str) -> dict[str, str]:
    """The page's sections by heading."""
    parts = re.split(r"^## (.+)$", page, flags=re.M)
    return dict(zip(parts[1::2], (part.strip() for part in parts[2::2]), strict=True))


def test_the_map_has_its_sections_in_order() -> None:
    page = find_renderer("markdown").render(a_realistic_tour())
    assert list(sections(page)) == [
        "What the program is",
        "How the data flow",
        "How to run it",
        "Where each stage happens",
        "The files that took part",
        "The call path",
        "The model",
        "The hyper-parameters",
        "What one optimizer step did",
        "Values that were seen to change",
        "Where the reported numbers come from",
        "Where to put your own idea",
        "What this tour did not see",
    ]


def test_sections_without_data_are_left_out() -> None:
    page = find_renderer("markdown").render(a_tour())
    assert list(sections(page)) == ["What the program is", "How to run it", "Where each stage happens"]


def test_the_map_says_what_the_run_showed() -> None:
    found = sections(find_renderer("markdown").render(a_realistic_tour()))
    assert "99 parameters" in found["What the program is"]
    assert "at learning rate 0.01 in the first step that was looked at" in found["What the program is"]
    assert "a silent stand-in took its place" in found["How to run it"]
    assert "left after 3 iterations" in found["How to run it"]
    assert (
        f"[`train.py:26`](https://github.com/example/demo/blob/{COMMIT}/train.py#L26)"
        in found["Where each stage happens"]
    )
    assert "  main  train.py:33" in found["The call path"]
    assert "Spirals.__getitem__ ×96" in found["The call path"]
    assert "| `hidden.weight` | (16, 2) | 0.31 |" in found["What one optimizer step did"]
    assert "`Spirals.__len__`" in found["What this tour did not see"]
    assert "No environment was stepped." in found["What this tour did not see"]


def test_what_is_inferred_is_marked_and_what_was_observed_is_not() -> None:
    page = find_renderer("markdown").render(a_tour(a_stop(basis="inferred"), a_stop("b", title="Another")))
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert ["*(inferred)*" in row for row in rows] == [False, False, True, False]


def test_a_static_tour_does_not_claim_a_run() -> None:
    page = find_renderer("markdown").render(a_tour(rung="static", outcome=Outcome()))
    assert "without running it" in page
    assert "recorded run" not in page
    assert "How it went" not in page


def test_every_table_row_has_the_cells_of_its_heading() -> None:
    for tour in (a_realistic_tour(), hostile_tour()):
        width = 0
        for line in find_renderer("markdown").render(tour).splitlines():
            cells = len(re.findall(r"(?<!\\)\|", line)) - 1
            if line.startswith("| ") and width:
                assert cells == width, line
            width = cells if line.startswith("| ") else 0


def tokens_of(markdown: str) -> list[Token]:
    """What a CommonMark reader makes of a text, with what stands inside lines."""
    found = MarkdownIt("commonmark").enable("table").parse(markdown)
    return [inner for token in found for inner in (token, *(token.children or ()))]


def test_hostile_text_cannot_become_markup_in_the_map() -> None:
    tour = hostile_tour()
    tokens = tokens_of(find_renderer("markdown").render(tour))
    html = {token.content for token in tokens if token.type in ("html_inline", "html_block")}
    assert not html
    assert [token for token in tokens if token.type in ("link_open", "image")] == []
    assert [token.info for token in tokens if token.type == "fence"] == ["sh", ""]


def test_fences_and_code_are_longer_than_the_backticks_inside() -> None:
    assert fence("a\n````\nb").splitlines()[0] == "`````"
    assert code("a ``b`` c") == "```a ``b`` c```"
    assert code("`x`") == "`` `x` ``"
    assert code("") == ""
    assert plain("a_b*c <i> [x](y) #1 | &lt; & co") == r"a\_b\*c \<i\> \[x\](y) \#1 \| &amp;lt; & co"
    assert plain("1. first") == "1. first"
    assert plain("- no list") == r"\- no list"
    assert table(("A",), [("x | y",), ("`a|b`",), (r"c \| d",)]).splitlines()[2:] == [
        r"| x \| y |",
        r"| `a\|b` |",
        r"| c \| d |",
    ]


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://github.com/a/b", "https://github.com/a/b"),
        ("https://github.com/a/b.git", "https://github.com/a/b"),
        ("https://user:secret@github.com/a/b.git/", "https://github.com/a/b"),
        ("git@github.com:a/b.git", "https://github.com/a/b"),
        ("ssh://git@github.com/a/b.git", "https://github.com/a/b"),
        ("git://github.com/a/b", "https://github.com/a/b"),
        ("https://gitlab.com/a/b", ""),
        ("https://github.com.evil.example/a/b", ""),
        ("https://evil.example/github.com/a/b", ""),
        ("file:///srv/github.com/a/b", ""),
        ("https://[broken", ""),
        ("", ""),
    ],
)
def test_only_github_addresses_give_github_links(url: str, base: str) -> None:
    assert github_base(url) == base


def test_links_need_a_commit_that_the_lines_are_those_of() -> None:
    place = Location("a b.py", 3, 5)
    clean = Provenance(url="https://github.com/a/b", commit=COMMIT)
    assert Links(clean).place(place) == f"[`a b.py:3`](https://github.com/a/b/blob/{COMMIT}/a%20b.py#L3-L5)"
    assert Links(replace(clean, dirty=True)).place(place) == "`a b.py:3`"
    assert Links(replace(clean, commit="")).place(place) == "`a b.py:3`"
    assert Links(clean).place(Location("site-packages/torch/nn.py", 3)) == "`site-packages/torch/nn.py:3`"
    assert Links(clean).place(None) == ""


# --- text -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [40, 80, 120])
def test_text_keeps_to_its_width(width: int) -> None:
    for tour in (a_realistic_tour(), hostile_tour()):
        lines = TextRenderer(width).render(tour).splitlines()
        assert max(len(line) for line in lines) <= width
        assert not [line for line in lines if line != line.rstrip()]


def test_text_marks_the_statement_what_ran_and_what_changed() -> None:
    text = TextRenderer(80).render(a_realistic_tour())
    assert "\n  > 26              loss = torch.nn.functional.cross_entropy(logits, y)\n" in text
    assert "\n  | 25              logits = model(x)  # (B, 3)\n" in text
    assert "\n  * loss: torch.Tensor () float32 = 1.1042\n" in text
    assert "[12/17] The loss of one batch" in text
    assert "called from main (train.py:43) < <module> (train.py:50)" in text


# --- the words that they share ----------------------------------------------------------------------------------------


def test_notes_are_parsed_as_notes_and_nothing_else() -> None:
    blocks = parse(
        "The `<module>` calls\n**two** functions.\n\n- a *b*\n- [c](d)\n\n```py\n# x `y`\n```\nend __init__ 2*3*4"
    )
    assert [block.kind for block in blocks] == ["paragraph", "item", "item", "fence", "paragraph"]
    assert [(span.kind, span.text) for span in blocks[0].spans] == [
        ("text", "The "), ("code", "<module>"), ("text", " calls "), ("strong", "two"), ("text", " functions."),
    ]  # fmt: skip
    assert [block.text for block in blocks[1:]] == ["a b", "[c](d)", "# x `y`", "end __init__ 2*3*4"]
    assert parse("``` \nnever closed")[0].text == "never closed"
    assert parse("odd ` tick")[0].text == "odd ` tick"


def test_control_characters_are_shown_by_name() -> None:
    assert visible("a\x1b[0m\x07\x9b\u202e\u2028\ud800") == "a\\x1b[0m\\x07\\x9b\\u202e\\u2028\\ud800"
    assert visible("a\tb") == "a   b"
    assert visible("Größe ✓ 数 a\u00a0b") == "Größe ✓ 数 a\u00a0b"


def test_a_value_in_one_line() -> None:
    stats = Stats(-1, 2.5, 0.25, 1.0, 0.5, 0.0)
    tensor = Variable("x", "torch.Tensor", shape=(64,), dtype="torch.float32", device="cuda:0", stats=stats)
    assert variable_text(tensor) == "x: torch.Tensor (64,) float32 on cuda:0 = -1 to 2.5, mean 0.25, std 1, 50% zeros"
    assert variable_text(Variable("n", "int", "3")) == "n: int = 3"
    assert variable_text(Variable("d", "dict", length=2, items=(Variable("a", "int", "1"), tensor))) == (
        "d: dict of 2 = {a = 1, x: torch.Tensor (64,) float32 on cuda:0}"
    )


def test_an_ending_in_words() -> None:
    assert outcome_text(Outcome("finished", "", 7.1)) == "it ran to its end in 7.1 s"
    assert outcome_text(Outcome("timed_out", "", 200)) == "RepoTour ended it after 3 min 20 s, when the time was up"
    assert outcome_text(Outcome("raised", "ValueError: x", 0)) == "it ended with an exception (ValueError: x)"
    assert outcome_text(Outcome()) == "nothing was run"


# --- the static map ---------------------------------------------------------------------------------------------------


def test_the_static_map_says_that_nothing_was_run() -> None:
    survey: dict[str, Any] = {
        "frameworks": ["pytorch"],
        "entries": [
            {"file": "src/train.py", "line": 9, "role": "train", "reasons": ["has a __main__ guard"], "cwd": "src",
             "command": ["train.py"], "needs_path": ["."], "commands": [],
             "arguments": [{"name": "lr", "flags": ["--lr"], "default": "0.1", "help": "rate | step",
                            "location": {"file": "src/train.py", "line": 4}}]},
            {"file": "eval.py", "line": 1, "role": "eval", "reasons": [], "command": ["eval.py"],
             "commands": [{"words": ["eval.py", "--fast"], "file": "README.md", "line": 7, "before": ["make data"]}]},
        ],
        "sightings": [
            {"stage": "loss", "location": {"file": "a.py", "line": 3, "qualname": "f"}, "evidence": "x | y",
             "confidence": 0.4},
            {"stage": "config", "location": {"file": "a.py", "line": 1, "qualname": "<module>"},
             "evidence": "parse_args"},
        ],
        "files": [{"path": "old.py", "python2": True}, {"path": "model.py", "role": "model", "reason": "a Module"}],
    }  # fmt: skip
    page = render_static(survey, Provenance(url="https://github.com/a/b", commit=COMMIT), "b")
    found = sections(page)
    assert "**Nothing was run.**" in page
    assert "PYTHONPATH=.. python train.py" in found["How to run it"]
    assert "make data\npython eval.py --fast" in found["How to run it"]
    assert r"rate \| step" in found["Settings"]
    rows = found["Where each stage seems to happen"].splitlines()[2:]
    assert [row.split("**")[1] for row in rows] == ["Configuration", "Loss"]
    assert found["The files"].index("model.py") < found["The files"].index("old.py")
    assert "written for Python 2" in found["The files"]


def test_the_static_map_of_nothing_is_still_a_page() -> None:
    page = render_static({}, Provenance(), "empty")
    assert "No program was found" in page


def test_a_stop_without_source_or_note_is_shown_by_its_place() -> None:
    stop = Stop(id="a", stage="loss", location=Location("a.py", 4))
    for name, renderer in all_renderers().items():
        text = renderer.render(a_tour(stop))
        assert "a.py" in text, name
