"""Names of the machine-learning packages that decide how a program is told. Host side, data only."""

from __future__ import annotations

FRAMEWORK_OF = {
    "torch": "pytorch",
    "torchvision": "pytorch",
    "torchaudio": "pytorch",
    "torch_geometric": "pytorch",
    "pytorch_lightning": "lightning",
    "lightning": "lightning",
    "lightning_fabric": "lightning",
    "transformers": "transformers",
    "trl": "transformers",
    "accelerate": "accelerate",
    "jax": "jax",
    "flax": "jax",
    "optax": "jax",
    "equinox": "jax",
    "haiku": "jax",
    "tensorflow": "keras",
    "keras": "keras",
    "sklearn": "sklearn",
    "xgboost": "xgboost",
    "lightgbm": "lightgbm",
    "catboost": "catboost",
    "gymnasium": "gymnasium",
    "gym": "gymnasium",
    "stable_baselines3": "gymnasium",
    "numpy": "numpy",
}
"""Top-level import name to the framework whose words fit."""


def frameworks_of(packages: frozenset[str] | set[str]) -> tuple[str, ...]:
    """The frameworks among imported packages, most specific first; numpy only where nothing else trains."""
    order = {
        name: position
        for position, name in enumerate(("lightning", "transformers", "accelerate", "jax", "keras", "pytorch"))
    }
    found = {FRAMEWORK_OF[name] for name in packages if name in FRAMEWORK_OF}
    trains = found - {"numpy", "gymnasium"}
    if trains:
        found.discard("numpy")
    return tuple(sorted(found, key=lambda name: (order.get(name, 10), name)))
