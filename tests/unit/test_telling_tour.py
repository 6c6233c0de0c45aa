"""`tell` over the findings of a small trace: the wording as a whole, links, general knowledge, evidence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from telling_traces import TRAIN, program, story

from tracer.location import Location
from tracer.stages import Stage
from walkthroughs.notes.stages import GENERAL
from walkthroughs.story import Chapter, Finding, Story
from walkthroughs.telling import TITLE, Telling, Witness, rederive, tell

WORDING = {
    "config": (
        "Configuration: 2 options parsed in main()",
        (
            "`argparse.ArgumentParser.parse_args` gave 2 options: `lr` = 0.5 and `steps` = 100. The program "
            "was started as `train.py --lr 0.5`. The command line names `lr`; the other 1 is not named "
            "there.\n\n*Configuration is what a user can change about a run without editing its code.*"
        ),
    ),
    "train_loop": (
        "Training loop: for step in range(steps)",
        (
            "The repository's comment above it says “repeat until it is good”. The loop iterates over "
            "`range(steps)`. On the first iteration, `step` was 0.\n\nThe optimizer, an object of class "
            "`torch.optim.SGD`, stepped inside it, on line 19 of `train.py` (in `train`). The tour left "
            "this loop after 3 iterations, so figures computed after it are not the program's own.\n\n*A "
            "training loop repeats: predict, measure the error, compute gradients, update the parameters.*"
        ),
    ),
    "forward": (
        "Forward pass: forward()",
        (
            "The repository describes `forward` as “Multiply the input by the weight”. On the first visit "
            "`forward` received `x` = a float32 tensor of shape (8,) with values from -1.0 to 1.0 and `w` = "
            "a float32 tensor of shape (1,) with the one value 0.5. It returned a float32 tensor of shape "
            "(8,) with values from 0.0 to 1.0. In this run `forward` was called 3 times from line 16 of "
            "`train.py` (in `train`).\n\n*The forward pass computes the model's output from its input.*"
        ),
    ),
    "loss": (
        "Loss: loss in train()",
        (
            "The repository's comment behind it says “squared error”. The first time, `loss` became 4.0 (a "
            "float32 tensor of one element), and this very object is the one on which gradients were "
            "computed, on line 18 of `train.py` (in `train`). The line reads `y` (a float32 tensor of shape "
            "(8,)). In the first 3 backward passes from that line, gradients were computed on 4.0, 2.0 and "
            "1.0.\n\n`y` is the very object that `forward` returned.\n\n*The loss is one number that says how "
            "wrong the output is; training tries to make it small.*"
        ),
    ),
    "backward": (
        "Backward pass: gradients of loss in train()",
        (
            "The first time, gradients were computed on 4.0 (a float32 tensor of one element), the object "
            "bound to `loss` on line 17 of `train.py` (in `train`). The last operation that made this "
            "value, as autograd names it, is `MeanBackward0`.\n\n*The backward pass computes how the loss "
            "would change if each parameter changed a little.*"
        ),
    ),
    "optimizer_step": (
        "Optimizer step: SGD in train()",
        (
            "The first time, the optimizer, an object of class `torch.optim.SGD`, stepped with learning "
            "rate 0.5. The largest gradient norm was 2.5 for `w` of shape (1,), the smallest about 0.125 "
            "for `big` of shape (2000, 1000).\n\nUp to 48 numbers of each parameter tensor were compared "
            "before and after: 1 of 2 parameter tensors changed, the largest change being 0.5 in `w` of "
            "shape (1,).\n\n*An optimizer step uses the gradients to change the parameters so that the loss "
            "should fall.*"
        ),
    ),
    "evaluation": (
        "Evaluation: print('final loss', final)",
        (
            "The line reads `final` (1.0). This line printed `final loss 1.0`. The tour had already left "
            "the training loop on line 15 of `train.py` (in `train`) after 3 iterations, so figures here "
            "are not the program's own.\n\n*Evaluation measures the model without training it, best on data "
            "that training has not used.*"
        ),
    ),
}


def findings(chapter: Chapter) -> list[Finding]:
    """One finding of each stage of the small program."""
    trace = chapter.trace
    first = {name: trace.landmarks(name)[0] for name in ("config", "backward", "optimizer_step")}
    line = {line.line: line.seq for _, line in reversed(list(trace.lines()))}
    rows = [
        (Stage.CONFIG, 24, 24, "main", "parse", 1, first["config"].seq, {"event": first["config"]}),
        (Stage.TRAIN_LOOP, 15, 15, "train", "header", 2, line[15], {}),
        (Stage.FORWARD, 5, 10, "forward", "definition", 3, trace.frames[3].seq, {"code": trace.frames[3].code}),
        (Stage.LOSS, 17, 17, "train", "value", 2, line[17], {"event": first["backward"]}),
        (Stage.BACKWARD, 18, 18, "train", "call", 2, first["backward"].seq, {"event": first["backward"]}),
        (
            Stage.OPTIMIZER_STEP,
            19,
            19,
            "train",
            "call",
            2,
            first["optimizer_step"].seq,
            {"event": first["optimizer_step"]},
        ),
        (Stage.EVALUATION, 26, 26, "main", "report", 1, line[26], {}),
    ]
    return [
        Finding(
            stage,
            Location("train.py", start, end, name),
            "seen",
            role,
            chapter.number,
            seq,
            frame=frame,
            facts=facts,
            seqs=(first["optimizer_step"].seq,) if stage is Stage.TRAIN_LOOP else (seq,),
        )
        for stage, start, end, name, role, frame, seq, facts in rows
    ]


def told(folder: Path) -> tuple[Story, list[Finding], list[Telling]]:
    """The small program told."""
    found = story(folder, program())
    rows = findings(found.chapters[0])
    return found, rows, tell(found, rows)


def test_wording(tmp_path: Path) -> None:
    _, rows, tellings = told(tmp_path)
    assert {
        row.stage.value: (telling.title, telling.note) for row, telling in zip(rows, tellings, strict=True)
    } == WORDING


def test_every_sentence_is_a_claim_and_every_claim_is_derived_again(tmp_path: Path) -> None:
    found, _, tellings = told(tmp_path)
    witness = Witness(found)
    for telling in tellings:
        assert telling.title == telling.claims[0].text and telling.claims[0].rule.startswith(TITLE)
        note = " ".join(telling.note.split())
        for claim in telling.claims:
            assert rederive(witness, claim) == claim
            if not claim.rule.startswith(TITLE):
                assert claim.text in note
                note = note.replace(claim.text, "", 1)
        assert note.strip().strip("*") in GENERAL.values()


def test_a_changed_number_is_noticed(tmp_path: Path) -> None:
    found, _, tellings = told(tmp_path)
    claim = next(claim for telling in tellings for claim in telling.claims if claim.rule == "loss.value")
    again = rederive(Witness(found), replace(claim, text=claim.text.replace("4.0", "0.4")))
    assert again == claim and "0.4 " not in claim.text


def test_general_knowledge_is_said_once_per_stage(tmp_path: Path) -> None:
    found = story(tmp_path, program())
    rows = findings(found.chapters[0])
    first, second = tell(found, [rows[3], rows[3]])
    assert first.note.endswith(f"*{GENERAL[Stage.LOSS]}*")
    assert "*" not in second.note and second.note.split("\n\n")[0] in first.note


def test_every_stage_has_one_sentence_of_general_knowledge() -> None:
    assert set(GENERAL) == set(Stage)
    for text in GENERAL.values():
        assert text.endswith(".") and "*" not in text


def test_objects_are_not_linked_across_programs(tmp_path: Path) -> None:
    """Identities are counted in each process from one: equal numbers in two programs mean nothing."""
    found = story(tmp_path, program("before-1"), program())
    one, other = (findings(chapter) for chapter in found.chapters)
    loss = tell(found, [one[2], other[3]])[1]
    assert not [claim for claim in loss.claims if claim.rule == "links.same"]
    assert [claim for claim in tell(found, [other[2], other[3]])[1].claims if claim.rule == "links.same"]


def test_without_the_source_nothing_of_it_is_said(tmp_path: Path) -> None:
    found = story(tmp_path, program())
    (tmp_path / "train.py").unlink()
    for telling in tell(found, findings(found.chapters[0])):
        assert "repository's" not in telling.note and telling.title and telling.note


def test_a_function_that_is_never_left_early_has_no_caveat(tmp_path: Path) -> None:
    made = program()
    made.rows = [row for row in made.rows if row["kind"] != "fast_forward"]
    found = story(tmp_path, made)
    notes = " ".join(telling.note for telling in tell(found, findings(found.chapters[0])))
    assert "the program's own" not in notes
    assert "Its body ran 3 times in this run." in notes
    assert found.chapters[0].trace.codes[TRAIN].name == "train"
