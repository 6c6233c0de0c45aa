"""Arguments that a program demands and that its command does not give. Host side."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.fitting.likely import likely_value
from tracer.fitting.line import free_words, is_option, spelled
from tracer.fitting.subject import Subject, shown
from tracer.remedies import Adaptation
from tracer.survey import Argument


class Required:
    """Fills in required arguments, each with what is likeliest; all or none of those given by their place."""

    order = 10

    def adapt(self, subject: Subject) -> Adaptation | None:
        """Only arguments declared as required; one for which nothing is likely is left to the program to complain."""
        return fill(subject, missing(subject), "the program demands them")


KNOB = Required()


def missing(subject: Subject) -> list[Argument]:
    """The required arguments that the command does not give, in the order of their declaration."""
    known = set(subject.arguments)
    places = [item for item in subject.program.arguments if item.form == "place" and (not item.flags or item in known)]
    free = [word for word in free_words(subject.words, subject.program.arguments) if word not in subject.commands]
    named = [item for item in subject.arguments if item.form != "place" and item.required]
    return [
        *(item for index, item in enumerate(places) if item.required and index >= len(free)),
        *(item for item in named if not subject.is_given(item)),
    ]


def fill(subject: Subject, wanted: Sequence[Argument], why: str) -> Adaptation | None:
    """The plan with the arguments that have a likely value; None when there is none."""
    said, by_place, start = [], [], subject
    places_known = True
    for argument in wanted:
        found = likely_value(subject, argument)
        if found is None:
            places_known = places_known and argument.form != "place"
            continue
        value, origin = found
        if not argument.flags and argument.form != "place":
            plan = subject.with_value(argument, value)
            said.append(f"{shown(subject, plan, argument)}, {origin}")
            subject = subject.on(plan)
            continue
        if argument.form == "place":
            if places_known:
                by_place.append(value)
                said.append(f"{argument.name} = {value}, {origin}")
            continue
        subject = subject.on(subject.with_value(argument, value))
        said.append(f"{' '.join(spelled(argument, value))}, {origin}")
    if by_place:
        subject = subject.on(subject.with_words(_behind_places(subject.words, by_place)))
    if subject.plan == start.plan:
        return None
    return Adaptation(subject.plan, f"arguments were filled in ({'; '.join(said)})", why)


def _behind_places(words: Sequence[str], values: Sequence[str]) -> tuple[str, ...]:
    """Words given by their place go behind those that lead the line, before the first option."""
    first = next((index for index, word in enumerate(words) if is_option(word)), len(words))
    return (*words[:first], *values, *words[first:])
