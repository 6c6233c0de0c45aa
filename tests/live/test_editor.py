"""A walk in an editor: debugpy in the target, and a client of the Debug Adapter Protocol that is not ours."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from dap_client import node_with_client

from repotour.launch_json import write_launch
from tracer.errors import RepoTourError
from walkthroughs.tour import Tour

TRAINER = ROOT / "sample_repos" / "digits_trainer" / "digits" / "trainer.py"


def walked(source: Path, file: Path, line: int, *words: str) -> tuple[str, dict[str, Any]]:
    """What `repotour debug --ui vscode` said, and what a client saw that stopped at a line of its own too."""
    node, given = node_with_client()
    command = [sys.executable, "-m", "repotour", "debug", str(source), *words, "--ui", "vscode"]
    walk = subprocess.Popen(
        [*command, "--python", sys.executable, "--no-install"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert walk.stdout is not None
    said = ""
    for text in walk.stdout:
        said += text
        found = re.search(r"waits for a debugger on 127\.0\.0\.1:(\d+)", text)
        if found:
            break
    else:
        pytest.fail(said)
    client = [node, str(Path(__file__).with_name("walk.js")), found[1], str(file), str(line)]
    done = subprocess.run(client, capture_output=True, text=True, check=False, timeout=120, env=given)
    rest, _ = walk.communicate(timeout=60)
    assert done.returncode == 0, done.stderr + rest
    assert walk.returncode == 0, rest
    configuration = json.loads(said[said.index("{") : said.rindex("}") + 1])["configurations"][0]
    assert configuration["connect"] == {"host": "127.0.0.1", "port": int(found[1])}
    return rest, json.loads(done.stdout)


def test_an_editor_stops_at_each_stop_with_its_note(sample_tour: Callable[[str], Path]) -> None:
    path = sample_tour("digits_trainer")
    tour = Tour.load(path)
    lines = TRAINER.read_text().splitlines()
    own = next(number for number, text in enumerate(lines, 1) if "train_loss = self" in text)
    _, seen = walked(path, TRAINER, own, "--repo", str(ROOT))
    assert seen["breakpoints"] == [own], "the editor hears of its own breakpoints only"
    assert [str(TRAINER), own] in seen["stops"]
    assert {Path(name).is_relative_to(ROOT) for name in seen["functions"]} == {True}, "nothing of ours on the stack"
    for number, stop in enumerate(tour.stops, 1):
        if stop.step is not None:
            assert f"[{number}/{len(tour.stops)}] " in seen["notes"], stop.id


def test_a_process_that_the_program_starts_is_debugged_too(make_repo: Callable[..., Path]) -> None:
    starts = "import subprocess, sys\nsubprocess.run([sys.executable, 'child.py'], check=True)\nprint('over')\n"
    folder = make_repo(files={"train.py": starts, "child.py": "print('the child ran')\n"})
    said, seen = walked(folder, folder / "train.py", 3, "--entry", "train.py")
    assert seen["children"] == 1
    assert "the child ran" in said
    assert [str(folder / "train.py"), 3] in seen["stops"]


def test_a_launch_configuration_is_added_and_replaced(tmp_path: Path) -> None:
    one, two = {"name": "a", "type": "debugpy", "port": 1}, {"name": "b", "type": "debugpy"}
    write_launch(tmp_path, one)
    write_launch(tmp_path, two)
    path = write_launch(tmp_path, {**one, "port": 2})
    assert json.loads(path.read_text())["configurations"] == [two, {**one, "port": 2}]
    path.write_text('{"configurations": [] // mine\n}')
    with pytest.raises(RepoTourError, match="no plain JSON"):
        write_launch(tmp_path, one)
    assert "// mine" in path.read_text()
