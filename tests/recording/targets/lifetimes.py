"""When objects die, what `locals()` holds, what threads share: nobody who looks on may change any of it."""

import gc
import sys
import threading
import weakref

EXACT = sys.version_info >= (3, 11)  # before, the interpreter itself copies the variables of a traced function


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone:", self.name)


def counts():
    thing = object()
    again = thing
    print("references", sys.getrefcount(thing))
    for number in range(5):
        fresh = [thing]
        print(sys.getrefcount(fresh), sys.getrefcount(thing), len(gc.get_referrers(fresh)))
    return again


def deaths():
    first = Loud("first"); del first; print("after first")
    second = Loud("second")
    third = 1
    second = None; print("after second")
    for number in range(8):
        turn = Loud(number); turn = None; print("after", number)
    for number in range(8):
        turn = Loud((number, "replaced"))
    print("end of deaths")
    return third


def given(thing):
    thing = None; print("after the argument")
    return 1


def yielding():
    held = Loud("in a generator")
    yield 1
    held = None; print("after the yield")
    yield 2


def raising():
    held = Loud("in a traceback")
    raise ValueError("x")


def callbacks():
    order = []
    things = [Loud(name) for name in "ab"]
    watched = [weakref.ref(thing, lambda _, index=index: order.append(index)) for index, thing in enumerate(things)]
    things.pop(0); print(order)
    things.clear(); print(order)
    loop = Loud("loop")
    loop.itself = loop
    loop = None; print("not yet"); gc.collect(); print("now")
    return watched


def namespace():
    first = 1
    held = locals()
    second = 2
    print(sorted(held))
    for name, value in locals().items():
        third = value
    seen = vars()
    fourth = 4
    print(sorted(seen))
    return held


def looped():
    for number in range(3):
        before = number
        if number == 1:
            held = locals()
        after = number
    return sorted(held)


def executed():
    first = 1
    if sys.version_info < (3, 13):  # later versions forget what `exec` bound
        exec("planted = 5")
        first = 2
        exec("planted = planted + 1")
    second = 2
    return first, second, sorted(locals())


def shared():
    total = 0
    lock = threading.Lock()

    def add(times):
        nonlocal total
        for _ in range(times):
            with lock:
                total += 1

    def outer():
        nonlocal total
        for _ in range(200):
            with lock:
                total = total + 1
            line = total
        return line

    threads = [threading.Thread(target=add, args=(3000,)) for _ in range(3)]
    threads += [threading.Thread(target=outer) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return total


class Body:
    first = 1
    names = sorted(locals())
    second = 2


if EXACT:
    counts()
    deaths()
    given(Loud("argument"))
    for index in range(6):
        given(Loud(("argument", index)))
    print(list(yielding()))
    try:
        raising()
    except ValueError:
        pass
    print("after the exception")
    callbacks()
print(sorted(namespace()), looped(), executed(), shared(), Body.names)
print(gc.get_threshold(), gc.isenabled(), gc.callbacks, gc.garbage, gc.get_debug())
