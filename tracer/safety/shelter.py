"""What one run of a foreign program gets: an environment without secrets, a home of its own, a sandbox. Host."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.safety import sandbox as sandboxes
from tracer.safety.home import make_home
from tracer.safety.variables import secret_values, without_secrets

if TYPE_CHECKING:
    from tracer.safety.sandbox import Sandbox
    from tracer.workspace import Workspace

NEUTRAL = {"USER": "user", "LOGNAME": "user", "USERNAME": "user"}
"""Who the target is told to be."""

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
}
"""Where there is no network, libraries that know it say at once what is missing, and do not try for minutes."""

INSTALLERS = {"PIP_DRY_RUN": "1", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "UV_OFFLINE": "1"}
"""A program that calls pip finds what is there; it installs nothing into an environment that is not ours."""


@dataclass(frozen=True, slots=True)
class Shelter:
    """Where a target runs and what it may see.

    `folder` is the scratch folder all of it lies in; None: no shelter, the target gets the environment as it is, as
    tests of the recorder want it. `secrets` are texts that may not appear in anything that is kept.
    """

    folder: Path | None = None
    variables: dict[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)
    sandbox: Sandbox | None = None
    obstacle: str = ""
    """Why there is no sandbox though one was wanted."""
    checkout: Path | None = None
    """Where the repository itself lies."""
    python: str = ""
    """The interpreter that runs its programs."""

    def environment(self, given: Mapping[str, str]) -> dict[str, str]:
        """The variables that the target sees of the user's, and those that lead it into the shelter."""
        if self.folder is None:
            return dict(given)
        return without_secrets(given, self.keep) | self.variables

    @property
    def is_offline(self) -> bool:
        """Whether the target has no network."""
        return self.sandbox is not None and self.sandbox.closed

    def kept_back(self, text: str) -> list[str]:
        """Variables that are set here, that the target did not get, and that a text of its speaks of."""
        if self.folder is None:
            return []
        missing = os.environ.keys() - self.environment(os.environ).keys()
        return sorted(name for name in missing if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text))

    def command(self, words: list[str], folder: Path, visible: Iterable[Path] = ()) -> list[str]:
        """The words that start a program in `folder`, in the sandbox if there is one."""
        return self.sandbox.wrap(words, folder, visible) if self.sandbox is not None else words

    @property
    def mark(self) -> str:
        """A `NAME=value` in the environment of all that was started here, and of nothing else; "" without a shelter."""
        return f"TMPDIR={self.variables['TMPDIR']}" if "TMPDIR" in self.variables else ""

    def place(self, name: str) -> Path:
        """A folder in the shelter for what we ourselves put there."""
        assert self.folder is not None
        path = self.folder / name
        path.mkdir(mode=0o700, exist_ok=True)
        return path


def make_shelter(
    workspace: Workspace,
    checkout: Path,
    *,
    python: str = "",
    version: tuple[int, ...] = (),
    remote: bool = False,
    sandbox: bool | None = None,
    keep: Iterable[str] = (),
) -> Shelter:
    """The shelter for the programs of one workspace.

    `remote`: the code comes from a URL. `sandbox`: True wants the strong one, False none, None leaves it to us: the
    strong one for code from a URL, else a guard for the user's own files, each where it works. `keep` are variables.
    `python` is the interpreter that runs them, `version` its version.
    """
    folder = workspace.shell
    home = Path(os.environ.get("HOME") or Path.home())
    stand_in = make_home(folder / ".home", folder / ".t", os.environ)
    linked = (*workspace.exposed, *stand_in.offered)
    wall: Sandbox | None = None
    obstacle = "" if sandbox is False else sandboxes.obstacle()
    strong = sandbox is True or (sandbox is None and remote)
    if sandbox is not False and not obstacle:
        sandboxes.compile_recorder(python, version)
        wall = (
            sandboxes.closed(folder, folder / ".t", home, linked)
            if strong
            else sandboxes.guard(folder, home, (checkout, *linked))
        )
    variables = stand_in.variables | NEUTRAL | INSTALLERS | (OFFLINE if wall is not None and wall.closed else {})
    names = tuple(keep)
    return Shelter(
        folder,
        {name: value for name, value in variables.items() if name not in names},
        names,
        tuple(secret_values(os.environ)),
        wall,
        obstacle if strong else "",
        checkout,
        python,
    )
