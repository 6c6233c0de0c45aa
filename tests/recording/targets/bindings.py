import sys
from os import path as joined, sep  # @imports

limit = 3  # @plain
one, (two, *rest) = 1, (2, 3, 4)  # @tuple
annotated: int = 5  # @annotated
swapped, limit = limit, 7  # @swap
chained = other = [0]  # @chained


class Box:
    kind = "box"

    def __init__(self, inner=None):
        self.value = 1  # @attribute
        self.inner = inner
        self.items = []
        self.table = {}

    @property
    def alarm(self):
        raise RuntimeError("a property was run")

    def fill(self, value):
        self.value, self.inner = value, self  # @two_attributes
        return self


class Slotted:
    __slots__ = ("x",)

    def __init__(self):
        self.x = 10  # @slot


def stores():
    a = Box(Box(Box()))  # @object
    a.inner.inner.value = 9  # @deep
    a.table["key"] = 1  # @subscript
    rows = [[1, 2], [3, 4]]
    rows[0][1] = 7  # @nested_subscript
    rows[1:] = [[5]]  # @slice
    a.value += 2  # @augmented_attribute
    a.table["key"] += 2  # @augmented_subscript
    count = 0
    count += 5  # @augmented
    return count


def names(given, *more, key="k", **others):
    if (half := given // 2) > 1:  # @walrus
        pass
    with open(__file__) as handle:  # @with
        first = handle.readline()
    for index, letter in enumerate("ab"):  # @for
        pair = (index, letter)  # @in_for
    gone = 1
    del gone  # @delete
    longer = dict(
        a=half,
        b=given,
    )  # @multi_end
    return longer


total = 0


def outside():
    global total
    total = total + 1  # @global
    local = 0

    def inner():
        nonlocal local
        local += 4  # @nonlocal

    inner()
    cell = local  # @cell
    return cell


def in_place():
    items = [3, 1]
    items.append(2)  # @append
    items.sort()  # @sort
    names = {"a": 1}
    names.update(b=2)  # @update
    box = Box()
    box.items.append(1)  # @append_deep
    box.fill(3)  # @method
    length = len(items)  # @length
    return items


def prints():
    print("one")  # @print_one
    print("two"); print("three")  # @print_two
    sys.stderr.write("trouble")  # @print_err
    said = say("four")  # @print_through
    return said


def say(text):
    print(text)  # @say
    return len(text)


def catches():
    try:
        broken = 1 / 0  # @raises
    except ZeroDivisionError as error:  # @except
        kept = str(error)  # @kept
    return kept


def conditional(flag):
    chosen = "yes" if flag else "no"  # @chosen
    both = flag and chosen  # @both
    for value in (1, 2, 3, 4, 5):
        square = value * value  # @square
    while value > 0: value -= 2  # @one_line
    return both


def indirect():
    exec("planted = 3")
    globals()["planted_globally"] = 4  # @globals
    box = Box()
    setattr(box, "by_name", 5)
    return planted_globally


stores()
names(8, 9, other=1)
outside()
in_place()
prints()
catches()
conditional(True)
indirect()
slotted = Slotted()
exec("made = 6; limit = made")  # @exec
