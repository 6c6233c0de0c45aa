from tiny_optim import Optimizer


def train():
    optimizer = Optimizer()
    for step in range(10):
        pattern = "\d"
        optimizer.step()
    print("done", pattern)


train()
