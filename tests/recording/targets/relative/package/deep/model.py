from ..settings import SIZE


def build():
    return "model of %d" % SIZE  # @build
