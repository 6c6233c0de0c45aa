"""The home that a target gets: what libraries had downloaded can be read, and nothing that is written reaches it."""

from __future__ import annotations

import os
from pathlib import Path

from tracer.safety import home
from tracer.safety.home import SMALL_FILE, make_home


def hub(real: Path) -> Path:
    """A cache of Hugging Face as it lies on a disk, with the token of an account beside it."""
    model = real / ".cache/huggingface/hub/models--gpt2"
    (model / "blobs").mkdir(parents=True)
    (model / "snapshots/abc").mkdir(parents=True)
    (model / "refs").mkdir()
    (model / "refs/main").write_text("abc", encoding="utf-8")
    (model / "blobs/b1").write_bytes(b"w" * (SMALL_FILE + 1))
    (model / "snapshots/abc/model.bin").symlink_to("../../blobs/b1")
    (real / ".cache/huggingface/token").write_text("secret", encoding="utf-8")
    return model


def test_a_cache_is_readable_and_what_is_written_stays_in_the_scratch(tmp_path: Path) -> None:
    real = tmp_path / "real"
    model = hub(real)
    made = make_home(tmp_path / "home", tmp_path / "tmp", {"HOME": str(real)})
    seen = made.folder / ".cache/huggingface/hub/models--gpt2"
    assert (seen / "snapshots/abc/model.bin").stat().st_size == SMALL_FILE + 1
    assert made.exposed == [model / "blobs/b1"]
    (seen / "refs/main").write_text("changed", encoding="utf-8")
    (seen / "snapshots/abc/new").write_text("new", encoding="utf-8")
    os.replace(seen / "refs/main", seen / "blobs/b1")
    assert (model / "refs/main").read_text(encoding="utf-8") == "abc"
    assert not (model / "snapshots/abc/new").exists()
    assert (model / "blobs/b1").stat().st_size == SMALL_FILE + 1
    assert not (made.folder / ".cache/huggingface/token").exists()


def test_a_cache_that_lies_elsewhere_is_led_to(tmp_path: Path) -> None:
    (tmp_path / "big/hub/checkpoints").mkdir(parents=True)
    (tmp_path / "big/hub/checkpoints/resnet.pth").write_text("w", encoding="utf-8")
    given = {"HOME": str(tmp_path / "real"), "TORCH_HOME": str(tmp_path / "big")}
    made = make_home(tmp_path / "home", tmp_path / "tmp", given)
    there = Path(made.variables["TORCH_HOME"])
    assert there.is_relative_to(made.folder)
    assert (there / "hub/checkpoints/resnet.pth").read_text(encoding="utf-8") == "w"


def test_nothing_but_caches_is_there(tmp_path: Path) -> None:
    real = tmp_path / "real"
    for name in (
        ".ssh/id_ed25519",
        ".netrc",
        ".aws/credentials",
        ".kaggle/kaggle.json",
        ".config/gcloud/x",
        "thesis.tex",
    ):
        (real / name).parent.mkdir(parents=True, exist_ok=True)
        (real / name).write_text("private", encoding="utf-8")
    made = make_home(tmp_path / "home", tmp_path / "tmp", {"HOME": str(real)})
    assert [path for path in made.folder.rglob("*") if not path.is_dir()] == []


def test_the_interpreters_own_packages_stay(tmp_path: Path) -> None:
    (tmp_path / "real/.local/lib/python3.11/site-packages").mkdir(parents=True)
    made = make_home(tmp_path / "home", tmp_path / "tmp", {"HOME": str(tmp_path / "real")})
    assert made.variables["PYTHONUSERBASE"] == str(tmp_path / "real/.local")


def test_a_cache_of_very_many_files_is_linked_where_it_lies_deep(tmp_path: Path) -> None:
    real = tmp_path / "real/nltk_data/corpora"
    for number in range(30):
        (real / str(number)).mkdir(parents=True)
        (real / str(number) / "text").write_text("t", encoding="utf-8")
    stand_in = home.StandIn(tmp_path / "home", _left=10)
    stand_in.offer(tmp_path / "real/nltk_data", tmp_path / "home/nltk_data")
    assert (tmp_path / "home/nltk_data/corpora/7/text").read_text(encoding="utf-8") == "t"
    assert not (tmp_path / "home/nltk_data/corpora").is_symlink()
    assert (tmp_path / "home/nltk_data/corpora/7").is_symlink()
    assert len(stand_in.exposed) == 30
