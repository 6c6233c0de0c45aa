"""From the name that is imported to the distribution that has it, and back. Host.

The table is that of pipreqs; what it lacks or has grown wrong in it, for programs that learn, is added here. A name
that neither knows is most often the distribution's own.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

from packaging.utils import canonicalize_name

OWN: dict[str, tuple[str, ...]] = {
    "Box2D": ("box2d",),
    "Crypto": ("pycryptodome",),
    "IPython": ("ipython",),
    "Levenshtein": ("levenshtein", "python-levenshtein"),
    "MySQLdb": ("mysqlclient",),
    "OpenGL": ("PyOpenGL",),
    "PIL": ("pillow", "pillow-simd"),
    "absl": ("absl-py",),
    "acme": ("dm-acme",),
    "attr": ("attrs",),
    "box": ("python-box",),
    "clip": ("openai-clip", "clip-anytorch"),
    "community": ("python-louvain",),
    "cv2": (
        "opencv-python-headless",
        "opencv-python",
        "opencv-contrib-python",
        "opencv-contrib-python-headless",
    ),
    "cityscapesscripts": ("cityscapesScripts",),
    "distutils": ("setuptools<81",),
    "docx": ("python-docx",),
    "dotenv": ("python-dotenv",),
    "faiss": ("faiss-cpu", "faiss-gpu"),
    "ffmpeg": ("ffmpeg-python",),
    "fitz": ("pymupdf",),
    "git": ("GitPython",),
    "google.protobuf": ("protobuf",),
    "haiku": ("dm-haiku",),
    "hydra": ("hydra-core",),
    "igraph": ("igraph", "python-igraph"),
    "ignite": ("pytorch-ignite",),
    "imblearn": ("imbalanced-learn",),
    "jax": ("jax",),
    "jaxlib": ("jaxlib", "jax"),
    "kaggle_environments": ("kaggle-environments",),
    "lightning_fabric": ("lightning-fabric", "lightning", "pytorch-lightning"),
    "lightning_utilities": ("lightning-utilities", "lightning", "pytorch-lightning"),
    "mpl_toolkits": ("matplotlib",),
    "onnxruntime": ("onnxruntime", "onnxruntime-gpu"),
    "ot": ("POT",),
    "pkg_resources": ("setuptools<81",),
    "pl_bolts": ("lightning-bolts",),
    "psycopg2": ("psycopg2-binary", "psycopg2"),
    "pybullet_data": ("pybullet",),
    "pybullet_envs": ("pybullet",),
    "pygame": ("pygame", "pygame-ce"),
    "pylab": ("matplotlib",),
    "pynvml": ("nvidia-ml-py", "pynvml", "nvidia-ml-py3"),
    "pyro": ("pyro-ppl",),
    "pytorch_ssim": ("pytorch-ssim",),
    "pyximport": ("cython",),
    "Cython": ("cython",),
    "ruamel.yaml": ("ruamel.yaml",),
    "skimage": ("scikit-image",),
    "sklearn": ("scikit-learn", "sklearn"),
    "sksurv": ("scikit-survival",),
    "slugify": ("python-slugify",),
    "sonnet": ("dm-sonnet",),
    "skopt": ("scikit-optimize",),
    "surprise": ("scikit-surprise",),
    "talib": ("TA-Lib",),
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-gpu", "tf-nightly"),
    "tree": ("dm-tree",),
    "umap": ("umap-learn",),
    "websocket": ("websocket-client",),
    "yaml": ("pyyaml",),
}
"""Import name to distributions that have it, the best to install first."""

NEVER: dict[str, str] = {
    "apex": "NVIDIA's apex is in no package index; what has its name there is something else",
    "tensorrt": "it needs an NVIDIA GPU",
    "pycuda": "it needs an NVIDIA GPU",
    "cupy": "it needs an NVIDIA GPU",
    "cupyx": "it needs an NVIDIA GPU",
    "google.colab": "it exists only inside of Colab",
    "bpy": "it is a part of Blender",
    "carla": "it comes with the simulator",
    "isaacgym": "it is in no package index",
    "nvidia": "it needs an NVIDIA GPU",
    "mc": "it comes with a cluster",
    "petrel_client": "it comes with a cluster",
    "torch_xla": "it needs a TPU",
}
"""Imports that no installation on this machine can satisfy, and why."""

BEHIND: dict[str, tuple[str, ...]] = {
    "torch.utils.tensorboard": ("tensorboard",),
    "lightning.pytorch.loggers.TensorBoardLogger": ("tensorboard",),
    "pytorch_lightning.loggers.TensorBoardLogger": ("tensorboard",),
    "transformers.Trainer": ("accelerate",),
    "transformers.TrainingArguments": ("accelerate",),
    "torchvision.datasets.ImageNet": ("scipy",),
}
"""Imports that import something else which their own distribution does not ask for."""

RENAMED: dict[str, str] = {
    "sklearn": "scikit-learn",
    "pytorch": "torch",
    "pil": "pillow",
    "opencv": "opencv-python",
    "python-opencv": "opencv-python",
    "cv2": "opencv-python",
    "skimage": "scikit-image",
    "tensorflow-gpu": "tensorflow",
    "tb-nightly": "tensorboard",
    "tf-nightly-gpu": "tensorflow",
    "faiss": "faiss-cpu",
    "nvidia-ml-py3": "nvidia-ml-py",
    "bs4": "beautifulsoup4",
    "yaml": "pyyaml",
    "progressbar33": "progressbar2",
    "dotenv": "python-dotenv",
}
"""Names under which a distribution is no longer, or never was, in the index, and what is meant."""

WITHOUT_GPU: dict[str, str] = {
    "faiss-gpu": "faiss-cpu",
    "onnxruntime-gpu": "onnxruntime",
    "tensorflow-gpu": "tensorflow",
    "jax-cuda12-plugin": "",
    "jax-cuda12-pjrt": "",
    "triton": "",
    "flash-attn": "",
    "xformers": "",
    "bitsandbytes": "",
    "deepspeed": "",
    "apex": "",
    "pycuda": "",
    "tensorrt": "",
    "dgl-cu101": "dgl",
    "dgl-cu102": "dgl",
    "dgl-cu110": "dgl",
    "dgl-cu111": "dgl",
    "dgl-cu113": "dgl",
    "dgl-cu116": "dgl",
}
"""What a machine without a GPU takes instead; "" is nothing."""


@cache
def _pipreqs() -> dict[str, str]:
    """pipreqs' table; {} where it is not installed."""
    spec = importlib.util.find_spec("pipreqs")
    if spec is None or spec.origin is None:
        return {}
    try:
        text = (Path(spec.origin).parent / "mapping").read_text(encoding="utf-8")
    except OSError:
        return {}
    pairs = (line.strip().partition(":") for line in text.splitlines() if ":" in line)
    found: dict[str, str] = {}
    for name, _, distribution in pairs:
        found.setdefault(name, distribution)
    return found


