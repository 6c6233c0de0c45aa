"""Programs that open windows run without a screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from attempting import attempts_of

MakeRepo = Callable[..., Path]

# What the libraries do without a screen, in the words that they have for it.
PLOTTING = {
    "matplotlib/__init__.py": (
        "def use(backend, force=True):\n    if backend != 'Agg':\n"
        "        raise ImportError(\"Cannot load backend 'TkAgg' which requires the 'tk' interactive framework,"
        " as 'headless' is currently running\")\n"
    ),
    "cv2.py": (
        "def imshow(name, image):\n    raise RuntimeError('The function is not implemented. Rebuild the library with"
        " Windows, GTK+ 2.x or Cocoa support')\n\n\ndef waitKey(delay):\n    return imshow('', None)\n"
    ),
}
SHOWING = "import cv2\n\nfor step in range(2):\n    cv2.imshow('frame', step)\n    print(step, cv2.waitKey(1) & 0xFF)\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name, text in PLOTTING.items():
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "site"


def test_images_that_would_be_shown(make_repo: MakeRepo, site: Path) -> None:
    done = attempts_of(make_repo(files={"train.py": SHOWING}), "train.py", extra_path=(site,))
    assert done.slugs == ["windows"]
    assert done.last.out == "0 255\n1 255\n"
    assert "what OpenCV would show in a window was not shown (at train.py:4): there is no screen here" in done.told


def test_a_backend_that_needs_a_screen(make_repo: MakeRepo, site: Path) -> None:
    source = "import matplotlib\n\nmatplotlib.use('TkAgg')\nprint('went on')\n"
    environment = {"PYTHONPATH": str(site)}
    done = attempts_of(make_repo(files={"train.py": source}), "train.py", environment=environment)
    assert done.slugs == ["windows"]
    assert done.last.out == "went on\n"
    assert done.plans[-1].environment["QT_QPA_PLATFORM"] == "offscreen"
    assert "the matplotlib backend TkAgg became Agg (at train.py:3)" in done.told
