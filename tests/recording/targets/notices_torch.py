"""Tensors, modules and optimizers that write down whenever anybody asks them anything; what they wrote is printed."""

import collections
import gc
import random
import weakref

import numpy
import torch
from torch import nn

LOG = []
note = LOG.append


class Asked(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        note("function " + getattr(func, "__name__", str(func)))
        return super().__torch_function__(func, types, args, kwargs or {})

    @property
    def data(self):
        note("data")
        return torch.zeros(1)

    def __len__(self):
        note("len")
        return 1


class Dispatched(torch.Tensor):
    @staticmethod
    def __new__(cls, held):
        return torch.Tensor._make_wrapper_subclass(cls, held.shape, dtype=held.dtype)

    def __init__(self, held):
        self.held = held

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        note("dispatch " + str(func))
        return func(*[one.held if isinstance(one, Dispatched) else one for one in args], **(kwargs or {}))


class Entries(dict):
    def __iter__(self):
        note("entries iter")
        return dict.__iter__(self)

    def items(self):
        note("entries items")
        return dict.items(self)

    def __contains__(self, name):
        note("entries contains")
        return dict.__contains__(self, name)

    values = keys = get = copy = lambda self, *rest: note("entries asked") or []


class Array(numpy.ndarray):
    def __array_finalize__(self, other):
        note("finalize " + type(other).__name__)

    def __array_ufunc__(self, *args, **kwargs):
        note("ufunc")
        return NotImplemented

    def __array_function__(self, *args, **kwargs):
        note("array function")
        return NotImplemented

    def __getitem__(self, index):
        note("getitem")
        return 0

    shape = property(lambda self: note("shape") or (1,))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.second = nn.Linear(4, 1)
        object.__setattr__(self, "_modules", Entries(self._modules))

    def __getattr__(self, name):
        value = super().__getattr__(name)
        return value

    def __repr__(self):
        note("net repr")
        return "net"

    def __len__(self):
        note("net len")
        return 0

    @property
    def size(self):
        note("net size")
        return 3

    def forward(self, x):
        hidden = self._modules["first"](x)
        return Doubled.apply(self._modules["second"](hidden))


class Doubled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.size = x.shape
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return grad * 2

    @property
    def next_functions(self):
        note("next functions")
        return ()


class Mode(torch.overrides.TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        note("mode " + getattr(func, "__name__", str(func)))
        return func(*args, **(kwargs or {}))


class Counting(torch.utils._python_dispatch.TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        note("dispatch mode " + str(func))
        return func(*args, **(kwargs or {}))


def take(*given, **named):
    held = given
    one = given[0] if given else None
    return one


random.seed(1)
numpy.random.seed(1)
torch.manual_seed(1)
kinds = [
    torch.ones(3).as_subclass(Asked), Dispatched(torch.ones(3)), torch.ones(3).to_sparse(),
    torch.eye(3).to_sparse_csr(), torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8),
    torch.empty(3, device="meta"), torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged),
    torch.ones(1).expand(2**40), torch.empty(2**31, device="meta"), torch.ones(4)[::2], torch.ones(2, 2).T,
    torch.ones(2, dtype=torch.complex64).conj(), torch.ones(2, dtype=torch.bfloat16), nn.Parameter(torch.ones(2)),
    torch.ones(2, requires_grad=True) * 2, nn.parameter.UninitializedParameter(), torch.tensor(float("nan")),
    torch.zeros(2, dtype=torch.bool), torch.ones(0), numpy.ones(3).view(Array), numpy.ma.ones(3), numpy.float32(1),
    numpy.array(["a", 2], dtype=object), numpy.array([take], dtype=object), torch.Generator(), torch.Size([1, 2]),
]  # fmt: skip
for one in kinds:
    take(one)
    take([one], word={"x": one})
parameters = [one for one in kinds if type(one) is nn.Parameter]
with Mode():
    inside = torch.ones(3)
    take(inside)
    more = inside + 1
with Counting():
    inside = torch.ones(3)
    take(inside)
    more = inside + 1
traced = torch.jit.trace(lambda x: take(x * 2) + 1, torch.ones(3))
print(str(traced.graph).count("\n"))
whole = torch.jit.trace(nn.Sequential(nn.Linear(2, 2), nn.ReLU()), torch.ones(1, 2))
print(str(whole.inlined_graph).count("\n"))
with torch.random.fork_rng():
    seen = torch.rand(2)
mapped = torch.func.vmap(lambda x: take(x) * 2)(torch.ones(3, 2))

net = Net()
net.extra = torch.ones(2).as_subclass(Asked)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
before = collections.Counter(LOG)
for step in range(3):
    x = torch.rand(2, 4)
    out = net(x)
    loss = out.sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    loss = None
    print(step, repr(float(out.sum())))
special = (torch.ones(2, requires_grad=True) * 2).as_subclass(Asked)
special.sum().backward()
inner = torch.ones(2, requires_grad=True)
middle = inner * 2
middle.retain_grad()
middle.sum().backward()
middle.kept = middle.grad
inner.data = inner.data * 2
dead = []
for _ in range(4):
    temporary = torch.ones(3)
    weakref.finalize(temporary, dead.append, "tensor")
    temporary = None; dead.append("after")
print(dead)
gc.collect()
print(random.random(), numpy.random.rand(), torch.rand(1).item(), torch.is_grad_enabled())
print(sorted(collections.Counter(LOG).items()))
