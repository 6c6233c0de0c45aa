"""Value summaries of torch: tensors of every kind, models, optimizers, loaders. Looking at them changes nothing."""

from __future__ import annotations

import gc
import json
import math
import weakref
from typing import Any

import pytest

from tracer.inprocess.values import Summarizer, gradient, measured_norm, norm, sample_values

torch: Any = pytest.importorskip("torch", reason="torch is not installed here; `make test` installs it")
pytestmark = pytest.mark.torch


@pytest.fixture
def summarizer() -> Summarizer:
    return Summarizer()


ELEMENTS = {"sample", "scalar", "stats"}


def explode(*args: object, **kwargs: object) -> Any:
    raise KeyboardInterrupt("the value was asked")


def test_a_tensor_says_shape_dtype_device_and_a_few_elements(summarizer: Summarizer) -> None:
    summary = summarizer.summary(torch.arange(12.0).reshape(3, 4))
    expected = {
        "type": "torch.Tensor",
        "shape": [3, 4],
        "dtype": "float32",
        "device": "cpu",
        "sample": [0, 2, 4, 6, 8, 10],
    }
    assert {key: summary[key] for key in expected} == expected
    assert summary.keys() == {*expected, "id"}


def test_autograd_is_told_and_left_alone(summarizer: Summarizer) -> None:
    weight = torch.nn.Parameter(torch.ones(3))
    loss = (weight * 2).sum()
    versions = weight._version, loss._version
    summary = summarizer.summary(loss, stats=True)
    assert (summary["grad"], summary["grad_fn"], summary["scalar"]) == (True, "SumBackward0", 6.0)
    assert summarizer.summary(weight)["type"] == "torch.nn.Parameter"
    assert torch.is_grad_enabled()
    loss.backward()
    assert weight.grad.tolist() == [2, 2, 2]
    assert (weight._version, loss._version) == versions
    assert weight.requires_grad


@pytest.mark.parametrize("grad_mode", [torch.no_grad, torch.enable_grad, torch.inference_mode])
def test_every_gradient_mode_is_kept(summarizer: Summarizer, grad_mode: Any) -> None:
    with grad_mode():
        before = torch.is_grad_enabled(), torch.is_inference_mode_enabled()
        value = torch.ones(4, 4).t() * 2
        assert summarizer.summary(value, stats=True)["stats"]["mean"] == 2
        assert norm(value) == 8
        assert (torch.is_grad_enabled(), torch.is_inference_mode_enabled()) == before
    assert summarizer.summary(value)["sample"] == [2] * 6


def test_random_numbers_are_not_used_up(summarizer: Summarizer) -> None:
    state = torch.get_rng_state()
    value = torch.ones(100_000)
    summarizer.summary([value, value.bfloat16()], stats=True)
    norm(torch.ones(2_000_000))
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize(
    "kind", ["float16", "bfloat16", "float32", "float64", "int8", "int16", "int64", "uint8", "bool"]
)
def test_numbers_of_every_width_are_sampled_and_counted(summarizer: Summarizer, kind: str) -> None:
    summary = summarizer.summary(torch.tensor([0, 1, 1, 0]).to(getattr(torch, kind)), stats=True)
    assert (summary["dtype"], summary["sample"]) == (kind, [0, 1, 1, 0])
    assert summary["stats"] == {"min": 0, "max": 1, "mean": 0.5, "std": 0.5, "zeros": 0.5, "nan": 0}


def test_nan_and_infinity_are_json(summarizer: Summarizer) -> None:
    summary = summarizer.summary(torch.tensor([math.nan, math.inf, 1.0]), stats=True)
    json.dumps(summary, allow_nan=False)
    assert summary["sample"] == ["nan", "inf", 1.0]
    assert summary["stats"]["nan"] == 1
    assert summarizer.summary(torch.tensor(-math.inf))["scalar"] == "-inf"


@pytest.mark.parametrize("kind", ["float32", "bfloat16"])
def test_views_are_read_in_their_own_order(summarizer: Summarizer, kind: str) -> None:
    value = torch.arange(6.0).reshape(2, 3).to(getattr(torch, kind))
    assert summarizer.summary(value.t())["sample"] == [0, 3, 1, 4, 2, 5]
    assert summarizer.summary(value[:, 1:])["sample"] == [1, 2, 4, 5]
    assert summarizer.summary(value[0, 0].expand(1000, 1000))["sample"] == [0] * 6
    assert summarizer.summary(value.t(), stats=True)["stats"]["mean"] == 2.5
    assert sample_values(value.t(), 2) == [0, 5]


