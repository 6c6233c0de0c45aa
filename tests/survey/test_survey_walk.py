"""Which files are listed, and that nothing odd on disk stops the listing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tracer.survey.walk import list_tree, read_text

Plant = Callable[[dict[str, str]], Path]


def test_what_is_not_the_repositorys_own_is_left_out(plant: Plant) -> None:
    root = plant(
        {
            "train.py": "",
            "src/model.py": "",
            "venv/lib/site.py": "",
            "odd_name/pyvenv.cfg": "",
            "odd_name/lib/thing.py": "",
            "node_modules/x/y.py": "",
            ".git/hooks/z.py": "",
            "thing.egg-info/a.py": "",
            "build/lib/model.py": "",
            ".github/workflows/ci.yml": "",
            "explore.ipynb": "{}",
            "README.md": "",
            "picture.png": "",
        }
    )
    tree = list_tree(root)
    assert tree.python == ("train.py", "src/model.py")
    assert tree.notebooks == ("explore.ipynb",)
    assert set(tree.documents) == {"README.md", ".github/workflows/ci.yml"}


def test_loops_of_links_end(plant: Plant) -> None:
    root = plant({"a/b.py": ""})
    (root / "a" / "again").symlink_to(root)
    (root / "self.py").symlink_to(root / "self.py")
    tree = list_tree(root)
    assert "a/b.py" in tree.python
    assert tree.read("self.py") == ""


def test_any_bytes_can_be_read(tmp_path: Path) -> None:
    for name, data, expected in (
        ("utf8_bom.py", b"\xef\xbb\xbfx = 1\r\n", "x = 1\n"),
        ("latin.py", b"# -*- coding: latin-1 -*-\ns = '\xe9'\n", "# -*- coding: latin-1 -*-\ns = 'é'\n"),
        ("undeclared.py", b"s = '\xe9'\n", "s = 'é'\n"),
        ("wrong_name.py", b"# coding: no-such-codec\nx = 1\n", "# coding: no-such-codec\nx = 1\n"),
    ):
        (tmp_path / name).write_bytes(data)
        assert read_text(tmp_path / name) == expected


def test_only_the_beginning_of_a_huge_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "huge.py").write_text("x = 1\n" * 1000)
    assert len(read_text(tmp_path / "huge.py", 60)) == 60
