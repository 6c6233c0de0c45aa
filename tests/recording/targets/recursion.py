import sys


def factorial(n):
    if n < 2:
        return 1  # @bottom
    return n * factorial(n - 1)  # @deeper


def dive(depth):
    return dive(depth + 1)


def descend(left):
    return 0 if left == 0 else 1 + descend(left - 1)


print(factorial(6))
try:
    dive(0)
except RecursionError as error:
    print("caught", str(error)[:32])  # @caught (on 3.9 the rest is where exactly the limit was met)
after = descend(50)  # @after
open("written.txt", "w").close()


def last():
    done = "recorded"  # @last
    return done


last()
