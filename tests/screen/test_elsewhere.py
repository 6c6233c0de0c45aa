"""What leads out of the replay: commands for editors, links, hits of a search, and the place that is kept."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from repotour import places
from repotour.places import Place, key_of, place_in, remember
from tests.build import COMMIT, a_realistic_tour, a_tour
from tests.screens import a_recorded_tour
from walkthroughs.screen.elsewhere import handles, open_command
from walkthroughs.screen.finding import find
from walkthroughs.tour import Location, Provenance

GITHUB = Provenance(url="https://github.com/example/demo.git", commit=COMMIT)


@pytest.mark.parametrize(
    ("editor", "command"),
    [
        ("vim", "vim +8 'my file.py'"),
        ("emacs -nw", "emacs -nw +8 'my file.py'"),
        ("/usr/bin/code --wait", "/usr/bin/code --wait --goto 'my file.py:8'"),
        ("subl", "subl 'my file.py:8'"),
        ("'unclosed", "'unclosed +8 'my file.py'"),
    ],
)
def test_each_editor_is_told_the_line_in_its_own_way(editor: str, command: str) -> None:
    assert open_command(editor, "my file.py", 8) == command


def test_a_file_name_is_never_an_option_nor_a_command() -> None:
    for name in ("-c quit.py", "+!ls.py", "$(reboot).py", "a;b.py", "x\nrm -rf y.py", "\x1b]0;z\x07.py"):
        texts = [handle.text for handle in handles(Location(name, 3, 5), GITHUB, {"EDITOR": "vim"})]
        assert not any("\n" in text or "\x1b" in text for text in texts)
        words = shlex.split(texts[1])
        assert words[:2] == ["vim", "+3"] and len(words) == 3
        assert not words[2].startswith(("-", "+"))


def test_github_is_linked_only_where_the_lines_are_those_of_the_commit() -> None:
    def links(source: Provenance, file: str = "a b.py") -> list[str]:
        return [handle.text for handle in handles(Location(file, 3, 5), source, {}) if handle.what == "on GitHub"]

    assert links(GITHUB) == [f"https://github.com/example/demo/blob/{COMMIT}/a%20b.py#L3-L5"]
    assert links(replace(GITHUB, dirty=True)) == links(replace(GITHUB, url="")) == []
    assert [handle.what for handle in handles(Location("site-packages/x.py", 1, 1), GITHUB, {})] == ["the place"]


def test_search_finds_stops_source_and_values_in_this_order() -> None:
    hits = find(a_recorded_tour(), "TOTAL")
    assert [hit.where for hit in hits] == [
        "stop 1", "main.py:6", "main.py:8", "main.py:9", "main.py:10", *["main.py:6 binds"], *["main.py:8 binds"] * 2,
    ]  # fmt: skip
    assert [hit.step for hit in hits] == [None, 1, 3, 11, 12, 1, 3, 7]
    assert hits[0].stop == 0
    never = find(a_recorded_tour(), "never")
    assert [(hit.step, hit.line) for hit in never] == [(None, 11)]
    assert find(a_recorded_tour(), "  ") == find(a_recorded_tour(), "nowhere at all") == []
    assert find(a_realistic_tour(), "cross_entropy")[0].stop == 11
    assert len(find(a_realistic_tour(), "e", most=5)) == 5


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "state" / "places.json"
    monkeypatch.setattr(places, "_file", lambda: file)
    return file


def test_a_place_is_kept_by_what_the_tour_is(state: Path) -> None:
    tour = a_recorded_tour()
    assert place_in(tour) is None
    assert remember(tour, Place("data-1", 7)) and place_in(tour) == Place("data-1", 7)
    assert remember(tour, Place("config-1")) and place_in(tour) == Place("config-1")
    other = replace(tour, provenance=replace(tour.provenance, commit="f" * 40))
    assert place_in(other) is None and key_of(other) != key_of(tour)
    assert state.stat().st_mode & 0o077 == 0
    assert "doubling" not in state.read_text(), "the file tells nobody what was read"
    assert list(state.parent.iterdir()) == [state]


def test_only_the_latest_places_are_kept(state: Path) -> None:
    tours = [a_tour(title=f"tour {number}") for number in range(places.KEPT + 5)]
    for tour in tours:
        remember(tour, Place("loss-train-1"))
    kept = json.loads(state.read_text())
    assert list(kept) == [key_of(tour) for tour in tours[5:]]


@pytest.mark.parametrize("content", ["", "[]", "{", '{"KEY": 3}', '{"KEY": {"stop": 3}}', "\x00\xff"])
def test_a_broken_file_of_places_is_no_hindrance(state: Path, content: str) -> None:
    tour = a_recorded_tour()
    state.parent.mkdir()
    state.write_text(content.replace("KEY", key_of(tour)), encoding="utf-8")
    assert place_in(tour) is None
    assert remember(tour, Place("data-1")) and place_in(tour) == Place("data-1")


def test_where_nothing_can_be_written_nothing_is_kept_and_nothing_breaks(state: Path) -> None:
    state.parent.write_text("a file stands where the folder would be")
    assert not remember(a_recorded_tour(), Place("data-1"))
    assert place_in(a_recorded_tour()) is None
