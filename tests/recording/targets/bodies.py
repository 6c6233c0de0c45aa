import functools


def traced(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)  # @wrapped

    return wrapper


class Base:
    size = 3  # @size
    sizes = [one * 2 for one in range(size)]

    class Inner:
        depth = size_of = 1  # @inner

    def __init__(self):
        self.state = {"on": True}  # @state


class Child(Base):
    extra = "x"  # @extra

    @traced
    @traced
    def method(self, x):
        return x + 1  # @method

    @property
    def doubled(self):
        return self.size * 2  # @property

    @staticmethod
    def plain(x):
        return x  # @static

    @classmethod
    def build(cls):
        return cls()  # @class


child = Child.build()
print(child.method(1), child.doubled, child.plain(2))
table = {key: [value for value in range(key)] for key in range(3)}  # @table
pairs = sorted([(2, "b"), (1, "a")], key=lambda pair: pair[0])  # @pairs
total = sum(
    value
    for value in range(10)
    if value % 2
)  # @total
text = "x = 41\ny = x + 1\ndef made(n):\n    return n * 2\n"
exec(text)  # @exec
print(y, made(4), table, pairs, total)  # @made
names = {}
exec(compile("inner = 5", "config.txt", "exec"), names)
globals()["planted"] = names["inner"]  # @planted


def configured():
    namespace = {"a": 1}
    exec("b = a + 1", namespace)  # @local_exec
    return namespace["b"]


print(planted, configured())
for turn in range(30):
    made_again = compile("def again(n):\n    return n\nagain(1)\n", __file__, "exec")
    exec(made_again)
