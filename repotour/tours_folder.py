"""The `.tours` folder of a checkout: where editors look for tours, and where `repotour export --into` puts its parts.

Nothing there is touched but files that RepoTour wrote, which are known by a mark inside them, and those only with
`--force`. Host.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tracer.errors import RepoTourError
from walkthroughs.renderers.base import PartsRenderer, Renderer
from walkthroughs.renderers.codetour import MARK
from walkthroughs.tour import Tour
from walkthroughs.writing import write_whole

FOLDER = ".tours"


def put_into(checkout: str, renderer: Renderer, tour: Tour, *, force: bool) -> None:
    """Write a tour's parts into the checkout that it was made of; RepoTourError where that is not what is named."""
    if not isinstance(renderer, PartsRenderer):
        hint = "Only codetour can: repotour export TOUR --to codetour --into CHECKOUT"
        raise RepoTourError(
            f"{renderer.name} has no parts to put into a checkout.", slug="bad-option", hint=hint, exit_code=2
        )
    folder = _checkout_of(checkout, tour) / FOLDER
    if folder.is_symlink():
        hint = "Write the parts elsewhere by hand, or one file with -o."
        raise RepoTourError(f"{folder} leads out of the checkout.", slug="cannot-write", hint=hint)
    parts = renderer.parts(tour)
    former = [path for path in _ours(folder) if path.name not in parts]
    taken = [name for name in parts if (folder / name).exists()]
    if (taken or former) and not force:
        name = taken[0] if taken else former[0].name
        raise RepoTourError(f"{folder / name} exists.", slug="file-exists", hint="Replace what is there with --force.")
    foreign = [name for name in taken if not _is_ours(folder / name)]
    if foreign:
        hint = "Move it away first, or write one file with -o."
        raise RepoTourError(f"{folder / foreign[0]} is not of RepoTour.", slug="file-exists", hint=hint)
    try:
        folder.mkdir(exist_ok=True)
        for path in former:
            path.unlink()
    except OSError as error:
        raise RepoTourError(f"cannot write into {folder}: {error.strerror}.", slug="cannot-write") from error
    for name, text in parts.items():
        write_whole(folder / name, text)
    print(f"Wrote {len(parts)} parts into {folder}", file=sys.stderr)


def _checkout_of(checkout: str, tour: Tour) -> Path:
    """The folder, when the files that the tour tells of are in it."""
    root = Path(checkout)
    if not root.is_dir():
        raise RepoTourError(f"{checkout} is not a folder.", slug="not-a-folder", hint="Name the repository's checkout.")
    files = dict.fromkeys(stop.location.file for stop in tour.stops)
    inside = [file for file in files if not file.startswith(("site-packages/", "<", "/", "../"))]
    missing = [file for file in inside if not (root / file).is_file()]
    if missing:
        hint = "Name the root folder of the repository that the tour was made of."
        raise RepoTourError(
            f"{checkout} has no {missing[0]}, which the tour tells of.", slug="not-its-checkout", hint=hint
        )
    return root


def _ours(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.tour")) if _is_ours(path)]


def _is_ours(path: Path) -> bool:
    """Whether RepoTour wrote a tour of the editor; what cannot be read was not."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(values, dict) and MARK in values
