import os
import signal
import sys
import time


def grow(n):
    total = 0
    for i in range(n):
        total += i  # @grow
    return total


def wait_for(pid):
    return os.waitpid(pid, 0)[1]


def main():
    before = grow(2)
    pid = os.fork()
    if pid == 0:
        mine = grow(3)  # @mine
        print("child", mine, flush=True)
        os._exit(3)
    print("exit", wait_for(pid) >> 8)
    pid = os.fork()
    if pid == 0:
        print("leaves by itself", grow(4), flush=True)
        sys.exit(5)
    print("exit", wait_for(pid) >> 8)
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        grow(5)
        os.write(writer, b"x")
        while True:
            time.sleep(0.01)
    os.read(reader, 1)
    os.kill(pid, signal.SIGKILL)
    print("signal", wait_for(pid))
    after = grow(before)  # @after
    print(after)


if __name__ == "__main__":
    main()
