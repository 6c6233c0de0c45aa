"""Raised, caught, raised again, chained, and what is done on the way out."""


class Broken(Exception):
    pass


def divide(a, b):
    result = a / b
    return result


def caught():
    try:
        value = divide(1, 0)
    except ZeroDivisionError as error:
        value = str(error)
    else:
        value = "no error"
    finally:
        done = True
    return value, done


def quiet():
    try:
        value = divide(4, 2)
    except ZeroDivisionError:
        value = None
    else:
        value += 1
    finally:
        print("finally")
    return value


def chained():
    try:
        try:
            int("x")
        except ValueError as error:
            raise Broken("chained") from error
    except Broken as error:
        return type(error.__cause__).__name__


def again(limit):
    for number in range(limit):
        try:
            if number == 1:
                continue
            if number == 3:
                break
            if number == 2:
                raise KeyError(number)
            print("body", number)
        except KeyError:
            print("key", number)
        finally:
            print("after", number)
    return number


def passing():
    try:
        return "body"
    finally:
        print("before it returns")


def reraised():
    try:
        divide(1, 0)
    except ZeroDivisionError:
        note = "seen"
        raise


def outer():
    try:
        reraised()
    except (ZeroDivisionError, Broken) as error:
        kind = type(error).__name__
    return kind


def asserted(value):
    assert value > 0, "must be positive"
    return value


print(caught(), quiet(), chained(), again(5), passing(), outer())
try:
    asserted(0)
except AssertionError as error:
    print(error)
for text in ("1", "x"):
    try:
        number = int(text)
    except ValueError:
        number = -1
    print(number)
divide(1, 0)
