import json
import os
import sys


def told(word):
    return json.dumps([word, sys.argv[1:], sorted(os.environ.items()), sys.path, "sitecustomize" in sys.modules])  # @told


def main():
    print(told("child"))


if __name__ == "__main__":
    main()
