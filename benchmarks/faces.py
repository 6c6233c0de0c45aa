"""What the faces of a tour weigh, how long they take to be made, and how fast the web page opens.

    python benchmarks/faces.py [TOUR …] [--sample NAME] [--runs 5]

Measured, for each tour: the bytes of every face (`repotour export --to …`) and the median CPU time of rendering it in
this process, after a first time that is dropped. For the web page, in a fresh context of a headless Chromium: the time
from the start of the navigation until its own script has run and the next frame begins (interactive), from the press of
`n` to the frame behind it (a key), and the longest frame while its longest part is scrolled through for a second.

Without tours the samples are recorded first, with the Python that runs this. Two more tours are grown from the first:
40 stops over 5,000 lines, and 400 over 50,000, each with about as many recorded lines as a tour may carry.

How far to trust it. Bytes are exact; CPU times hold within some per cent; what Chromium does is wall time on this
machine, and on a busy one it is an upper bound.

Goal: the page of 40 stops and 5,000 lines under 1.5 MB, interactive in 200 ms; ten times that still scrolls smoothly.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measuring import ROOT
from measuring.grown import grown
from measuring.machine import this_machine

from walkthroughs.renderers.base import all_renderers
from walkthroughs.tour import Tour

SAMPLES = ("shapes_cnn", "char_lm", "spiral_mlp", "digits_trainer", "bandit_pg")
SIZES = {"40 stops, 5,000 lines": (40, 5_000), "400 stops, 50,000 lines": (400, 50_000)}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

WATCH = """addEventListener('DOMContentLoaded', () =>
    requestAnimationFrame(() => { window.repotourOpened = performance.now() }))"""
INTERACTIVE = """() => new Promise(done => { const look = () =>
    window.repotourOpened ? done(window.repotourOpened) : setTimeout(look, 10); look(); })"""
IDLE = "() => new Promise(done => requestIdleCallback(() => done(), {timeout: 5000}))"
ANSWER = """() => new Promise(done => { const start = performance.now();
    document.dispatchEvent(new KeyboardEvent('keydown', {key: 'n', bubbles: true}));
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start), 0)); })"""
SCROLL = """() => new Promise(done => { const all = [...document.querySelectorAll('*')].filter(one =>
    one.scrollHeight > one.clientHeight + 50 && /auto|scroll/.test(getComputedStyle(one).overflowY));
    const longest = all.sort((a, b) => b.scrollHeight - a.scrollHeight)[0] || document.scrollingElement;
    let last = performance.now(), worst = 0; const start = last;
    function next(now) { worst = Math.max(worst, now - last); last = now; longest.scrollTop += 400;
      now - start < 1000 ? requestAnimationFrame(next) : done(worst); }
    requestAnimationFrame(next); })"""


def main() -> int:
    """Record, grow, measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tours", nargs="*", type=Path, metavar="TOUR", help="NAME.tour.json files (the samples)")
    parser.add_argument("--sample", action="append", choices=SAMPLES, metavar="NAME", help="only these samples")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="renderings and openings of each face (5)")
    args = parser.parse_args()
    print(this_machine().line(), file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="repotour-bench-") as folder:
        scratch = Path(folder)
        tours = {path.name.removesuffix(".tour.json"): Tour.load(path) for path in args.tours}
        tours = tours or dict(recorded(args.sample or SAMPLES, scratch))
        first = next(tour for tour in tours.values() if tour.recording is not None)
        tours |= {name: grown(first, stops=stops, lines=lines) for name, (stops, lines) in SIZES.items()}
        print(*weights(tours, args.runs), "", *openings(tours, scratch, args.runs), sep="\n")
    return 0


def recorded(samples: tuple[str, ...] | list[str], scratch: Path) -> Iterator[tuple[str, Tour]]:
    """The tours of the samples, recorded as a user would."""
    for sample in samples:
        print(f"recording {sample}", file=sys.stderr)
        shutil.copytree(ROOT / "sample_repos" / sample, scratch / sample)
        command = [sys.executable, "-m", "repotour", "run", str(scratch / sample), "--python", sys.executable]
        command += ["--no-install", "--quiet", "--out", str(scratch / "tours" / sample)]
        subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        (path,) = (scratch / "tours" / sample).glob("*.tour.json")
        yield sample, Tour.load(path)


def weights(tours: dict[str, Tour], runs: int) -> Iterator[str]:
    """A row for each tour: the size of the tour file, and of each face with the time that it takes to make it."""
    faces = [renderer for renderer in all_renderers().values() if renderer.name != "json"]
    yield "| Tour | tour file | " + " | ".join(face.name for face in faces) + " |"
    yield "| --- |" + " ---: |" * (len(faces) + 1)
    for name, tour in tours.items():
        cells = [size(len(tour.to_text().encode("utf-8", "replace")))]
        for face in faces:
            text = face.render(tour)
            seconds = statistics.median(timed(face, tour) for _ in range(runs))
            cells.append(f"{size(len(text.encode('utf-8', 'replace')))}, {seconds * 1000:.0f} ms")
        yield f"| {name} | " + " | ".join(cells) + " |"


def timed(face: Any, tour: Tour) -> float:
    """Seconds of CPU time of one rendering."""
    start = time.process_time()
    face.render(tour)
    return time.process_time() - start


def openings(tours: dict[str, Tour], scratch: Path, runs: int) -> Iterator[str]:
    """A row for each tour: how fast its web page opens, answers and scrolls."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        yield "No Chromium on this machine: the web page was not opened."
        return
    from playwright.sync_api import sync_playwright

    yield "| Web page of | stops | lines | recorded lines | size | interactive | a key | longest frame, scrolling |"
    yield "| --- |" + " ---: |" * 7
    with sync_playwright() as running:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = running.chromium.launch(executable_path=program, args=arguments)
        for number, (name, tour) in enumerate(tours.items()):
            page = scratch / f"{number}.html"
            page.write_text(all_renderers()["html"].render(tour), encoding="utf-8")
            rows = [opened(browser, page) for _ in range(runs + 1)][1:]
            shown = [f"{statistics.median(column):.0f} ms" for column in zip(*rows, strict=True)]
            recording = tour.recording
            lines = sum(source.length for source in recording.sources) if recording else 0
            steps = len(recording.order) if recording else 0
            counts = [f"{len(tour.stops)}", f"{lines:,}", f"{steps:,}", size(page.stat().st_size)]
            yield f"| {name} | " + " | ".join([*counts, *shown]) + " |"
        browser.close()


def opened(browser: Any, path: Path) -> tuple[float, float, float]:
    """Milliseconds until the page is interactive, until it answers a key, and of its longest frame while scrolling."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(path.as_uri(), wait_until="domcontentloaded")
    interactive = page.evaluate(INTERACTIVE)
    page.evaluate(IDLE)
    answered = page.evaluate(ANSWER)
    page.evaluate(IDLE)
    longest = page.evaluate(SCROLL)
    context.close()
    return interactive, answered, longest


def size(count: int) -> str:
    """`12 kB`, `1.4 MB`."""
    return f"{count / 1e6:.1f} MB" if count >= 999_500 else f"{count / 1000:.0f} kB"


if __name__ == "__main__":
    sys.exit(main())
