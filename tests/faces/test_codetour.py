"""The tour for editors: the published format, the commit's lines, and nothing in it that a player would act on."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from repotour.tours_folder import put_into
from tests.build import COMMIT, a_realistic_tour, a_stop, a_tour
from tests.faces.hostile import HOSTILE, hostile_tour
from tracer.errors import RepoTourError
from walkthroughs.renderers.base import find_renderer
from walkthroughs.renderers.codetour import RENDERER
from walkthroughs.tour import Location, Provenance, Stop, Tour

# What the published schema (draft 4, CodeTour 0.0.59) says of each key, and whether it is required.
OF_A_TOUR: dict[str, tuple[type, ...]] = {
    "$schema": (str,), "title": (str,), "description": (str,), "ref": (str,), "isPrimary": (bool,), "nextTour": (str,),
    "stepMarker": (str,), "when": (str,), "steps": (list,),
}  # fmt: skip
OF_A_STEP: dict[str, tuple[type, ...]] = {
    "title": (str,), "description": (str,), "file": (str,), "directory": (str,), "uri": (str,), "view": (str,),
    "line": (int, float), "pattern": (str,), "selection": (dict,), "commands": (list,),
}  # fmt: skip

# What the player does with a description before it is shown, in its order: each of these makes a link or a command.
REWRITTEN = (
    re.compile(r"^>>\s+(.*)$", re.M),
    re.compile(r"(\(command:[\w+.]+\?)(\[[^\])]+\])", re.M),
    re.compile(r"(!)?(\[[^\]]+\]\()(\.[^)]+)(?=\))", re.M),
    re.compile(r"```[^\n]+\n(.+)\n```", re.M | re.S),
)
REFERENCE = re.compile(r"(?:\[([^\]]+)\])?\[(?=\s*[^\]\s])([^\]#]+)?(?:#(\d+))?\](?!\()", re.M)


def fits_the_format(values: dict[str, Any]) -> None:
    """Fails where a file is not one that the published schema takes, but for keys of our own, which it allows."""
    assert {"title", "steps"} <= set(values)
    for key, value in values.items():
        assert key == "repotour" or isinstance(value, OF_A_TOUR[key]), key
    for step in values["steps"]:
        assert "description" in step
        for key, value in step.items():
            assert isinstance(value, OF_A_STEP[key]) and not isinstance(value, bool), key


def files_of(tour: Tour) -> list[dict[str, Any]]:
    """The single file and the parts, read back and checked against the format."""
    files = [json.loads(text) for text in (RENDERER.render(tour), *RENDERER.parts(tour).values())]
    for values in files:
        fits_the_format(values)
    return files


def steps_of(tour: Tour) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    values = json.loads(find_renderer("codetour").render(tour))
    return values, values["steps"]


def test_the_commit_is_pinned_and_each_stop_has_a_step() -> None:
    tour = a_realistic_tour()
    values, steps = steps_of(tour)
    assert values["ref"] == COMMIT
    assert values["isPrimary"] is True
    assert "file" not in steps[0]
    told = {(step["file"], step["line"]) for step in steps[1:]}
    assert told == {(stop.location.file, stop.location.line) for stop in tour.stops}
    assert len(steps) == 1 + len(tour.stops)
    assert all(step["description"] for step in steps)


def test_the_parts_are_numbered_by_chapter_and_lead_to_each_other() -> None:
    tour = a_realistic_tour()
    after = replace(a_stop("later", "evaluation"), chapter="after-1")
    tour = replace(tour, stops=(*tour.stops, after, replace(after, id="again", stage="checkpoint")))
    parts = {name: json.loads(text) for name, text in RENDERER.parts(tour).items()}
    names = list(parts)
    assert names == [
        "1-setup.tour", "2-data.tour", "3-model.tour", "4-training.tour", "5-evaluation.tour", "6-results.tour",
        "7-afterwards.tour",
    ]  # fmt: skip
    titles = [values["title"] for values in parts.values()]
    assert titles[:2] == ["1 - spirals: Setup", "2 - spirals: Data"]
    assert [values.get("nextTour") for values in parts.values()] == [*titles[1:], None]
    assert [values["isPrimary"] for values in parts.values()] == [True] + [False] * (len(parts) - 1)
    # The player numbers tours by what stands before the first hyphen and shows what stands before a second one.
    assert all(re.fullmatch(r"\d+ - [^-]+", title) for title in titles)
    assert sum(len(values["steps"]) for values in parts.values()) == 1 + len(tour.stops)
    assert {values["ref"] for values in parts.values()} == {COMMIT}


def test_ten_parts_and_more_still_sort_by_number() -> None:
    stops = [a_stop(f"s{number}", chapter=f"before-{number}") for number in range(1, 12)]
    parts = RENDERER.parts(a_tour(*stops))
    assert list(parts) == sorted(parts)
    titles = [json.loads(text)["title"] for text in parts.values()]
    assert titles == sorted(titles) and titles[0].startswith("01 - ")


def test_a_tour_is_not_pinned_where_the_lines_are_not_those_of_a_commit() -> None:
    for source in (Provenance(commit=COMMIT, dirty=True), Provenance(commit="abc123"), Provenance()):
        assert not any("ref" in values for values in files_of(a_tour(provenance=source)))


def test_the_player_finds_nothing_to_run_or_to_link() -> None:
    shapes = a_stop(
        note="The shape `[2, 3](4)` and [2, 3](./x) and `[64, 10]` and [#2].\n\n```sh\n>> rm x\n```\n\n>> rm y",
        title="a-b [#1] [x](command:y) `z",
    )
    for tour in (hostile_tour(), a_tour(shapes)):
        for values in files_of(tour):
            steps = values["steps"]
            assert not {"commands", "when", "contents"} & {key for item in (values, *steps) for key in item}
            for step in steps:
                description = step["description"]
                assert not [pattern.pattern for pattern in REWRITTEN if pattern.search(description)]
                # Only a text that stands for itself is left: no tour has a title that begins with this character.
                titles = [match.group(2) or "" for match in REFERENCE.finditer(description)]
                assert all("\u2060" in title or title.endswith("\\") for title in titles), titles
                tokens = [
                    inner
                    for token in MarkdownIt("commonmark").parse(description)
                    for inner in (token, *(token.children or ()))
                ]
                assert not {token.type for token in tokens} & {
                    "link_open", "image", "html_inline", "html_block", "fence", "code_block", "blockquote_open",
                }  # fmt: skip
                assert not set("-[]`<") & set(step["title"])


def test_the_title_of_a_step_cannot_break_the_link_that_leads_to_it() -> None:
    step = steps_of(a_tour(a_stop(title=HOSTILE)))[1][1]
    link = f'[Next ({step["title"]})](command:codetour.nextTourStep "Navigate to next step")'
    inline = MarkdownIt("commonmark").parseInline(link)[0].children or []
    links = [token.attrGet("href") for token in inline if token.type == "link_open"]
    assert links == ["command:codetour.nextTourStep"]
    assert inline[0].type == "link_open" and inline[-1].type == "link_close"


def test_lines_count_from_one_and_foreign_files_are_told_without_a_file() -> None:
    outside = a_stop(location=Location("site-packages/torch/optim.py", 9))
    _, steps = steps_of(a_tour(a_stop(location=Location("a.py", 0)), outside))
    assert steps[1]["line"] == 1
    assert "file" not in steps[2]


def test_a_tour_that_was_only_read_says_so() -> None:
    values = files_of(a_tour(rung="static"))[0]
    assert "nothing was run" in values["description"]
    assert "recorded run" not in values["steps"][0]["description"]


# --- the .tours folder of a checkout ----------------------------------------------------------------------------------


def a_checkout(folder: Path, stops: tuple[Stop, ...]) -> Path:
    for stop in stops:
        path = folder / stop.location.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    return folder


def test_parts_go_into_a_checkout_and_replace_only_their_like(tmp_path: Path) -> None:
    tour = a_realistic_tour()
    root = a_checkout(tmp_path, tour.stops)
    put_into(str(root), RENDERER, tour, force=False)
    folder = root / ".tours"
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == dict(RENDERER.parts(tour))
    with pytest.raises(RepoTourError) as caught:
        put_into(str(root), RENDERER, tour, force=False)
    assert caught.value.slug == "file-exists"
    (folder / "intro.tour").write_text('{"title": "Intro", "steps": []}')
    (folder / "notes.txt").write_text("mine")
    fewer = replace(tour, stops=tour.stops[:1])
    put_into(str(root), RENDERER, fewer, force=True)
    assert sorted(path.name for path in folder.iterdir()) == ["1-setup.tour", "intro.tour", "notes.txt"]
    (folder / "1-setup.tour").write_text('{"title": "1 - Setup", "steps": []}')
    with pytest.raises(RepoTourError) as caught:
        put_into(str(root), RENDERER, fewer, force=True)
    assert caught.value.slug == "file-exists"
    assert json.loads((folder / "1-setup.tour").read_text())["steps"] == []


def test_another_folder_is_not_taken_for_the_checkout(tmp_path: Path) -> None:
    tour = a_realistic_tour()
    for slug, named in (("not-a-folder", tmp_path / "none"), ("not-its-checkout", tmp_path)):
        with pytest.raises(RepoTourError) as caught:
            put_into(str(named), RENDERER, tour, force=True)
        assert caught.value.slug == slug
    assert not list(tmp_path.iterdir())
    root = a_checkout(tmp_path / "here", tour.stops)
    (tmp_path / "there").mkdir()
    (root / ".tours").symlink_to(tmp_path / "there")
    with pytest.raises(RepoTourError):
        put_into(str(root), RENDERER, tour, force=True)
    assert not list((tmp_path / "there").iterdir())
    with pytest.raises(RepoTourError) as caught:
        put_into(str(root), find_renderer("json"), tour, force=True)
    assert caught.value.slug == "bad-option"
