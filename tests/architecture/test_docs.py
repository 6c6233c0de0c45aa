"""The pages for people speak of what is there: commands, files, samples."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sources import ROOT

from repotour.cli import find_commands

PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "sample_repos/README.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_on_the_page_exist(page: Path) -> None:
    spoken = set(re.findall(r"(?:^|`)repotour ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE))
    assert spoken <= {command.name for command in find_commands()}


def test_readme_names_every_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    quiet = {"completion"}  # named by its own help: nobody types it twice
    assert [command.name for command in find_commands() if f"repotour {command.name}" not in text] == sorted(quiet)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    broken = [link for link in targets if "://" not in link and not (page.parent / link).exists()]
    assert broken == []


def test_every_sample_is_in_the_index() -> None:
    text = (ROOT / "sample_repos" / "README.md").read_text(encoding="utf-8")
    samples = [path.parent.name for path in (ROOT / "sample_repos").glob("*/README.md")]
    assert samples
    assert [name for name in samples if f"({name})" not in text or f"sample_repos/{name}" not in text] == []


def test_make_targets_on_the_page_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for page in PAGES:
        for target in re.findall(r"(?:^|`)make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{page.name} speaks of make {target}"
