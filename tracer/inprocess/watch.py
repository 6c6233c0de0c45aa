"""Watches a few numbers of a few parameters, to see across which line the weights change. Runs in the target."""

import weakref

PARAMETERS = 12
REPORTS = 24


class Watch:
    """Two elements of up to a dozen parameters, compared before and after each recorded line once gradients exist."""

    def __init__(self, values, numbers):
        self.values = values
        self.numbers = numbers
        self.armed = False
        self.watched = {}
        self.names = {}
        self.reports = 0
        self.before = None

    def add(self, name, parameter):
        """Watch one parameter; only a weak reference is kept."""
        serial = self.values.serial(parameter)
        if serial is None:
            return
        self.names[serial] = name
        if len(self.watched) < PARAMETERS and serial not in self.watched:
            self.watched[serial] = weakref.ref(parameter)

    def arm(self):
        """Gradients exist from now on: the weights may change."""
        if self.watched and self.reports < REPORTS:
            self.armed = True

    def sample(self):
        """{serial: numbers} of what is watched and still alive."""
        found = {}
        for serial, reference in self.watched.items():
            parameter = reference()
            if parameter is not None:
                found[serial] = self.numbers.sample_values(parameter, 3)
        return found

    def begin(self):
        """Remember the numbers before a line runs."""
        return self.sample() if self.armed else None

    def changed(self, before):
        """[[name, before, after], ...] of the parameters that changed since `before`."""
        if before is None or not self.armed:
            return None
        after = self.sample()
        found = []
        for serial, numbers in before.items():
            now = after.get(serial)
            if now is not None and numbers is not None and now != numbers:
                found.append([self.names.get(serial, "?"), numbers, now])
        if found:
            self.reports += 1
            if self.reports >= REPORTS:
                self.armed = False
        return found
