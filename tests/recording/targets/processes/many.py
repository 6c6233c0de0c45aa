import os
import sys


def step(n):
    return n + 1  # @step


def main():
    for n in range(10):
        pid = os.fork()
        if pid == 0:
            step(n)
            os._exit(0)
        os.waitpid(pid, 0)
    for n in range(20):
        os.system("'%s' one.py" % sys.executable)


if __name__ == "__main__":
    main()
