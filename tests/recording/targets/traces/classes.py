"""Bodies of classes, properties, slots, metaclasses and data classes."""
from dataclasses import dataclass, field


class Registry(type):
    def __call__(cls, *args, **options):
        made = super().__call__(*args, **options)
        made.ready = True
        return made


class Layer(metaclass=Registry):
    """A layer."""

    scale = 2
    sizes = [one * 2 for one in (1, 2)]

    def __init__(self, width, name="layer"):
        self.width = width
        self.name = name
        self.parts: list = []

    @property
    def area(self):
        return self.width * self.scale

    @staticmethod
    def grown(by):
        return by + 1

    @classmethod
    def wide(cls, *sizes, **options):
        made = cls(max(sizes), **options)
        made.parts.append(sizes)
        made.parts[0] = "changed"
        return made

    def __call__(self, value):
        self.last = value
        return value * self.width

    def __repr__(self):
        raise RuntimeError("nobody may ask")


class Deep(Layer):
    def __init__(self, width):
        super().__init__(width, name="deep")
        self.inner = Layer(width + 1)

    class Settings:
        depth = 2
        total = depth * 2


class Slotted:
    __slots__ = ("x", "y")

    def __init__(self):
        self.x = 1


@dataclass
class Point:
    x: int
    y: int = 2
    tags: list = field(default_factory=list)

    def __post_init__(self):
        self.length = self.x + self.y


def main():
    layer = Layer.wide(1, 3, name="first")
    area = layer.area
    out = layer(area)
    deep = Deep(2)
    deep.inner.width = 7
    deep.inner.width += 1
    result = deep.inner(2)
    slotted = Slotted()
    point = Point(1, tags=["a"])
    point.x, point.y = point.y, point.x
    del point.tags
    print(out, result, slotted.x, point.length, Layer.grown(1))


main()
