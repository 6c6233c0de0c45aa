"""A module of the repository that libraries may import."""
begun = True  # @begun


def answer(number):
    found = number + 1  # @found
    return found
