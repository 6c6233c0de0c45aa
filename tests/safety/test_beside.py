"""Data beside a repository are found where its sources speak of them, and nothing else of the folder that holds it."""

from __future__ import annotations

from pathlib import Path

from tracer.beside import beside
from tracer.workspace import Workspace


def test_only_what_is_named_and_not_hidden(tmp_path: Path) -> None:
    repo = tmp_path / "projects" / "toy"
    (repo / "src/deep").mkdir(parents=True)
    for name in ("data/a.csv", "other/x", ".ssh/id", "weights.pt", "data/sub/b.csv"):
        (repo.parent / name).parent.mkdir(parents=True, exist_ok=True)
        (repo.parent / name).write_text(name, encoding="utf-8")
    (repo / "src/deep/load.py").write_text('DATA = "../../../data"\nKEY = "../../../.ssh/id"\n', encoding="utf-8")
    (repo / "src/deep/more.py").write_text('x = "../../../data/sub/b.csv"\ny = "../../x"\n', encoding="utf-8")
    (repo / "run.sh").write_text("python x.py --w ../weights.pt --out ../nowhere ../../etc\n", encoding="utf-8")
    assert beside(repo) == [repo.parent / "data", repo.parent / "weights.pt"]
    with Workspace.create(repo) as workspace:
        assert (workspace.root / "../data/sub/b.csv").read_text(encoding="utf-8") == "data/sub/b.csv"
        (workspace.root / "../data/a.csv").write_text("changed", encoding="utf-8")
        assert {path.name for path in workspace.shell.iterdir()} == {"toy", "data", "weights.pt"}
    assert (repo.parent / "data/a.csv").read_text(encoding="utf-8") == "data/a.csv"


def test_a_repository_that_is_alone_is_not_even_read(tmp_path: Path) -> None:
    (tmp_path / "alone/toy").mkdir(parents=True)
    assert beside(tmp_path / "alone/toy") == []
