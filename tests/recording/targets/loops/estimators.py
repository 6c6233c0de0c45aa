import tiny_optim


def by_part():
    count = 0
    for _ in range(500):
        estimator.partial_fit()
        count += 1
    return count


def by_fold():
    count = 0
    for _ in range(7):
        estimator.fit()
        count += 1
    return count


estimator = tiny_optim.Estimator()
print(by_part(), by_fold())
