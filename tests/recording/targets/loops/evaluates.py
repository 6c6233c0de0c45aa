"""Loops that apply a model without gradients: evaluation is cut short, preparing data is not."""

import time
import torch

model = torch.nn.Linear(2, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
data = [torch.full((1, 2), float(index)) for index in range(40)]


def slowly(items):
    for item in items:
        time.sleep(0.02)
        yield item


@torch.no_grad()
def embed():
    found = []
    for item in slowly(data):
        found.append(model(item))
    return found


@torch.no_grad()
def last_statement(seen):
    for item in slowly(data):
        seen.append(float(model(item).sum()))


def followed():
    total = count = 0
    with torch.no_grad():
        for item in slowly(data):
            total += model(item).sum().item()
            count += 1
    return count, torch.is_grad_enabled()


def nested():
    seen = []
    with torch.no_grad():
        for part in (data[:30], data[10:]):
            for item in slowly(part):
                seen.append(model(item))
    return len(seen), torch.is_grad_enabled()


def outputs():
    for item in slowly(data):
        with torch.no_grad():
            yield model(item)


def by_generator():
    return len([one for one in outputs()]), torch.is_grad_enabled()


def short():
    count = 0
    with torch.no_grad():
        for item in data:
            model(item)
            count += 1
    return count


def train(items):
    for item in items:
        optimizer.zero_grad()
        model(item).sum().backward()
        optimizer.step()
    return torch.is_grad_enabled()


found = embed()
print("before", len(found), train(found))
seen = []
last_statement(seen)
print("last_statement", len(seen) < 35)
print("followed", followed()[0] < 35, torch.is_grad_enabled())
print("nested", 6 <= nested()[0] < 55, torch.is_grad_enabled())
print("by_generator", by_generator()[0] < 35, torch.is_grad_enabled())
print("short", short())
