import sys


def work(n):
    return n + 1


def busy(limit):
    total = 0
    for n in range(limit):
        total += work(n)
        if n > limit - 3:
            print(sys._getframe().f_lineno)
    total += 1
    raise ValueError(total)


busy(1_200_000)
