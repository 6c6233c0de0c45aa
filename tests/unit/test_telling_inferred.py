"""What is said of source that was only read: a sentence for each shape of statement, none where nothing can be said."""

from __future__ import annotations

import pytest
from telling_cases import Case

from walkthroughs.telling.claims import make, rules

CLASS = "class Line(nn.Module):"
FUNCTION = "def fit(self, model, /, data, *, rate=0.1):"
LOOP = "for epoch in range(10):"
STEP = "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)"

TOLD = [
    ("inferred.place", CLASS, "By its text the class `Line` is about the model; it was not run."),
    ("inferred.place", FUNCTION, "By its text the function `fit` is about the model; it was not run."),
    ("inferred.place", STEP, "By its text the model or its optimizer is built here; it was not run."),
    ("inferred.bases", CLASS, "`Line` is derived from `nn.Module`."),
    ("inferred.bases", "class Line:", None),
    ("inferred.bases", STEP, None),
    ("inferred.takes", FUNCTION, "It takes `model`, `data` and `rate`."),
    ("inferred.takes", "def fit(self):", None),
    ("inferred.takes", STEP, None),
    ("inferred.calls", STEP, "It calls `torch.optim.SGD` and `model.parameters`."),
    ("inferred.calls", CLASS, None),
    ("inferred.literals", STEP, "Written there: `lr=0.1`."),
    ("inferred.literals", "rate = 1e-3", "Written there: `rate = 1e-3`."),
    ("inferred.literals", "rate = other", None),
]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("telling"))


def test_every_rule_is_tested() -> None:
    assert {name for name in rules() if name.startswith("inferred.")} == {name for name, _, _ in TOLD}


@pytest.mark.parametrize(("name", "source", "text"), TOLD)
def test_sentence(case: Case, name: str, source: str, text: str | None) -> None:
    found = make(case.scene, name, stage="model", source={"file": "train.py", "line": 1, "text": source})
    assert (found.text if found is not None else None) == text


def test_the_head_of_a_loop_is_one_of_training_only_where_it_is_taken_for_it(case: Case) -> None:
    source = {"file": "train.py", "line": 1, "text": LOOP}
    texts = [make(case.scene, "inferred.place", stage=stage, source=source) for stage in ("train_loop", "data")]
    assert [found.text for found in texts if found is not None] == [
        "By its text this is the head of a loop that trains; it was not run.",
        "By its text data are read or made ready here; it was not run.",
    ]
