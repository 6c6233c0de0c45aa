"""A file is not there that a program of the repository writes: that program runs first."""

from __future__ import annotations

import os

from tracer.missing import missing
from tracer.producers import producer_of
from tracer.remedies import Adaptation, Situation


class PreparedData:
    """Runs the program that writes what is missing, as the repository says or plainly."""

    order = 200

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where a program of the repository names the file where it writes, or the failure names the program."""
        found = missing(situation)
        if found is None or situation.survey is None or found.writing:
            return None
        plan = situation.plan
        script = os.path.normpath(os.path.join(plan.folder, plan.argv[0])).replace(os.sep, "/")
        readers = (script, situation.entry.file if situation.entry is not None else "", found.file)
        said = "\n".join((situation.message, situation.printed))
        producer = producer_of(plan.root, situation.survey, found.path, said, readers)
        if producer is None:
            return None
        why = f"{found.path} is not there, and {producer.why}"
        slug = f"prepare:{producer.file}:{found.path}"
        return Adaptation(plan, f"{producer.command.shown} was run first", why, slug, (producer.command,))


REMEDY = PreparedData()
