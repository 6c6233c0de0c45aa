import sys
import tiny_optim

optimizer = tiny_optim.Optimizer()


class Trainer:
    best = None

    def train(self, count):
        for step in range(count):  # @attribute
            optimizer.step()
            if step == count - 1:
                self.chosen = self.best = "made in the last pass"


def warm_up():
    count = 0
    for _ in range(300):
        optimizer.step()
        count += 1
    return count


def local():
    for step in range(300):  # @local
        optimizer.step()
        if step == 299:
            final = "made in the last pass"
    return final.upper()


def last_of_its_function():
    trainer = Trainer()
    trainer.train(300)
    return trainer.chosen.upper()


def none_before():
    trainer = Trainer()
    trainer.train(300)
    return trainer.best.upper()


def of_its_own():
    for step in range(300):
        optimizer.step()
    return nobody_made_this


print(warm_up(), globals()[sys.argv[1]]())