def test_statistics_of_a_large_tensor_come_from_a_sample(summarizer: Summarizer) -> None:
    value = torch.arange(300_000) % 3
    for each in (value, value.float(), value.to(torch.bfloat16), value.reshape(1000, 300).t()):
        stats = summarizer.summary(each, stats=True)["stats"]
        assert stats["sampled"] is True
        assert stats["mean"] == pytest.approx(1.0, abs=0.1)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "make",
    [
        lambda: torch.ones(2, 3, device="meta"),
        lambda: torch.ones(2, 3).to_sparse(),
        lambda: torch.ones(2, 3).to_sparse_csr(),
        lambda: torch.quantize_per_tensor(torch.ones(2, 3), 0.1, 0, torch.qint8),
        lambda: torch.ones(2, 3, dtype=torch.complex64),
        lambda: torch.ones(2, 3).to_mkldnn(),
        lambda: torch.ones(2, 3, dtype=torch.complex64).conj().imag,
    ],
)
def test_what_is_no_plain_memory_is_told_by_its_kind_only(summarizer: Summarizer, make: Any) -> None:
    value = make()
    summary = summarizer.summary(value, stats=True)
    assert summary["shape"] == [2, 3]
    assert summary["dtype"]
    assert not ELEMENTS & summary.keys()
    assert norm(value) is None


@pytest.mark.filterwarnings("ignore")
def test_nested_tensors_have_no_shape(summarizer: Summarizer) -> None:
    summary = summarizer.summary(torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]))
    assert summary["value"] == "nested"
    assert "shape" not in summary


def test_memory_that_was_given_back_is_not_read(summarizer: Summarizer) -> None:
    for value in (torch.ones(1000), torch.ones(20, 50).t()):
        for size in (400, 0):
            value.untyped_storage().resize_(size)
            summary = summarizer.summary(value, stats=True)
            assert summary["shape"]
            assert not ELEMENTS & summary.keys()
            assert sample_values(value, 3) is None
            assert norm(value) is None


def test_empty_tensors(summarizer: Summarizer) -> None:
    summary = summarizer.summary(torch.ones(0, 3), stats=True)
    assert (summary["shape"], summary["sample"]) == ([0, 3], [])
    assert norm(torch.ones(0)) == 0


class Tagged(torch.Tensor):  # type: ignore[misc,name-defined]
    """A subclass that sees torch functions."""

    __torch_function__ = classmethod(explode)
    shape = dtype = property(explode)
    __repr__ = __len__ = detach = explode


class Wrapped(torch.Tensor):  # type: ignore[misc,name-defined]
    """A subclass that computes everything itself."""

    @staticmethod
    def __new__(cls) -> Any:
        return torch.Tensor._make_wrapper_subclass(cls, (2, 3), dispatch_sizes_strides_policy="sizes")

    __torch_dispatch__ = classmethod(explode)


def test_tensor_subclasses_are_not_asked(summarizer: Summarizer) -> None:
    tagged = torch.ones(2, 3).as_subclass(Tagged)
    summary = summarizer.summary(tagged, stats=True)
    assert summary["type"].endswith(".Tagged")
    assert summary["shape"] == [2, 3]
    assert not ELEMENTS & summary.keys()
    wrapped = summarizer.summary(Wrapped(), stats=True)
    assert wrapped.keys() == {"type"}
    assert norm(tagged) is None
    assert norm(Wrapped()) is None


def test_replaced_methods_are_not_called(summarizer: Summarizer, monkeypatch: pytest.MonkeyPatch) -> None:
    value = torch.arange(4.0)
    for name in ("detach", "tolist", "as_strided", "item", "numel", "__repr__", "__len__", "numpy", "size"):
        monkeypatch.setattr(torch.Tensor, name, explode)
    value.detach = explode
    assert summarizer.summary(value, stats=True)["stats"]["mean"] == 1.5


