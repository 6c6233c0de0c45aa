import tiny_optim

optimizer = tiny_optim.Optimizer()


def train():
    while True:
        optimizer.step()  # @step


if __name__ == "__main__":
    try:
        print("training")
    finally:
        pass
    train()
