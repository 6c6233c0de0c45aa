"""torch_scatter: reductions over groups given by an index. Runs in the target."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

REDUCTIONS = {"sum": "sum", "add": "sum", "mul": "prod", "mean": "mean", "min": "amin", "max": "amax"}


def _torch() -> Any:
    return __import__("torch")


def broadcast(src: Any, other: Any, dim: int) -> Any:
    """An index in the shape of `other`, along whose axis `dim` it runs."""
    dim = other.dim() + dim if dim < 0 else dim
    if src.dim() == 1:
        src = src.view([-1 if axis == dim else 1 for axis in range(other.dim())])
    while src.dim() < other.dim():
        src = src.unsqueeze(-1)
    return src.expand_as(other)


def _reduced(src: Any, index: Any, dim: int, out: Any, dim_size: Any, reduce: str) -> Any:
    index = broadcast(index, src, dim)
    if out is None:
        size = list(src.shape)
        size[dim] = int(index.max()) + 1 if dim_size is None and index.numel() else int(dim_size or 0)
        out = src.new_zeros(size)
        return out.scatter_reduce(dim, index, src, REDUCTIONS[reduce], include_self=reduce in ("sum", "add"))
    return out.scatter_reduce_(dim, index, src, REDUCTIONS[reduce], include_self=True)


def scatter(src: Any, index: Any, dim: int = -1, out: Any = None, dim_size: Any = None, reduce: str = "sum") -> Any:
    """Reduce all values of `src` that have the same index along `dim`."""
    return _reduced(src, index, dim, out, dim_size, reduce)


def scatter_sum(src: Any, index: Any, dim: int = -1, out: Any = None, dim_size: Any = None) -> Any:
    """The sum of each group."""
    return _reduced(src, index, dim, out, dim_size, "sum")


def scatter_mul(src: Any, index: Any, dim: int = -1, out: Any = None, dim_size: Any = None) -> Any:
    """The product of each group."""
    return _reduced(src, index, dim, out, dim_size, "mul")


def scatter_mean(src: Any, index: Any, dim: int = -1, out: Any = None, dim_size: Any = None) -> Any:
    """The mean of each group."""
    return _reduced(src, index, dim, out, dim_size, "mean")


def _extreme(src: Any, index: Any, dim: int, out: Any, dim_size: Any, reduce: str) -> tuple[Any, Any]:
    """The extreme of each group, and where it stands; of an empty group the size of the axis."""
    torch = _torch()
    found = _reduced(src, index, dim, out, dim_size, reduce)
    index = broadcast(index, src, dim)
    places = torch.arange(src.size(dim), device=src.device)
    places = broadcast(places, src, dim)
    hit = src == found.gather(dim, index)
    last = torch.full_like(found, src.size(dim), dtype=torch.long)
    places = torch.where(hit, places, torch.full_like(places, src.size(dim)))
    return found, last.scatter_reduce(dim, index, places, "amin", include_self=True)


def scatter_max(src: Any, index: Any, dim: int = -1, out: Any = None, dim_size: Any = None) -> tuple[Any, Any]:
    """The largest of each group, and where it stands."""
    return _extreme(src, index, dim, out, dim_size, "max")


def scatter_min(src: Any, index: Any, dim: int = -1, out: Any = None, dim_size: Any = None) -> tuple[Any, Any]:
    """The smallest of each group, and where it stands."""
    return _extreme(src, index, dim, out, dim_size, "min")


def scatter_std(
    src: Any, index: Any, dim: int = -1, out: Any = None, dim_size: Any = None, unbiased: bool = True
) -> Any:
    """The standard deviation of each group."""
    torch = _torch()
    mean = scatter_mean(src, index, dim, None, dim_size)
    wide = broadcast(index, src, dim)
    count = scatter_sum(torch.ones_like(src), index, dim, None, dim_size)
    squares = scatter_sum((src - mean.gather(dim, wide)) ** 2, index, dim, None, dim_size)
    return (squares / (count - 1 if unbiased else count).clamp(min=1)).sqrt()


def scatter_logsumexp(
    src: Any, index: Any, dim: int = -1, out: Any = None, dim_size: Any = None, eps: float = 1e-12
) -> Any:
    """The logarithm of the sum of exponentials of each group."""
    most, _ = scatter_max(src, index, dim, None, dim_size)
    wide = broadcast(index, src, dim)
    return (scatter_sum((src - most.gather(dim, wide)).exp(), index, dim, None, dim_size) + eps).log() + most


def scatter_softmax(src: Any, index: Any, dim: int = -1, dim_size: Any = None) -> Any:
    """The softmax within each group."""
    most, _ = scatter_max(src, index, dim, None, dim_size)
    wide = broadcast(index, src, dim)
    raised = (src - most.gather(dim, wide)).exp()
    return raised / scatter_sum(raised, index, dim, None, dim_size).gather(dim, wide)


def scatter_log_softmax(src: Any, index: Any, dim: int = -1, eps: float = 1e-12, dim_size: Any = None) -> Any:
    """The logarithm of the softmax within each group."""
    return (scatter_softmax(src, index, dim, dim_size) + eps).log()


def segment_coo(src: Any, index: Any, out: Any = None, dim_size: Any = None, reduce: str = "sum") -> Any:
    """`scatter` over a sorted index, along its last axis."""
    return _reduced(src, index, index.dim() - 1, out, dim_size, reduce)


def segment_csr(src: Any, indptr: Any, out: Any = None, reduce: str = "sum") -> Any:
    """`scatter` over groups given by where each begins."""
    torch = _torch()
    counts = indptr[..., 1:] - indptr[..., :-1]
    index = torch.repeat_interleave(torch.arange(counts.numel(), device=src.device), counts.reshape(-1))
    return _reduced(src, index, 0, out, counts.numel(), reduce)


FUNCTIONS: dict[str, Any] = {
    one.__name__: one
    for one in (
        scatter, scatter_sum, scatter_mul, scatter_mean, scatter_max, scatter_min, scatter_std, scatter_logsumexp,
        scatter_softmax, scatter_log_softmax, segment_coo, segment_csr,
    )
}  # fmt: skip
FUNCTIONS["scatter_add"] = scatter_sum
