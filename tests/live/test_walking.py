"""A live walk in a pseudo-terminal: the program really stands still at the stops of its tour, under ipdb."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT

from walkthroughs.prose import bare
from walkthroughs.tour import Stop, Tour

HEAD = re.compile(r"^\[(\d+)/\d+\] ", re.MULTILINE)

TRAINER = """\
import torch

def data():
    for _ in range(50):
        x = torch.randn(4, 3)
        yield x, x.sum(1, keepdim=True)

def train():
    model = torch.nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    passes = 0
    for x, y in data():
        loss = ((model(x) - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        passes += 1
    print("passes:", passes)
    return model

if __name__ == "__main__":
    train()
"""


def stop_titled(tour: Tour, words: str) -> Stop:
    return next(stop for stop in tour.stops if words in bare(stop.title))


@pytest.mark.parametrize("sample", ["digits_trainer", "bandit_pg"])
def test_a_sample_is_walked_from_its_start_to_its_last_stop(sample, sample_tour, walk) -> None:
    path = sample_tour(sample)
    tour = Tour.load(path)
    terminal = walk(path, "--repo", ROOT)
    met: list[int] = []
    while terminal.goes_on():
        met += [int(number) for number in HEAD.findall(terminal.latest)]
        terminal.child.sendline("nextstop")
    expected = {number for number, stop in enumerate(tour.stops, 1) if stop.chapter == "main" and stop.step is not None}
    assert expected <= set(met) and len(met) == len(set(met))
    assert "Traceback" not in terminal.text and "Then, and now where it differs" in terminal.text
    terminal.child.close()
    assert terminal.child.exitstatus == 0


def test_the_words_of_the_tour_work_at_a_stop(sample_tour, walk) -> None:
    path = sample_tour("digits_trainer")
    tour = Tour.load(path)
    stop = stop_titled(tour, "logits in Trainer.train_epoch")
    terminal = walk(path, "--repo", ROOT, "--stop", stop.id)
    assert f"--> {stop.location.line}" in terminal.prompt()
    shapes = terminal.say("shape x @ self.model.params['w1']")
    assert "x: numpy.ndarray (50, 144) float64" in shapes
    assert "x @ self.model.params['w1']: numpy.ndarray (50, 128) float64" in shapes
    why = terminal.say("why")
    assert "train_epoch  sample_repos/digits_trainer/digits/trainer.py" in why and "because" in why
    assert f"> {tour.stops.index(stop) + 1:2d}  " in terminal.say("tour")
    assert "noted at" in terminal.say("note the weights are (144, 128)")
    assert "(50, 144)" in terminal.say("pp x.shape")
    assert "def forward" in terminal.say("s")
    assert "Evaluation" in terminal.say("stage evaluation")
    assert "no stop of the stage 'nowhere'" in terminal.say("stage nowhere")
    assert terminal.end("q")[1] == 0
    notes = Tour.load(path).notes_by_reader
    assert [(note["text"], note["stop"]) for note in notes] == [("the weights are (144, 128)", stop.id)]


def test_a_repository_without_a_tour_is_walked_by_reading_and_a_loop_is_left(make_repo, walk) -> None:
    folder = make_repo(files={"train.py": TRAINER})
    terminal = walk(folder, "--stage", "backward")
    assert "(found by reading, never seen to run before)" in terminal.prompt()
    terminal.say("tbreak train.py:18")
    said = terminal.say("leave")
    assert "leaving the loop at train.py:12" in said
    for _ in range(20):  # stops that lie on the way, in the pass that is still running
        if "--> 18" in said:
            break
        said = terminal.say("c")
    assert terminal.say("p passes").splitlines()[-1].strip() == "1", "it is left when the second pass begins"
    rest, status = terminal.end("c")
    assert "passes: 1" in rest and status == 0


def test_ipdb_completes_and_breaks_on_conditions(make_repo, walk) -> None:
    folder = make_repo(files={"train.py": TRAINER})
    terminal = walk(folder, "--stage", "optimizer_step", simple=False)
    terminal.prompt()
    terminal.child.send("optim")
    terminal.child.expect("optim")
    terminal.child.send("\t")
    terminal.child.expect("izer")
    terminal.child.sendline("")
    terminal.child.expect(r"SGD \(")
    terminal.child.sendline("b train.py:17, passes == 20")
    terminal.child.expect("Breakpoint 1 at")
    for _ in range(12):  # past the stops of the tour that lie on the way
        terminal.prompt()
        terminal.say("c")
        terminal.child.sendline("!print('passes', locals().get('passes'), 'now')")
        if terminal.child.expect(["passes 20 now", r"passes \w+ now"]) == 0:
            break
    else:
        pytest.fail("the breakpoint was never met")
    terminal.prompt()
    assert terminal.end("q")[1] == 0


def test_without_a_terminal_there_is_no_walk(make_repo, run_cli) -> None:
    done = run_cli("debug", str(make_repo(files={"train.py": TRAINER})))
    assert done.returncode == 2 and "needs a terminal" in done.stderr and "Traceback" not in done.stderr
