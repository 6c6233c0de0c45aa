import os
import sys


def flood(lines):
    for line in range(lines):
        print("%07d" % line + "x" * 993)  # @print


flood(3000)
sys.stderr.write("e" * 1_000_000)  # @error
os.write(1, b"straight\n")  # @straight
print("a", end="")
print("b")  # @b
