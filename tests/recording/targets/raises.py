class Broken(Exception):
    def __str__(self):
        return "broken: " + self.args[0]


def inner(rows):
    size = len(rows)
    raise Broken("no rows") if not size else ValueError(size)  # @raise


def outer(rows):
    label = "outer"
    return inner(rows)  # @passes


def recovered():
    try:
        return outer([1])
    except ValueError as error:
        return str(error)  # @recovered


print(recovered())
outer([])
