import tiny_optim

optimizer = tiny_optim.Optimizer()


def train():
    print("training")
    while True:
        optimizer.step()


tiny_optim.persist(train)
