"""Left-over breakpoints, with nobody there to answer: the debugger reads the end of its input and quits."""

import pdb
import sys


def before():
    done = "seen"  # @before
    return done


def stopped(ask):
    value = 1
    ask()  # @ask
    return value


def after():
    done = "seen again"  # @after
    return done


pdb.Pdb.use_rawinput = 0
before()
for ask in (breakpoint, pdb.set_trace):
    try:
        stopped(ask)
    except BaseException as error:
        print(type(error).__name__)
    sys.settrace(None)
open("after.txt", "w").close()
after()
print("end")
