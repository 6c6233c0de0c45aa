"""What people type as REPO, taken apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.address import Address, parse_address, public_url, slug, split_tail


@pytest.mark.parametrize(
    ("text", "url", "repository", "tail"),
    [
        ("https://github.com/karpathy/nanoGPT", "https://github.com/karpathy/nanoGPT", "nanoGPT", ()),
        ("https://github.com/o/r.git/", "https://github.com/o/r.git", "r", ()),
        ("https://github.com/o/r/tree/main/vision/a b", "https://github.com/o/r", "r", ("main", "vision", "a b")),
        ("https://github.com/o/r/tree/main/a%20b?tab=readme#x", "https://github.com/o/r", "r", ("main", "a b")),
        ("https://gitlab.com/g/sub/r/-/tree/main/x", "https://gitlab.com/g/sub/r", "r", ("main", "x")),
        ("github.com/o/r", "https://github.com/o/r", "r", ()),
        ("git+https://example.org/o/r", "https://example.org/o/r", "r", ()),
        ("ssh://git@example.org:22/o/r.git", "ssh://git@example.org:22/o/r.git", "r", ()),
        ("git@github.com:o/r.git", "git@github.com:o/r.git", "r", ()),
        ("example.org:o/r", "example.org:o/r", "r", ()),
        ("git://example.org/r", "git://example.org/r", "r", ()),
    ],
)
def test_a_url_is_taken_apart(text: str, url: str, repository: str, tail: tuple[str, ...]) -> None:
    address = parse_address(text)
    assert isinstance(address, Address)
    assert (address.url, address.repository, address.tail) == (url, repository, tail)


@pytest.mark.parametrize(
    "text", ["ext::sh -c touch% hacked", "--upload-pack=touch", "C:\\code", "o/r", "data:x", "-x@y.z:w"]
)
def test_what_is_no_url_is_a_path(text: str) -> None:
    assert isinstance(parse_address(text), Path)


def test_an_existing_folder_wins_over_a_shorthand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "github.com" / "o" / "r").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert isinstance(parse_address("github.com/o/r"), Path)


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://user:secret@example.org/o/r?token=1", "https://example.org/o/r"),
        ("https://ghp_token@github.com/o/r", "https://github.com/o/r"),
        ("ssh://ada@example.org/o/r", "ssh://example.org/o/r"),
        ("ssh://git@example.org/o/r", "ssh://git@example.org/o/r"),
        ("git@github.com:o/r.git", "git@github.com:o/r.git"),
        ("ada@example.org:o/r.git", "example.org:o/r.git"),
        ("file:///home/ada/r", ""),
        ("/home/ada/r", ""),
        ("../r", ""),
        ("", ""),
    ],
)
def test_a_public_url_holds_no_secret_and_no_path_of_this_machine(url: str, public: str) -> None:
    assert public_url(url) == public


def test_the_longest_known_reference_of_a_web_page_wins() -> None:
    tail = ("feature", "loss", "vision")
    assert split_tail(tail, frozenset({"feature", "feature/loss"})) == ("feature/loss", "vision")
    assert split_tail(tail, frozenset({"other"})) == ("feature", "loss/vision")


def test_slugs_are_fit_for_file_names() -> None:
    assert slug("nanoGPT", "a/b c") == "nanoGPT-a-b-c"
    assert slug("..", "") == "repository"
    assert len(slug("x" * 200)) == 60
