"""Training and evaluation as people write them; what is left early must leave torch as it was."""

import sys
import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset

model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
WORKERS = int(sys.argv[1]) if len(sys.argv) > 1 else 0


class Rows(Dataset):
    def __len__(self):
        return 400

    def __getitem__(self, index):
        return torch.full((2,), float(index))


class Stream(IterableDataset):
    def __iter__(self):
        for index in range(400):
            yield torch.full((2,), float(index))


def learn(batch):
    optimizer.zero_grad()
    loss = model(batch / 400).sum()
    loss.backward()
    optimizer.step()


def one_epoch(loader, seen):
    for batch in loader:
        learn(batch)
        seen.append(int(batch[0, 0]))


def epochs(loader):
    seen = []
    one_epoch(loader, seen)
    one_epoch(loader, seen)
    return seen


def counted_epochs(loader):
    seen = []

    def one_epoch():
        for index, batch in enumerate(loader):
            learn(batch)
            seen.append(index)

    one_epoch()
    one_epoch()
    return seen


def no_grad_around_each_step(loader):
    seen = []

    def one_epoch():
        for batch in loader:
            learn(batch)
            with torch.no_grad():
                seen.append(torch.is_grad_enabled())

    one_epoch()
    return seen, torch.is_grad_enabled()


def grad_inside_no_grad():
    seen = []
    with torch.no_grad():
        for _ in range(300):
            with torch.enable_grad():
                learn(torch.ones(1, 2))
            seen.append(torch.is_grad_enabled())
    return seen, torch.is_grad_enabled()


def grad_inside_no_grad_followed():
    seen = []
    with torch.no_grad():
        for _ in range(300):
            with torch.enable_grad():
                learn(torch.ones(1, 2))
            seen.append(torch.is_grad_enabled())
        seen.append("behind")
    return seen, torch.is_grad_enabled()


@torch.enable_grad()
def decorated(seen):
    for _ in range(300):
        learn(torch.ones(1, 2))
        seen.append(torch.is_grad_enabled())


def decorated_in_no_grad():
    seen = []
    with torch.no_grad():
        decorated(seen)
        seen.append(torch.is_grad_enabled())
    return seen, torch.is_grad_enabled()


def anomaly_and_file():
    seen = []
    with open("log.txt", "w") as log, torch.autograd.set_detect_anomaly(True):
        for _ in range(300):
            learn(torch.ones(1, 2))
            seen.append(torch.is_anomaly_enabled())
            log.write("x")
    return seen, torch.is_anomaly_enabled(), log.closed, open("log.txt").read()


def while_in_no_grad():
    seen = []
    with torch.no_grad():
        while len(seen) < 30:
            with torch.enable_grad():
                learn(torch.ones(1, 2))
            seen.append(torch.is_grad_enabled())
    return len(seen), torch.is_grad_enabled()


class Ahead:
    """Loads a batch ahead, as many repositories do."""

    def __init__(self, loader):
        self.loader = loader

    def __iter__(self):
        ahead = None
        for batch in self.loader:
            if ahead is not None:
                yield ahead
            ahead = batch
        yield ahead


def show(name, value):
    print(name, value)


if __name__ == "__main__":
    how = {"num_workers": WORKERS, "persistent_workers": WORKERS > 0}
    loader = DataLoader(Rows(), batch_size=2, **how)
    show("epochs", epochs(loader))
    show("counted_epochs", counted_epochs(loader))
    show("stream", epochs(DataLoader(Stream(), batch_size=2)))
    show("own_sampler", epochs(DataLoader(Rows(), batch_size=2, sampler=list(range(399, -1, -1)))))
    show("ahead", epochs(Ahead(DataLoader(Rows(), batch_size=2))))
    show("zipped", epochs(DataLoader(list(zip(range(400), range(400))), batch_size=2, collate_fn=torch.tensor)))
    show("no_grad_around_each_step", no_grad_around_each_step(loader))
    show("grad_inside_no_grad", grad_inside_no_grad())
    show("grad_inside_no_grad_followed", grad_inside_no_grad_followed())
    show("decorated_in_no_grad", decorated_in_no_grad())
    show("anomaly_and_file", anomaly_and_file())
    show("while_in_no_grad", while_in_no_grad())
    show("gradients", torch.is_grad_enabled())
