import sys

from . import loaded
from .deep import model
from .deep.model import build

if __name__ == "__main__":
    print(__name__, __package__, sys.argv[1:], loaded, build(), model.SIZE)  # @main
