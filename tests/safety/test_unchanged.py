"""What belongs to the user is byte for byte what it was, whatever a target does."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from safety_fixtures import fingerprint, needs_bubblewrap

from tracer.workspace import LARGE_FILE

Cli = Callable[..., subprocess.CompletedProcess[str]]

VANDAL = """
import os, pathlib, shutil, sys, tempfile

home = pathlib.Path.home()
(home / "results.txt").write_text("x")
(pathlib.Path(os.path.expanduser("~/.cache")) / "thing").write_text("x")
pathlib.Path(os.environ["XDG_CONFIG_HOME"], "settings").write_text("x")
tempfile.mkdtemp(prefix="vandal-")
os.makedirs("../data", exist_ok=True)
assert pathlib.Path("../data/raw.txt").read_text() == "beside"
pathlib.Path("../data/prepared.txt").write_text("x")
os.remove("../data/raw.txt")
os.remove("README.md")
pathlib.Path("model.pt").write_bytes(b"overwritten")
shutil.rmtree("data")
pathlib.Path("link/inside.txt").write_text("through a link")
pathlib.Path("beside/through.txt").write_text("through a link to a folder outside")
pathlib.Path("here/new.txt").write_text("x")
pathlib.Path(os.environ["XDG_CACHE_HOME"], "torch/hub/weights.pth").write_bytes(b"x")
os.chdir("/")
refused = []
for place in sys.argv[1:]:
    for action in (lambda: open(place + "/model.pt", "ab").write(b"x"), lambda: os.remove(place + "/model.pt")):
        try:
            action()
        except OSError as error:
            refused.append(type(error).__name__)
print("refused", len(refused))
"""


@pytest.fixture
def property_of_user(make_repo: Callable[..., Path], private_home: Path, tmp_path: Path) -> tuple[Path, ...]:
    """A repository with links, data beside it, a home with a cache."""
    repo = make_repo(
        files={"vandal.py": VANDAL, "README.md": "r", "data/raw.txt": "d", "model.pt": "w"}, name="mine/toy"
    )
    (tmp_path / "mine/data").mkdir()
    (tmp_path / "mine/data/raw.txt").write_text("beside", encoding="utf-8")
    (repo / "link").symlink_to("data2")
    (repo / "data2").mkdir()
    (repo / "here").symlink_to(repo / "data2")
    (repo / "beside").symlink_to(tmp_path / "mine/data")
    (private_home / "cache/torch/hub").mkdir(parents=True)
    (private_home / "cache/torch/hub/weights.pth").write_text("weights", encoding="utf-8")
    (private_home / "model.pt").write_text("mine", encoding="utf-8")
    (private_home / "state").mkdir()  # where RepoTour itself notes which tours were made
    return repo, tmp_path / "mine", private_home


def untouched(found: dict[str, str], home: Path) -> dict[str, str]:
    """Without the list of tours that RepoTour keeps."""
    return {path: state for path, state in found.items() if not path.startswith(str(home / "state"))}


@pytest.mark.parametrize("option", ["--no-sandbox", "", "--sandbox"])
def test_repository_data_and_home(
    option: str, property_of_user: tuple[Path, ...], run_cli: Cli, tmp_path: Path
) -> None:
    repo, mine, home = property_of_user
    walled = option != "--no-sandbox"
    if walled:
        needs_bubblewrap()
    before = untouched(fingerprint(mine, home), home)
    # Only a wall keeps those out who know where the originals lie.
    known = [str(repo), str(home)] if walled else []
    words = ["run", str(repo), "--out", str(tmp_path / "tour"), *filter(None, [option]), "--", "vandal.py", *known]
    done = run_cli(*words)
    said = (tmp_path / "tour/toy.stdout.log").read_text(encoding="utf-8")
    assert said.strip() == f"refused {4 if walled else 0}", done.stderr + done.stdout
    assert untouched(fingerprint(mine, home), home) == before


def test_a_large_file_behind_a_link_is_protected_by_a_guard(
    make_repo: Callable[..., Path], run_cli: Cli, tmp_path: Path
) -> None:
    needs_bubblewrap()
    program = (
        'import os\ntry:\n    open("large.bin", "r+b").write(b"x")\nexcept OSError as error:\n    print(error.errno)\n'
    )
    repo = make_repo(files={"main.py": program}, name="toy")
    with (repo / "large.bin").open("wb") as file:
        file.truncate(LARGE_FILE + 1)
    before = (repo / "large.bin").read_bytes()[:10], (repo / "large.bin").stat().st_mtime_ns
    run_cli("run", str(repo), "--out", str(tmp_path / "tour"), "--", "main.py")
    assert ((repo / "large.bin").read_bytes()[:10], (repo / "large.bin").stat().st_mtime_ns) == before


def test_without_a_guard_a_change_through_a_link_is_told(
    make_repo: Callable[..., Path], run_cli: Cli, tmp_path: Path
) -> None:
    repo = make_repo(files={"main.py": 'open("large.bin", "r+b").write(b"x")\n'}, name="toy")
    with (repo / "large.bin").open("wb") as file:
        file.truncate(LARGE_FILE + 1)
    done = run_cli("run", str(repo), "--no-sandbox", "--out", str(tmp_path / "tour"), "--", "main.py")
    changed = (repo / "large.bin").read_bytes()[:1] == b"x"
    assert changed == ("large.bin was changed by the program" in done.stderr)