def distributions_for(module: str) -> tuple[str, ...]:
    """The distributions that have a module, the best to install first; () where none can be had. `module` may be
    dotted: of packages that many distributions fill, the rest of the name tells."""
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        if name in NEVER:
            return ()
        if name in OWN:
            return OWN[name]
    top = parts[0]
    if top == "google" and len(parts) > 1:
        return (f"google-{'-'.join(parts[1:3])}",) if parts[1] == "cloud" else ()
    known = _pipreqs().get(top)
    return (known.replace("_", "-"),) if known else (top.replace("_", "-"),)


def is_listed(module: str) -> bool:
    """Whether a table, and not the name alone, says which distribution has a module."""
    parts = module.split(".")
    return any(".".join(parts[:length]) in OWN for length in (1, 2)) or parts[0] in _pipreqs()


def modules_of(distribution: str) -> tuple[str, ...]:
    """The top-level modules that a distribution is known to have; by its name alone where no table has it."""
    wanted = canonicalize_name(distribution)
    found = [module for module, names in OWN.items() if wanted in (canonicalize_name(name) for name in names)]
    found += [module for module, name in _pipreqs().items() if canonicalize_name(name) == wanted and module not in OWN]
    return tuple(dict.fromkeys([*found, wanted.replace("-", "_")]))
