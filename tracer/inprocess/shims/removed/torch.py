"""torch and torchvision: what 1.8 to 2.13 took away."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _torch() -> Any:
    return __import__("torch")


def _least_squares(b: Any, a: Any, *_: Any, **__: Any) -> Any:
    """`torch.lstsq(B, A)`: the solution first, beside an empty factorisation."""
    torch = _torch()
    return torch.linalg.lstsq(a, b).solution, torch.empty(0)


def _eigen(a: Any, eigenvectors: bool = False, **_: Any) -> Any:
    """`torch.eig`: eigenvalues as pairs of real and imaginary part."""
    torch = _torch()
    values, vectors = torch.linalg.eig(a)
    return torch.view_as_real(values), vectors.real if eigenvectors else torch.empty(0)


def _symmetric_eigen(a: Any, eigenvectors: bool = False, upper: bool = True, **_: Any) -> Any:
    """`torch.symeig`."""
    torch = _torch()
    values, vectors = torch.linalg.eigh(a, UPLO="U" if upper else "L")
    return values, vectors if eigenvectors else torch.empty(0)


def _real_transform(a: Any, signal_ndim: int, normalized: bool = False, onesided: bool = True) -> Any:
    """`torch.rfft`: the transform over the last axes, real and imaginary part along a new last axis."""
    torch = _torch()
    axes = tuple(range(-signal_ndim, 0))
    transform = torch.fft.rfftn if onesided else torch.fft.fftn
    return torch.view_as_real(transform(a, dim=axes, norm="ortho" if normalized else "backward"))


def _real_inverse(
    a: Any, signal_ndim: int, normalized: bool = False, onesided: bool = True, signal_sizes: Any = None
) -> Any:
    """`torch.irfft`."""
    torch = _torch()
    axes = tuple(range(-signal_ndim, 0))
    norm = "ortho" if normalized else "backward"
    given = torch.view_as_complex(a.contiguous())
    if onesided:
        return torch.fft.irfftn(given, s=signal_sizes or None, dim=axes, norm=norm)
    return torch.fft.ifftn(given, dim=axes, norm=norm).real


NAMES = {
    "torch": {
        "solve": lambda b, a: (_torch().linalg.solve(a, b), _torch().empty(0)),
        "lstsq": _least_squares,
        "gels": _least_squares,
        "eig": _eigen,
        "symeig": _symmetric_eigen,
        "matrix_rank": lambda a, tol=None, symmetric=False: _torch().linalg.matrix_rank(
            a, tol=tol, hermitian=symmetric
        ),
        "qr": lambda a, some=True: _torch().linalg.qr(a, mode="reduced" if some else "complete"),
        "cholesky": lambda a, upper=False: _torch().linalg.cholesky(a, upper=upper),
        "chain_matmul": lambda *given: _torch().linalg.multi_dot(given),
        "rfft": _real_transform,
        "irfft": _real_inverse,
    },
    "torch._six": {
        "string_classes": "builtins:str",
        "int_classes": "builtins:int",
        "container_abcs": "collections.abc:",
        "inf": "math:inf",
        "nan": "math:nan",
        "PY2": (False,),
        "PY3": (True,),
        "PY37": (True,),
        "FileNotFoundError": "builtins:FileNotFoundError",
        "queue": "queue:",
        "with_metaclass": lambda meta, *bases: meta("temporary", bases, {}),
        "get_function_from_type": lambda cls, name: getattr(cls, name, None),
        "builtins": "builtins:",
    },
    "torch.utils.data.dataloader": {
        "string_classes": "builtins:str",
        "int_classes": "builtins:int",
        "container_abcs": "collections.abc:",
        "pin_memory_batch": "torch.utils.data._utils.pin_memory:pin_memory",
        "_DataLoaderIter": ":_BaseDataLoaderIter",
    },
    "torch.nn.utils": {
        "clip_grad_norm": ":clip_grad_norm_",
        "clip_grad_value": ":clip_grad_value_",
    },
    "torch.nn.functional": {"sigmoid": "torch:sigmoid", "tanh": "torch:tanh"},
    "torch.nn.init": {
        name: ":" + name + "_"
        for name in (
            "uniform normal constant eye dirac xavier_uniform xavier_normal kaiming_uniform kaiming_normal orthogonal"
            " sparse"
        ).split()
    },
    "torch.optim.lr_scheduler": {"_LRScheduler": ":LRScheduler"},
    "torchvision.transforms": {
        "Scale": ":Resize",
        "RandomSizedCrop": ":RandomResizedCrop",
        "functional_tensor": "torchvision.transforms._functional_tensor:",
    },
    "torchvision.models.utils": {"load_state_dict_from_url": "torch.hub:load_state_dict_from_url"},
    "torchvision.models.resnet": {"model_urls": ({},)},
    "torchvision.models.vgg": {"model_urls": ({},)},
    "torchvision.models.densenet": {"model_urls": ({},)},
    "torchvision.models.inception": {"model_urls": ({},)},
    "torchvision.datasets.utils": {"gen_bar_updater": lambda: lambda *_: None},
}
ALIASES = {
    "torchvision.transforms.functional_tensor": "torchvision.transforms._functional_tensor",
    "torchvision.transforms.functional_pil": "torchvision.transforms._functional_pil",
}
_SCHEDULERS = (
    "LRScheduler LambdaLR MultiplicativeLR StepLR MultiStepLR ConstantLR LinearLR ExponentialLR SequentialLR"
    " PolynomialLR CosineAnnealingLR ReduceLROnPlateau CyclicLR CosineAnnealingWarmRestarts OneCycleLR"
).split()
ARGUMENTS = {"torch.optim.lr_scheduler:" + name + ".__init__": {"verbose": ""} for name in _SCHEDULERS}
