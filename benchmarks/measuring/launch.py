"""Starts one command as its only child and writes what that child used. Usage: launch.py USAGE_FILE COMMAND ...

A process of its own, small and started with `-IS`, because the peak memory that Linux reports for a child begins with
the memory of whoever started it: started from the benchmark itself, no small program would ever show its own peak.
The command is given everything as it is: environment, folder, input, output, exit status.
"""

import json
import os
import signal
import sys
import time


def main() -> int:
    """Start, wait, write; gives the command's exit status (128 and the signal's number when it was ended by one)."""
    usage_file, command = sys.argv[1], sys.argv[2:]
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            os.execvp(command[0], command)
        finally:
            os._exit(127)
    # Ctrl-C and the end of a recorded run go to the whole group; the child's end is ours.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _, status, used = os.wait4(child, 0)
    wall = time.monotonic() - began
    unit = 1 if sys.platform == "darwin" else 1024
    code = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    found = {"cpu": used.ru_utime + used.ru_stime, "wall": wall, "peak": used.ru_maxrss * unit, "code": code}
    with open(usage_file, "w") as file:
        json.dump(found, file)
    return code


sys.exit(main())
