"""JAX and flax: what 0.2 to 0.10 took away."""

from __future__ import annotations

_TREES = "map leaves flatten unflatten structure transpose reduce all".split()

NAMES = {
    "jax": {
        **{"tree_" + name: "jax.tree_util:tree_" + name for name in _TREES},
        "tree_multimap": "jax.tree_util:tree_map",
        "partial": "functools:partial",
        "DeviceArray": "jax:Array",
        "xla_computation": "jax:jit",
        "linear_util": "jax.extend.linear_util:",
        "core": "jax.extend.core:",
    },
    "jax.config": {"config": "jax:config"},
    "jax.ops": {
        "index": (type("Index", (), {"__getitem__": lambda own, key: key})(),),
        "index_update": lambda array, index, values: array.at[index].set(values),
        "index_add": lambda array, index, values: array.at[index].add(values),
        "index_mul": lambda array, index, values: array.at[index].multiply(values),
        "index_min": lambda array, index, values: array.at[index].min(values),
        "index_max": lambda array, index, values: array.at[index].max(values),
    },
    "jax.numpy": {"DeviceArray": "jax:Array", "trapz": "jax.numpy:trapezoid", "round_": "jax.numpy:round"},
    "jax.interpreters.xla": {"DeviceArray": "jax:Array"},
    "jax.experimental": {
        "optimizers": "jax.example_libraries.optimizers:",
        "stax": "jax.example_libraries.stax:",
    },
    "jax.random": {"KeyArray": "jax:Array"},
    "jax.nn": {"normalize": "jax.nn:standardize"},
}
ALIASES = {
    "jax.experimental.optimizers": "jax.example_libraries.optimizers",
    "jax.experimental.stax": "jax.example_libraries.stax",
    "jax.linear_util": "jax.extend.linear_util",
}
