"""Runs one test module of the standard library and writes how each test went. Runs in the target, as its program."""

import json
import sys
import unittest

import test.support


class Outcomes(unittest.TestResult):
    """{test id: ok, FAIL, ERROR, skipped, expected or unexpected}."""

    def __init__(self):
        super().__init__()
        self.told = {}

    def note(self, test, outcome):
        self.told[test.id()] = outcome

    def addSuccess(self, test):
        self.told.setdefault(test.id(), "ok")

    def addFailure(self, test, error):
        self.note(test, "FAIL")

    def addError(self, test, error):
        self.note(test, "ERROR")

    def addSkip(self, test, reason):
        self.note(test, "skipped: " + reason)

    def addExpectedFailure(self, test, error):
        self.note(test, "expected")

    def addUnexpectedSuccess(self, test):
        self.note(test, "unexpected")

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.note(test, "FAIL")


def each(suite):
    """The single tests of a suite."""
    for one in suite:
        if isinstance(one, unittest.TestSuite):
            yield from each(one)
        else:
            yield one


test.support.use_resources = []
outcomes = Outcomes()
found = unittest.defaultTestLoader.loadTestsFromName(sys.argv[1])
unittest.TestSuite(one for one in each(found) if one.id() not in sys.argv[2:]).run(outcomes)
with open("outcomes.json", "w") as handle:
    json.dump(outcomes.told, handle)
