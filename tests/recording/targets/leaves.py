import atexit
import os
import sys


def write(text):
    line = text + "!"  # @write
    print(line)


def first():
    write("first registered, last run")


def second():
    write("second registered, first run")


atexit.register(first)
atexit.register(second)
how = sys.argv[1]  # @how
if how == "code":
    sys.exit(3)  # @code
if how == "text":
    sys.exit("it is over")
if how == "nothing":
    sys.exit()
if how == "false":
    sys.exit(False)
if how == "hard":
    os._exit(7)
if how == "signal":
    os.kill(os.getpid(), 9)
if how == "caught":
    try:
        sys.exit(5)
    except SystemExit:
        kept = "going on"
if how == "interrupt":
    raise KeyboardInterrupt
end = "end"  # @end
