"""A function that is called from one place for long, and late from others."""
import sys


def hot(number):
    doubled = number * 2  # @doubled
    return doubled


def usual(turns, rare):
    total = 0
    for number in range(turns):
        total += hot(number)  # @usual
        if number == rare:
            found = hot(-number)  # @rare
            total += found
    total += hot(-1)  # @behind
    return total


def newcomer():
    came = hot(1000)  # @came
    return came + hot(2000)


turns = int(sys.argv[1])
print(usual(turns, turns - 10))
print(newcomer())
at_the_end = hot(3000)  # @at_the_end
print(at_the_end)
