"""Takes every trace function away, and goes on."""
import sys


def step(number):
    return number + 1


sys.settrace(None)
total = step(1)
if sys.argv[1] == "opens":
    open("after.txt", "w").close()
    total = step(total)  # @after