def test_function_modes_see_nothing_and_values_are_still_read(summarizer: Summarizer) -> None:
    overrides = pytest.importorskip("torch.overrides")
    seen = []

    class Mode(overrides.TorchFunctionMode):  # type: ignore[misc,name-defined]
        def __torch_function__(self, func: Any, kinds: Any, args: Any = (), kwargs: Any = None) -> Any:
            seen.append(func)
            return func(*args, **(kwargs or {}))

    value, model = torch.ones(4), torch.nn.Linear(2, 2)
    with Mode():
        assert summarizer.summary(value, stats=True)["stats"]["mean"] == 1
        assert summarizer.summary(model)["parameters"] == 6
        assert norm(value) == 2
        assert sample_values(value, 2) == [1, 1]
        assert gradient(model.weight) is None
        seen_by_us = list(seen)
        value.sum()
        assert len(seen) > len(seen_by_us), "the mode is still in force afterwards"
    assert seen_by_us == []


def test_dispatch_modes_see_nothing(summarizer: Summarizer) -> None:
    dispatch = pytest.importorskip("torch.utils._python_dispatch")
    seen = []

    class Mode(dispatch.TorchDispatchMode):  # type: ignore[misc,name-defined]
        def __torch_dispatch__(self, func: Any, kinds: Any, args: Any = (), kwargs: Any = None) -> Any:
            seen.append(func)
            return func(*args, **(kwargs or {}))

    value = torch.ones(4)
    with Mode():
        summary = summarizer.summary(value, stats=True)
        assert norm(value) is None
    assert seen == []
    assert summary["shape"] == [4]
    assert not ELEMENTS & summary.keys()


def test_fake_tensors_are_not_asked(summarizer: Summarizer) -> None:
    fake = pytest.importorskip("torch._subclasses.fake_tensor")
    with fake.FakeTensorMode():
        value = torch.ones(3)
        summary = summarizer.summary(value, stats=True)
    assert summary["type"].endswith("FakeTensor")
    assert summary.keys() == {"type"}


def test_function_transforms_give_the_same_result_when_watched(summarizer: Summarizer) -> None:
    outside = torch.ones(3)
    inside = []

    def loss(weight: Any) -> Any:
        inside.extend(summarizer.summary(each, stats=True) for each in (weight, outside))
        inside.extend([{"norm": norm(weight)}])
        return (weight * outside).sum()

    assert torch.func.grad(loss)(torch.ones(3)).tolist() == [1, 1, 1]
    assert torch.func.vmap(loss)(torch.ones(2, 3)).tolist() == [3, 3]
    assert [each.get("shape") for each in inside] == [[3], [3], None] * 2
    assert not any(ELEMENTS & each.keys() for each in inside)


def test_a_traced_graph_has_no_trace_of_us(summarizer: Summarizer) -> None:
    def watched(x: Any) -> Any:
        assert summarizer.summary(x, stats=True).keys() == {"type", "id"}
        assert norm(x) is None
        return x * 2

    with pytest.warns(DeprecationWarning) if torch.__version__ >= "2.9" else pytest.MonkeyPatch.context():
        graph = torch.jit.trace(watched, torch.ones(2, 3), check_trace=False).graph
    assert [node.kind() for node in graph.nodes()] == ["prim::Constant", "aten::mul"]


def test_serials_survive_reuse_and_keep_nothing_alive(summarizer: Summarizer) -> None:
    serials = {summarizer.serial(torch.ones(10)) for _ in range(50)}
    assert len(serials) == 50
    model = torch.nn.Linear(2, 2)
    loss = model(torch.ones(1, 2)).sum()
    summarizer.summary([loss, model, {"w": model.weight}], stats=True)
    summarizer.summary(model)
    dead = [weakref.ref(loss), weakref.ref(model), weakref.ref(model.weight)]
    del loss, model
    gc.collect()
    assert [reference() for reference in dead] == [None] * 3


def test_tensors_that_torch_wants_to_swap_get_no_weak_reference(summarizer: Summarizer) -> None:
    torch.__future__.set_swap_module_params_on_conversion(True)
    try:
        model = torch.nn.Linear(2, 2)
        assert summarizer.serial(model.weight) is None
        summarizer.summary(model.weight)
        model.to(torch.float64)
    finally:
        torch.__future__.set_swap_module_params_on_conversion(False)
    assert model.weight.dtype == torch.float64
    assert summarizer.serial(Wrapped()) is None


