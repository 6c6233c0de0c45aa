import tiny_optim

optimizer = tiny_optim.Optimizer()


def evaluate(step):
    return step * 2  # @evaluate


def train():
    seen = []
    for step in range(1000):
        optimizer.step()
        if step % 10 == 9:
            seen.append(evaluate(step))
    return seen


print(train())
