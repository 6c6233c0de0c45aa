"""A tour in which every text is one that some face could trip over."""

from __future__ import annotations

from dataclasses import replace

from tests.build import COMMIT, a_realistic_tour, a_stop
from walkthroughs.tour import (
    Branch,
    CallNode,
    Excerpt,
    FileRole,
    History,
    Hyperparameter,
    LineageStep,
    Location,
    Metric,
    Module,
    NotSeen,
    Point,
    Provenance,
    Tour,
    Variable,
)

HOSTILE = (
    "</script><!--<script>alert(1)</script> <b>x</b> [2, 3](x) [64, 10] [#2] [run](command:a.b?[1]) ![i](./x.png) "
    "\x1b[31mred\x07 ``` `a` | pipe \u202e {{data}} ]]> \"quoted\" 'single' end\nsubgraph x; click a b "
    "\\ $y$ ~z~ -->|e|"
)


def hostile_tour() -> Tour:
    """Everything that a tour holds, with hostile text in each of its texts."""
    place = Location("dir [a]/x|y`z\"'<b>.py", 3, 3, HOSTILE)
    value = Variable(HOSTILE, HOSTILE, HOSTILE, dtype=HOSTILE, items=(Variable(HOSTILE, "str", HOSTILE),))
    stop = a_stop(
        HOSTILE,
        "loss",
        title=HOSTILE,
        because=HOSTILE,
        location=place,
        call_stack=(place,),
        excerpt=Excerpt(1, (HOSTILE, "````", f"s = '{HOSTILE}'", "\tend"), (1, 2)),
        variables=(value,),
        note=f">> rm -rf x\n\n{HOSTILE}\n\n- {HOSTILE}\n\n```python\n>> rm -rf x\n{HOSTILE}\n```\n",
        output=HOSTILE,
        history=(Point(0, 1.0), Point(1, "nan")),
    )
    return replace(
        a_realistic_tour(),
        stops=(stop, replace(stop, id="b", stage="evaluation"), replace(stop, id="c", chapter="after-1")),
        title=HOSTILE,
        provenance=Provenance(url=HOSTILE, commit=COMMIT, recorded_at=HOSTILE, python=HOSTILE, folder=HOSTILE),
        command=("python", HOSTILE),
        call_path=CallNode(HOSTILE, 1, HOSTILE, children=(CallNode(HOSTILE, 2, HOSTILE),)),
        files=(FileRole(HOSTILE, HOSTILE, 3),),
        hyperparameters=(Hyperparameter(HOSTILE, HOSTILE, effect=HOSTILE),),
        data_lineage=(LineageStep(HOSTILE, place, value, (1,)), LineageStep(HOSTILE, place, value)),
        model_tree=(Module("", HOSTILE, 3, file=HOSTILE), Module(HOSTILE, HOSTILE, 3, depth=1)),
        histories=(History(HOSTILE, place, (Point(0, 1.0, 0.1), Point(1, float("inf"), 0.2), Point(2, "nan", 0.3))),),
        metrics=(Metric(HOSTILE, HOSTILE, HOSTILE, place),),
        branches=(Branch(HOSTILE, 3, HOSTILE, 1, 0, HOSTILE),),
        not_seen=(NotSeen("backward", HOSTILE),),
    )