def test_a_model_is_told_by_its_parts(summarizer: Summarizer) -> None:
    class Net(torch.nn.Module):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.hidden = 8
            self.first = torch.nn.Linear(4, 8)
            self.tied = torch.nn.Linear(4, 8)
            self.tied.weight = self.first.weight

        __getattr__ = __repr__ = __len__ = __iter__ = explode

    net = object.__new__(Net)
    Net.__getattr__ = torch.nn.Module.__getattr__
    net.__init__()
    Net.__getattr__ = explode
    summary = summarizer.summary(net)
    assert summary["parameters"] == 4 * 8 + 8 + 8
    assert summary["training"] is True
    parts = dict(summary["items"])
    assert parts["first"]["type"] == "torch.nn.Linear"
    assert parts["hidden"]["scalar"] == 8


def test_a_model_under_construction_is_counted_anew(summarizer: Summarizer) -> None:
    model = torch.nn.Sequential()
    counts = []
    for index in range(6):
        counts.append(summarizer.summary(model)["parameters"])
        model.add_module(str(index), torch.nn.Linear(1, 1))
    assert counts == [0, 2, 4, 6, 8, 10]
    assert summarizer.summary(torch.nn.LazyLinear(3)).get("parameters") is None


def test_optimizers_tell_their_learning_rate(summarizer: Summarizer) -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.5, momentum=0.9)
    summary = summarizer.summary(optimizer)
    assert (summary["type"], summary["lr"]) == ("torch.optim.SGD", 0.5)
    assert dict(summary["items"])["momentum"]["scalar"] == 0.9


def test_loaders_tell_what_they_batch_without_asking_the_dataset(summarizer: Summarizer) -> None:
    data = torch.utils.data

    class Items(data.Dataset):  # type: ignore[misc,name-defined]
        armed = False

        def __len__(self) -> int:
            return explode() if Items.armed else 10

        __getitem__ = __getattr__ = explode

    loader = data.DataLoader(Items(), batch_size=4)
    Items.armed = True
    summary = summarizer.summary(loader)
    assert summary["batch_size"] == 4
    assert summary["dataset"].endswith("Items")
    assert "dataset_len" not in summary
    tensors = data.TensorDataset(torch.ones(9, 2))
    assert summarizer.summary(data.DataLoader(tensors))["dataset_len"] == 9
    assert summarizer.summary(data.DataLoader(data.Subset(tensors, [1, 2, 3])))["dataset_len"] == 3


def test_small_values_of_torch(summarizer: Summarizer) -> None:
    assert summarizer.summary(torch.Size([2, 3]))["value"] == "torch.Size([2, 3])"
    assert summarizer.summary(torch.float32)["value"] == "torch.float32"
    assert summarizer.summary(torch.device("cuda:1"))["value"] == "cuda:1"


def test_norm_and_gradient() -> None:
    weight = torch.nn.Parameter(torch.tensor([3.0, 4.0]))
    inner = weight * 2
    inner.sum().backward()
    assert measured_norm(weight) == (5.0, False)
    assert norm(torch.tensor([3.0, 4.0], dtype=torch.bfloat16)) == 5
    assert gradient(weight).tolist() == [2, 2]
    assert gradient(inner) is None, "and no warning: warnings are errors here"
    measured = measured_norm(torch.ones(2_000_000, dtype=torch.bfloat16))
    assert measured is not None
    assert measured[1] is True
    assert measured[0] == pytest.approx(math.sqrt(2_000_000))
    assert gradient(3) is None


def test_without_numpy_the_same_is_told(monkeypatch: pytest.MonkeyPatch, summarizer: Summarizer) -> None:
    from tracer.inprocess import arrays

    monkeypatch.setattr(arrays, "numpy", lambda: None)
    value = torch.arange(6.0).reshape(2, 3)
    summary = summarizer.summary(value.t(), stats=True)
    assert summary["sample"] == [0, 3, 1, 4, 2, 5]
    assert summary["stats"]["std"] == pytest.approx(1.7078, abs=1e-3)
    assert norm(value) == pytest.approx(math.sqrt(55))
