"""A file that nobody has, whose form the code that reads it tells: made up, as the last way."""

from __future__ import annotations

from tracer.diagnosis import with_shim
from tracer.expected import form_at
from tracer.invented import invented
from tracer.missing import missing
from tracer.remedies import Adaptation, Situation

MOST = 4
"""Files that are made up for one program."""


class MadeUpFile:
    """Writes a table with the columns that are asked for, or a text, into the workspace."""

    order = 910

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where the user allows made-up data, and the reading code says what the file holds."""
        found = missing(situation) if situation.synthetic else None
        if found is None or found.writing or not found.file or found.path.startswith(("/", "~", "<", "../..")):
            return None
        if sum(slug.startswith("synthetic-file:") for slug in situation.tried) >= MOST:
            return None
        root = situation.plan.root
        made = invented(form_at(root, found.file, found.line), root)
        if made is None:
            return None
        text, what = made
        # A name that no tour shows: where the workspace lies is this machine's business.
        row = {"place": str(root / found.path), "path": found.path, "text": text, "what": what}
        plan = with_shim(situation.plan, "synthetic_files", files=[row])
        return Adaptation(
            plan,
            f"{found.path} was made up: {what} (--synthetic-data=never forbids it)",
            f"it is not there, and {found.file}:{found.line} says in what form it is read",
            f"synthetic-file:{found.path}",
        )


REMEDY = MadeUpFile()
