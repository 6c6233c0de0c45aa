"""scipy and scikit-image: what 1.0 to 1.17, and 0.16 to 0.26, took away."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _numpy() -> Any:
    return __import__("numpy")


def imread(name: Any, flatten: bool = False, mode: Any = None) -> Any:
    """`scipy.misc.imread`: an image file as an array."""
    image = __import__("PIL.Image").Image.open(name)
    image = image.convert("F" if flatten else mode) if flatten or mode else image
    return _numpy().array(image)


def imsave(name: Any, arr: Any, *given: Any, **named: Any) -> None:
    """`scipy.misc.imsave`."""
    toimage(arr).save(name, *given, **named)


def toimage(arr: Any, cmin: Any = None, cmax: Any = None, **_: Any) -> Any:
    """`scipy.misc.toimage`: an array as an image, its values stretched to 0 to 255."""
    numpy = _numpy()
    data = numpy.asarray(arr)
    if data.dtype != numpy.uint8:
        low = data.min() if cmin is None else cmin
        high = data.max() if cmax is None else cmax
        data = ((data - low) * (255.0 / ((high - low) or 1))).clip(0, 255).astype(numpy.uint8)
    if data.ndim == 3 and data.shape[0] in (3, 4) and data.shape[2] not in (3, 4):
        data = data.transpose(1, 2, 0)
    return __import__("PIL.Image").Image.fromarray(data)


def imresize(arr: Any, size: Any, interp: str = "bilinear", mode: Any = None) -> Any:
    """`scipy.misc.imresize`: percent, fraction or (height, width)."""
    module = __import__("PIL.Image").Image
    image = toimage(arr)
    width, height = image.size
    if isinstance(size, int):
        wanted = (width * size // 100, height * size // 100)
    elif isinstance(size, float):
        wanted = (int(width * size), int(height * size))
    else:
        wanted = (int(size[1]), int(size[0]))
    kinds = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "cubic": 3}
    return _numpy().array(image.resize(wanted, resample=module.Resampling(kinds.get(interp, 2))))


_OF_NUMPY = (
    "array zeros ones arange linspace mean sum std sqrt exp log log10 sin cos pi inf nan dot eye where concatenate"
    " float32 float64 int32 int64 ndarray asarray random absolute sign argsort argmax argmin maximum minimum"
    " interp"
).split()
_WINDOWS = "hann hamming blackman bartlett gaussian kaiser triang boxcar tukey cosine flattop blackmanharris".split()

NAMES = {
    "scipy": {name: "numpy:" + name for name in _OF_NUMPY},
    "scipy.misc": {
        "imread": imread,
        "imsave": imsave,
        "imresize": imresize,
        "toimage": toimage,
        "fromimage": lambda image, **_: _numpy().array(image),
        "logsumexp": "scipy.special:logsumexp",
        "comb": "scipy.special:comb",
        "factorial": "scipy.special:factorial",
        "face": "scipy.datasets:face",
        "ascent": "scipy.datasets:ascent",
    },
    "scipy.signal": {name: "scipy.signal.windows:" + name for name in _WINDOWS},
    "scipy.integrate": {"trapz": ":trapezoid", "cumtrapz": ":cumulative_trapezoid", "simps": ":simpson"},
    "scipy.stats": {
        "binom_test": lambda x, n=None, p=0.5, alternative="two-sided": (
            __import__("scipy.stats").stats.binomtest(x, n, p, alternative).pvalue
        ),
        "betai": "scipy.special:betainc",
        "nanmean": "numpy:nanmean",
        "nanstd": "numpy:nanstd",
        "itemfreq": lambda values: _numpy().array(_numpy().unique(values, return_counts=True)).T,
    },
    "scipy.linalg": {"pinv2": ":pinv", "tri": "numpy:tri", "tril": "numpy:tril", "triu": "numpy:triu"},
    "scipy.special": {"sph_harm": ":sph_harm_y"},
    "scipy.ndimage.filters": {
        name: "scipy.ndimage:" + name
        for name in "gaussian_filter gaussian_filter1d convolve convolve1d median_filter uniform_filter sobel".split()
    },
    "scipy.ndimage.interpolation": {
        name: "scipy.ndimage:" + name for name in "zoom rotate shift map_coordinates affine_transform".split()
    },
    "scipy.ndimage.measurements": {
        name: "scipy.ndimage:" + name for name in ("label", "center_of_mass", "find_objects")
    },
    "scipy.ndimage.morphology": {
        name: "scipy.ndimage:" + name
        for name in "binary_dilation binary_erosion distance_transform_edt binary_fill_holes".split()
    },
    "skimage.measure": {
        "compare_psnr": "skimage.metrics:peak_signal_noise_ratio",
        "compare_ssim": "skimage.metrics:structural_similarity",
        "compare_mse": "skimage.metrics:mean_squared_error",
        "compare_nrmse": "skimage.metrics:normalized_root_mse",
    },
}
_SPARSE = {"A": property(lambda own: own.toarray()), "H": property(lambda own: own.T.conj())}
METHODS = {
    "scipy.sparse:" + name: _SPARSE
    for name in ("csr_matrix", "csc_matrix", "coo_matrix", "lil_matrix", "dok_matrix", "dia_matrix", "bsr_matrix")
}
ARGUMENTS = {
    "skimage.metrics:structural_similarity": {"multichannel": ""},
    "scipy.sparse.linalg:cg": {"tol": "rtol"},
    "scipy.sparse.linalg:gmres": {"tol": "rtol"},
}
