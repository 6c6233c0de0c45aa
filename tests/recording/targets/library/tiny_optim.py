"""Stands in for a framework: what trains is what calls `Optimizer.step`, as the plan of the test says."""


class Optimizer:
    steps = 0
    grad = True

    def step(self):
        Optimizer.steps += 1


class no_grad:
    def __enter__(self):
        self.before = Optimizer.grad
        Optimizer.grad = False

    def __exit__(self, *exc):
        Optimizer.grad = self.before


class Estimator:
    def fit(self):
        for _ in range(3):
            self.partial_fit()
        return self

    def partial_fit(self):
        Optimizer.steps += 1


def persist(function):
    """Calls a function until it returns, whatever it raises."""
    while True:
        try:
            return function()
        except BaseException:
            print("again")
