import tiny_optim

optimizer = tiny_optim.Optimizer()


def train():
    for step in range(1000):
        optimizer.step()
        if step == 999:
            final = "made in the last pass"
    return final.upper()  # @missed


train()
