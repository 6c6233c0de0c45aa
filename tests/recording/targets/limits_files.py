"""Allows itself small files only, with the signal for larger ones as the system has it: deadly."""

import resource
import signal
import sys

signal.signal(signal.SIGXFSZ, getattr(signal, sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))


def work(number):
    text = "x" * 100  # @work
    return text + str(number)


for number in range(300):
    text = "\n" * number + f"def made_{number}(value):\n    held = value\n    return held\nmade_{number}('{'y' * 100}')"
    exec(compile(text, __file__, "exec"))
    last = work(number)
print(last[-4:], resource.getrlimit(resource.RLIMIT_FSIZE)[0])
with open("small.txt", "w") as handle:
    handle.write("small")
