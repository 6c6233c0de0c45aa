import sys

SIZE = 4  # @setting


def start():
    print("started as", sys.argv[1:])  # @started
    return 6
