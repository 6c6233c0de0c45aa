"""The pictures of this folder, made anew: page, terminal and map of three samples.

    make pictures            or: python docs/pictures.py [--sample NAME] [--tour TOUR --out FOLDER]

The samples are recorded first, from copies that are git repositories with one commit. Page and map are opened in a
headless Chromium ($CHROMIUM, or one on the path); the terminal's screen is run at 120 by 36 and drawn by the browser.
Every picture is kept under 150 kB, with fewer colours where that takes it.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from walkthroughs.tour import Tour

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

SAMPLES = ("shapes_cnn", "char_lm", "spiral_mlp")
STAGE = "loss"
"""The stage of the stop that page and terminal show."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
LARGEST = 150_000
WIDE, NARROW, HIGH = 1280, 1040, 800
SETTLED = 600
"""Milliseconds until a page has drawn itself."""

TERMINAL = (120, 36)


def main() -> int:
    """Record the samples and take their pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sample", action="append", choices=SAMPLES, metavar="NAME", help="only these samples")
    parser.add_argument("--tour", action="append", type=Path, metavar="TOUR", help="of these tours, not of the samples")
    parser.add_argument("--out", type=Path, default=HERE, metavar="FOLDER", help="where the pictures go (this folder)")
    args = parser.parse_args()
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        print("There is no Chromium here; `make browser` brings one.", file=sys.stderr)
        return 1
    from walkthroughs.tour import Tour

    with tempfile.TemporaryDirectory(prefix="repotour-pictures-") as folder:
        scratch = Path(folder)
        paths = {path.name.removesuffix(".tour.json"): path for path in args.tour or ()}
        paths = paths or dict(recorded(args.sample or SAMPLES, scratch))
        tours = {name: Tour.load(path) for name, path in paths.items()}
        # Before the browser: its loop and the one of the terminal's screen cannot run in each other.
        screens = {name: terminal(tour) for name, tour in tours.items()}
        for target, picture in pictures(program, tours, screens, scratch):
            (args.out / target).write_bytes(small(picture))
            print(f"{target}: {(args.out / target).stat().st_size // 1000} kB", file=sys.stderr)
    return 0


def recorded(samples: Sequence[str], scratch: Path) -> Iterator[tuple[str, Path]]:
    """The tours of copies of the samples, each a repository with one commit."""
    who = ["-c", "user.name=RepoTour", "-c", "user.email=repotour@example.org"]
    for sample in samples:
        print(f"recording {sample}", file=sys.stderr)
        copy = scratch / sample
        shutil.copytree(ROOT / "sample_repos" / sample, copy, ignore=shutil.ignore_patterns("__pycache__"))
        url = f"https://github.com/example/{sample}.git"
        for words in (["init", "-q"], ["remote", "add", "origin", url], ["add", "."], [*who, "commit", "-qm", sample]):
            subprocess.run(["git", "-C", str(copy), *words], check=True)
        command = [sys.executable, "-m", "repotour", "run", str(copy), "--python", sys.executable, "--no-install"]
        subprocess.run([*command, "--quiet", "--out", str(scratch / "tours")], check=True, cwd=ROOT, stdout=sys.stderr)
        yield sample, scratch / "tours" / f"{sample}.tour.json"


def told(tour: Tour) -> int:
    """The number of the stop that is shown, from 1."""
    return next((number for number, stop in enumerate(tour.stops, 1) if stop.stage == STAGE), 1)


def terminal(tour: Tour) -> str:
    """The terminal's screen at that stop, as SVG."""
    from walkthroughs.screen.application import ReplayApp
    from walkthroughs.screen.reading import Reading

    async def session() -> str:
        reading = Reading(tour)
        reading.goto_stop(str(told(tour)))
        app = ReplayApp(reading)
        async with app.run_test(size=TERMINAL) as pilot:
            await pilot.pause()
            return app.export_screenshot(title="repotour replay")

    return asyncio.run(session())


def pictures(
    program: str, tours: dict[str, Tour], screens: dict[str, str], scratch: Path
) -> Iterator[tuple[str, bytes]]:
    """Each picture with its file name."""
    from playwright.sync_api import sync_playwright

    from walkthroughs.renderers.base import find_renderer

    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": WIDE, "height": HIGH}, color_scheme="light")
        for name, tour in tours.items():
            made = {kind: scratch / f"{name}.{kind}.html" for kind in ("page", "map", "terminal")}
            made["page"].write_text(find_renderer("html").render(tour), encoding="utf-8")
            made["map"].write_text(find_renderer("map-html").render(tour), encoding="utf-8")
            # Without the fonts that the drawing would fetch from the net.
            svg = re.sub(r"@font-face\s*\{.*?\}", "", screens[name], flags=re.S)
            made["terminal"].write_text(f'<meta charset="utf-8"><body style="margin:0">{svg}', encoding="utf-8")
            page.set_viewport_size({"width": WIDE, "height": HIGH})
            page.goto(made["page"].as_uri() + f"#stop-{told(tour)}")
            page.wait_for_timeout(SETTLED)
            yield f"{name}-page.png", page.screenshot()
            page.goto(made["terminal"].as_uri())
            yield f"{name}-terminal.png", page.locator("svg").first.screenshot()
            page.set_viewport_size({"width": NARROW, "height": HIGH})
            page.goto(made["map"].as_uri())
            figure = page.locator("figure").first.bounding_box()
            height = figure["y"] + figure["height"] + 24 if figure else HIGH
            yield (
                f"{name}-map.png",
                page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": NARROW, "height": height}),
            )
        browser.close()


def small(picture: bytes) -> bytes:
    """A PNG in a palette, of so many colours that it stays under the limit."""
    from PIL import Image

    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in (256, 128, 64, 32):
        kept = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(kept, "PNG", optimize=True)
        if kept.tell() < LARGEST:
            break
    return kept.getvalue()


if __name__ == "__main__":
    sys.exit(main())
