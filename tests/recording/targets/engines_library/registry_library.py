import sys

loaded = sys.modules["registers"].register(1)
