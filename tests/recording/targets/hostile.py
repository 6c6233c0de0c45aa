import sys


class Hostile:
    asked = []

    def __getattribute__(self, name):
        Hostile.asked.append(name)
        raise SystemExit("asked for " + name)

    def __repr__(self):
        Hostile.asked.append("repr")
        sys.exit("repr")

    __str__ = __len__ = __iter__ = __eq__ = __bool__ = __hash__ = __repr__


class Lying(dict):
    def __iter__(self):
        raise RuntimeError("no")

    items = keys = values = __len__ = __getitem__ = __iter__


class Fault(Exception):
    def __str__(self):
        Hostile.asked.append("str")
        raise ValueError("no text")

    __repr__ = __str__


class Meta(type):
    def __repr__(cls):
        sys.exit("meta")

    __hash__ = type.__hash__

    def __eq__(cls, other):
        sys.exit("meta eq")


class Strange(metaclass=Meta):
    __slots__ = ("x",)

    @property
    def y(self):
        Hostile.asked.append("y")


def take(one, two, three):
    here = one  # @here
    pair = [one, two]  # @pair
    return three


thing = Hostile()
lying = Lying(a=1)
strange = Strange()
strange.x = strange  # @slot
loop = []
loop.append(loop)  # @loop
deep = []
for _ in range(5000):
    deep = [deep]
big = "x" * 10_000_000  # @big
huge = 10 ** 20000
half = "\ud800 alone"  # @half
result = take(thing, lying, strange)  # @result
try:
    raise Fault(thing)
except Fault:
    caught = True  # @caught
try:
    raise KeyError(thing)
except KeyError:
    pass
print(Hostile.asked)
while deep:
    deep = deep[0]
