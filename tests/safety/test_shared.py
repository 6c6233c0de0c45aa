"""What is written beside a tour can be shared: no secret, no home, no user and no host in any of its files."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from safety_fixtures import needs_bubblewrap

from tracer.safety import secrets
from tracer.safety.privacy import Privacy, private_names
from walkthroughs.tour import Tour

Cli = Callable[..., subprocess.CompletedProcess[str]]

IN_SOURCE = "ghp_" + "Zz1Yy2Xx3W" * 3 + "w4Vv5U"
IN_OUTPUT = "hf_" + "QqWwEeRrTtYyUuIiOoPpAaSsDdFfGgHhJj"
IN_COMMAND = "k3y-of-the-command"
IN_ENVIRONMENT = "plain-0123456789-environment"
PASSWORD = "correct-h0rse"

TALKS = f"""
import argparse, os, sys

TOKEN = "{IN_SOURCE}"
HOME_OF_USER = sys.argv[1]


def train(options):
    weights = [0.0, 0.0]
    password = "{PASSWORD}"
    settings = {{"api_key": options.api_key, "lr": 0.1, "where": HOME_OF_USER + "/data"}}
    for step in range(3):
        weights = [weight - settings["lr"] * 0.5 for weight in weights]
    print("logged in as", "{IN_OUTPUT[:10]}" + "{IN_OUTPUT[10:]}", "with", os.environ.get("SERVICE_TOKEN"))
    print("host", __import__("socket").gethostname(), "home", settings["where"], file=sys.stderr)
    raise ValueError("cannot log in with " + password + " and " + TOKEN)


parser = argparse.ArgumentParser()
parser.add_argument("home")
parser.add_argument("--api-key")
train(parser.parse_args())
"""


@pytest.mark.skipif(not secrets.is_complete(), reason="detect-secrets is not installed; `make test` does")
@pytest.mark.parametrize("option", ["--no-sandbox", ""])
def test_nothing_secret_and_nothing_private(
    option: str, make_repo: Callable[..., Path], run_cli: Cli, tmp_path: Path, private_home: Path
) -> None:
    if not option:
        needs_bubblewrap()
    repo = make_repo(files={"main.py": TALKS}, name="toy")
    out = tmp_path / "out"
    command = ["--", "main.py", str(private_home), "--api-key", IN_COMMAND]
    words = ["run", str(repo), *filter(None, [option]), "--keep-env", "SERVICE_TOKEN", "--out", str(out), *command]
    done = run_cli(*words, SERVICE_TOKEN=IN_ENVIRONMENT)
    assert (out / "toy.tour.json").exists(), done.stderr
    written = {path.name: path.read_text(encoding="utf-8") for path in out.iterdir()}
    assert set(written) >= {"toy.tour.json", "ONBOARDING.md", "toy.trace.jsonl", "toy.stdout.log", "toy.stderr.log"}
    names = [name for name, _ in private_names()]
    private = [IN_SOURCE, IN_OUTPUT, IN_COMMAND, IN_ENVIRONMENT, PASSWORD, str(private_home), str(repo), *names]
    found = {(name, word) for name, text in written.items() for word in private if word in text}
    assert found == set()
    # What is not secret is still told.
    assert "logged in as *** with ***" in written["toy.stdout.log"]
    assert "~/data" in written["toy.stderr.log"]
    tour = json.loads(written["toy.tour.json"])
    assert tour["command"] == ["python", "main.py", "~", "--api-key", "***"]
    # The recorded run is in it too: source text, what names were bound to, what was printed and raised.
    recording = tour["recording"]
    bound = {row["name"]: recording["values"][row["value"]]["value"] for row in recording["bound"]}
    assert (bound["TOKEN"], bound["password"]) == ("'***'", "'***'")
    assert any('TOKEN = "***"' in line for part in recording["sources"][0]["parts"] for line in part["lines"])
    assert any("logged in as ***" in row["text"] for row in recording["printed"])
    assert any("***" in row["message"] for row in recording["raised"])
    assert tour["outcome"]["detail"] == "ValueError: cannot log in with correct-h0rse and ***".replace(PASSWORD, "***")


def test_a_shared_tour_is_still_derived_again(make_repo: Callable[..., Path], run_cli: Cli, tmp_path: Path) -> None:
    source = TALKS.replace("raise ValueError", "# raise ValueError")
    repo = make_repo(files={"main.py": source}, name="toy")
    run_cli("run", str(repo), "--out", str(tmp_path / "out"), "--", "main.py", "x", "--api-key", IN_COMMAND)
    assert Tour.load(tmp_path / "out/toy.tour.json").stops
    done = run_cli("verify", str(tmp_path / "out/toy.tour.json"))
    assert (done.returncode, done.stdout.splitlines()[0].endswith(" 0 differ")) == (0, True), done.stdout


def test_a_secret_variable_is_not_there_unless_it_is_kept(
    make_repo: Callable[..., Path], run_cli: Cli, tmp_path: Path
) -> None:
    repo = make_repo(files={"main.py": "import os\nprint(sorted(n for n in os.environ if 'ADA' in n))\n"}, name="toy")
    given = {"ADA_TOKEN": "t", "ADA_API_KEY": "k", "ADA_DATA": "d"}
    run_cli("run", str(repo), "--keep-env", "ADA_API_KEY", "--out", str(tmp_path / "out"), "--", "main.py", **given)
    said = (tmp_path / "out/toy.stdout.log").read_text(encoding="utf-8")
    assert said.strip() == "['ADA_API_KEY', 'ADA_DATA']"


def test_a_program_that_asks_for_it_is_told_how_to_get_it(
    make_repo: Callable[..., Path], run_cli: Cli, tmp_path: Path
) -> None:
    repo = make_repo(files={"main.py": "import os\nos.environ['ADA_TOKEN']\n"}, name="toy")
    done = run_cli("run", str(repo), "--out", str(tmp_path / "out"), "--", "main.py", ADA_TOKEN="t")
    assert "--keep-env ADA_TOKEN lets it through" in done.stderr


def test_a_program_that_wants_the_network_is_told_how_to_get_it(
    make_repo: Callable[..., Path], run_cli: Cli, tmp_path: Path
) -> None:
    needs_bubblewrap()
    program = "import urllib.request\nurllib.request.urlopen('http://example.org/data.zip')\n"
    repo = make_repo(files={"main.py": program}, name="toy")
    out = ["--out", str(tmp_path / "out"), "--synthetic-data", "never"]
    done = run_cli("run", f"file://{repo}", "--yes", *out, "--", "main.py")
    assert "--no-sandbox lets it" in done.stderr


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("/home/ada/project/train.py", "train.py"),
        ("in /home/ada/project.", "in .."),
        ("open('/home/ada/data/x')", "open('~/data/x')"),
        ("file:///home/ada/data", "file://~/data"),
        ("/home/adam/data", "/home/adam/data"),
        ("/mnt/home/ada/x", "/mnt/home/user/x"),
        ("ada on tower-of-ada", "user on host"),
        ("Canada and adadelta, ada_boost", "Canada and adadelta, ada_boost"),
        ("/home/ada", "~"),
        ("\x1b[0m/home/ada/y", "\x1b[0m~/y"),
    ],
)
def test_places_and_names_of_this_machine(text: str, clean: str) -> None:
    places = [(Path("/home/ada"), "~"), (Path("/home/ada/project"), "")]
    privacy = Privacy.of(places, [("tower-of-ada", "host"), ("ada", "user")])
    assert privacy.scrub(text) == clean


def test_common_names_are_no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "localhost")
    monkeypatch.setattr("getpass.getuser", lambda: "train")
    assert private_names() == []
