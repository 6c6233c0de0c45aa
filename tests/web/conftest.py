"""A real Chromium for the page's tests, one for all of them; where there is none they are skipped, loudly."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from walkthroughs.renderers.base import find_renderer
from walkthroughs.tour import Tour

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ELSEWHERE = (
    ROOT / ".venv/chromium/chromium",
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
NO_BROWSER = "no Chromium on this machine: the web page was not tested in a browser; `make browser` brings one"


def chromium() -> str | None:
    """The browser's program: named by $CHROMIUM, on the path, or where `make browser` puts it."""
    named = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    return named or next((str(path) for path in ELSEWHERE if path.exists()), None)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Chromium, headless."""
    program = chromium()
    if program is None:
        pytest.skip(NO_BROWSER)
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed; `make test` installs it"
    )
    home = tmp_path_factory.mktemp("browser-home")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    with playwright.sync_playwright() as running:
        found = running.chromium.launch(executable_path=program, args=arguments, env={**os.environ, "HOME": str(home)})
        yield found
        found.close()


class Opened:
    """A page in the browser, with everything that it complained about."""

    def __init__(self, page: Any, path: Path) -> None:
        self.page = page
        self.path = path
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def go(self, fragment: str = "") -> Any:
        """Load the page anew, at a fragment of its address."""
        self.page.goto("about:blank")
        self.page.goto(self.path.as_uri() + fragment)
        return self.page

    def press(self, *keys: str) -> str:
        """Press keys; gives the fragment of the address where that led to."""
        for key in keys:
            self.page.keyboard.press(key)
        return str(self.page.evaluate("location.hash"))


@pytest.fixture
def open_tour(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Renders a tour and opens it; whatever the page complained about fails the test in the end."""
    opened: list[Opened] = []
    contexts: list[Any] = []

    def opening(tour: Tour, fragment: str = "", **options: Any) -> Opened:
        path = tmp_path / f"page-{len(opened)}.html"
        path.write_text(find_renderer("html").render(tour), encoding="utf-8")
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        contexts.append(context)
        opened.append(Opened(context.new_page(), path))
        opened[-1].go(fragment)
        return opened[-1]

    yield opening
    for context in contexts:
        context.close()
    assert [(one.path.name, one.complaints) for one in opened if one.complaints] == []
    assert [url for one in opened for url in one.requests if not url.startswith(("file:", "about:"))] == []


@pytest.fixture(scope="session")
def sample_tour(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Tour]:
    """The tour of a sample, recorded once by the command that a user types."""
    made: dict[str, Tour] = {}

    def tour_of(sample: str) -> Tour:
        if sample not in made:
            folder = tmp_path_factory.mktemp(sample)
            shutil.copytree(ROOT / "sample_repos" / sample, folder / sample)
            command = [sys.executable, "-m", "repotour", "run", str(folder / sample), "--python", sys.executable]
            command += ["--no-install", "--out", str(folder / "out"), "--quiet"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
            assert done.returncode == 0, done.stderr
            (path,) = (folder / "out").glob("*.tour.json")
            made[sample] = Tour.load(path)
        return made[sample]

    return tour_of
