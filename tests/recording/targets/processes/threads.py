"""A process with threads is forked; its child starts threads of its own."""
import os
import threading
import warnings

warnings.simplefilter("ignore")  # a thread that was joined may still be there when the process is forked


def step(number):
    return number + 1  # @step


def work():
    total = 0
    for _ in range(3):
        total = step(total)  # @total
    print(total)


def in_thread():
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


in_thread()
pid = os.fork()
if pid == 0:
    in_thread()
    raise SystemExit(0)
os.waitpid(pid, 0)
