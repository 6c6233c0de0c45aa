import tiny_optim

optimizer = tiny_optim.Optimizer()
closed = []


def plain_for():
    count = 0
    for _ in range(500):
        optimizer.step()
        count += 1
    return count


def while_condition():
    count = 0
    while count < 500:
        optimizer.step()
        count += 1
    return count


def while_true_with_break():
    count = 0
    while True:
        optimizer.step()
        count += 1
        if count >= 500:
            break
    return count


def over_enumerate():
    for count, item in enumerate(range(500)):
        optimizer.step()
    return count


def over_zip():
    count = 0
    for one, two in zip(range(500), range(500)):
        optimizer.step()
        count += 1
    return count


def items():
    try:
        yield from range(500)
    finally:
        closed.append("items")


def over_generator():
    count = 0
    for item in items():
        optimizer.step()
        count += 1
    return count, len(closed)


def header_of_many_lines():
    count = 0
    for one, two in zip(
        range(500),
        range(500),
    ):
        optimizer.step()
        count += 1
    return count


def nested():
    epochs = batches = 0
    for epoch in range(500):
        for batch in range(500):
            optimizer.step()
            batches += 1
        epochs += 1
    return epochs, batches


def nested_in_a_function():
    def one_epoch():
        done = 0
        for batch in range(500):
            optimizer.step()
            done += 1
        return done

    total = []
    for epoch in range(500):
        total.append(one_epoch())
    return total


def with_else():
    count = 0
    for _ in range(500):
        optimizer.step()
        count += 1
    else:
        count += 10000
    return count


def inside_with():
    count = 0
    with open("log.txt", "w") as log:
        for _ in range(500):
            optimizer.step()
            count += 1
        log.write(str(count))
    return count, log.closed


def around_with():
    count = 0
    for _ in range(500):
        with tiny_optim.no_grad():
            optimizer.step()
            count += 1
    return count, tiny_optim.Optimizer.grad


def last_in_with():
    count = 0
    with tiny_optim.no_grad():
        for _ in range(60):
            optimizer.step()
            count += 1
    return count, tiny_optim.Optimizer.grad


def followed_in_with():
    count = 0
    with tiny_optim.no_grad():
        for _ in range(500):
            optimizer.step()
            count += 1
        inside = tiny_optim.Optimizer.grad
    return count, inside, tiny_optim.Optimizer.grad


def inside_try():
    count = 0
    order = []
    try:
        for _ in range(500):
            optimizer.step()
            count += 1
        order.append("try")
    finally:
        order.append("finally")
    return count, order


def last_in_try():
    count = 0
    order = []
    try:
        for _ in range(60):
            optimizer.step()
            count += 1
    finally:
        order.append("finally")
    return count, order


def try_in_body():
    count = 0
    for _ in range(500):
        try:
            optimizer.step()
        finally:
            count += 1
    return count


def generator():
    count = 0
    for _ in range(500):
        optimizer.step()
        count += 1
        yield count
    yield "after"


def in_a_generator():
    return list(generator())


def last_statement_with_break(found):
    for _ in range(500):
        optimizer.step()
        found.append(1)
        if len(found) >= 500:
            break


def last_statement(found):
    for _ in range(60):
        optimizer.step()
        found.append(1)


def counted(function):
    found = []
    function(found)
    return len(found)


def if_first():
    count = 0
    for index in range(500):
        if index % 2:
            count += 1
        else:
            count += 1
        optimizer.step()
    return count


def before_a_with():
    count = 0
    for _ in range(500):
        optimizer.step()
        count += 1
    with tiny_optim.no_grad():
        inside = tiny_optim.Optimizer.grad
    return count, inside, tiny_optim.Optimizer.grad


def before_a_with_in_a_loop():
    seen = []
    for epoch in range(2):
        count = 0
        for _ in range(500):
            optimizer.step()
            count += 1
        with tiny_optim.no_grad():
            seen.append((epoch, count, tiny_optim.Optimizer.grad))
    return seen


def before_only_a_with():
    seen = []
    for epoch in range(2):
        for count in range(40):
            optimizer.step()
        with tiny_optim.no_grad():
            seen.append((epoch, tiny_optim.Optimizer.grad))
    return seen


def before_a_loop_in_a_loop():
    seen = []
    for epoch in range(2):
        for _ in range(500):
            optimizer.step()
        for letter in "ab":
            seen.append((epoch, letter))
    return seen


def before_a_long_statement():
    count = 0
    for _ in range(500):
        optimizer.step()
        count += 1
    listed = [
        count,
    ]
    for _ in range(500):
        optimizer.step()
        count += 1
    return (
        (count, listed)
    )


def before_a_docstring_and_a_with():
    count = 0
    for _ in range(500):
        optimizer.step()
        count += 1
    "nothing"
    with open("log2.txt", "w") as log, tiny_optim.no_grad():
        log.write("x")
    return count, log.closed


def before_a_comprehension():
    count = 0
    for _ in range(500):
        optimizer.step()
        count += 1
    squares = [
        one * one
        for one in range(count)
    ]
    for _ in range(500):
        optimizer.step()
        count += 1
    return [one for one in squares]


def not_training():
    count = 0
    for _ in range(500):
        count += 1
    return count


# No loop over them: it would be a training loop itself, and left.
print("plain_for", plain_for())
print("while_condition", while_condition())
print("while_true_with_break", while_true_with_break())
print("over_enumerate", over_enumerate())
print("over_zip", over_zip())
print("over_generator", over_generator())
print("header_of_many_lines", header_of_many_lines())
print("nested", nested())
print("nested_in_a_function", nested_in_a_function())
print("with_else", with_else())
print("inside_with", inside_with())
print("around_with", around_with())
print("last_in_with", last_in_with())
print("followed_in_with", followed_in_with())
print("inside_try", inside_try())
print("last_in_try", last_in_try())
print("try_in_body", try_in_body())
print("in_a_generator", in_a_generator())
print("if_first", if_first())
print("before_a_with", before_a_with())
print("before_a_with_in_a_loop", before_a_with_in_a_loop())
print("before_only_a_with", before_only_a_with())
print("before_a_loop_in_a_loop", before_a_loop_in_a_loop())
print("before_a_long_statement", before_a_long_statement())
print("before_a_docstring_and_a_with", before_a_docstring_and_a_with())
print("before_a_comprehension", before_a_comprehension())
print("not_training", not_training())
print("last_statement_with_break", counted(last_statement_with_break))
print("last_statement", counted(last_statement))
