"""`while` loops draw from nothing that could be ended: they are left by a jump, or they run on."""

import tiny_optim

optimizer = tiny_optim.Optimizer()
seen = []


def whole_body_is_a_loop():
    rounds = 0
    while True:
        for item in range(500):
            optimizer.step()
        rounds += 1
        if rounds == 400:
            break
    seen.append(rounds)


def whole_body_is_one_statement():
    while True:
        if len(seen) < 400:
            optimizer.step()
            seen.append(1)
        else:
            break
    seen.append("behind")


def whole_body_is_a_try():
    while True:
        try:
            optimizer.step()
            seen.append(1)
        except ValueError:
            break
    seen.append("never compiled away")


def guarded(wanted):
    if not wanted:
        return
    while len(seen) < 400:
        optimizer.step()
        seen.append(wanted)


def guarded_and_called_on():
    guarded(True)
    seen.append("behind")


def guarded_own_iterator():
    guarded_for(True)
    seen.append("behind")


class Own:
    def __getitem__(self, index):
        if index == 400:
            raise IndexError
        return index


def guarded_for(wanted):
    if not wanted:
        return None
    for item in Own():
        optimizer.step()
        seen.append(item)


def guarded_by_a_value(wanted):
    if not wanted:
        return False
    while len(seen) < 40:
        optimizer.step()
        seen.append(wanted)


def with_else():
    count = 0
    while count < 400:
        optimizer.step()
        count += 1
        seen.append(count)
    else:
        seen.append("else")
    seen.append("behind")


def in_finally(early):
    try:
        if early:
            return "early"
    finally:
        count = 0
        while count < 40:
            optimizer.step()
            count += 1
        seen.append(count)
    return "late"


def early_and_late():
    seen.append(in_finally(True))
    seen.append(in_finally(False))


def run(shape, *given):
    shape(*given)
    print(shape.__name__, list(seen))
    del seen[:]


run(whole_body_is_a_loop)
run(whole_body_is_one_statement)
run(whole_body_is_a_try)
run(guarded_and_called_on)
run(guarded_own_iterator)
run(guarded_by_a_value, True)
run(with_else)
run(early_and_late)
