"""JAX with flax, optax and equinox."""

from __future__ import annotations

from tracer.frameworks import Framework, LandmarkSpec

_OPTIMIZERS = (
    "adabelief", "adadelta", "adafactor", "adagrad", "adam", "adamax", "adamaxw", "adamw", "amsgrad", "chain",
    "fromage", "lamb", "lars", "lbfgs", "lion", "multi_transform", "nadam", "nadamw", "noisy_sgd", "novograd",
    "optimistic_adam", "optimistic_gradient_descent", "radam", "rmsprop", "rprop", "sgd", "sign_sgd", "sm3", "yogi",
)  # fmt: skip

FRAMEWORK = Framework(
    name="JAX",
    imports=("jax", "flax", "optax", "equinox", "haiku"),
    landmarks=(
        LandmarkSpec(
            "backward",
            ("jax._src.api", "flax.nnx.transforms.autodiff", "equinox._ad", "flax.core.lift"),
            ("grad_f", "value_and_grad_f", "grad_f_aux", "value_and_grad_f_aux", "grad_wrapper"),
            arguments=("fun",),
        ),
        LandmarkSpec(
            "make_gradient",
            ("jax._src.api", "flax.nnx.transforms.autodiff", "equinox._ad"),
            ("grad", "value_and_grad", "filter_grad", "filter_value_and_grad"),
            arguments=("fun", "f"),
        ),
        LandmarkSpec(
            "functional_step", ("optax._src.update", "equinox._update"), ("apply_updates",), probe="training_step"
        ),
        LandmarkSpec("functional_step", ("optax.",), ("update_fn",), direct=True),
        LandmarkSpec("functional_step", ("flax.training.train_state",), ("apply_gradients",), probe="training_step"),
        LandmarkSpec("functional_step", ("flax.nnx.training.optimizer",), ("update",), probe="training_step"),
        LandmarkSpec("optimizer", ("optax.",), _OPTIMIZERS, direct=True, returns=True),
        LandmarkSpec("optimizer", ("flax.nnx.training.optimizer",), ("__init__",), arguments=("self", "model")),
        LandmarkSpec("optimizer", ("flax.training.train_state",), ("create",), owner="TrainState"),
        LandmarkSpec("apply", ("flax.linen.module", "haiku._src.transform"), ("apply", "apply_fn"), direct=True),
        LandmarkSpec("loss_function", ("optax.losses.", "optax._src.loss"), ("*",), direct=True, returns=True),
        LandmarkSpec("init", ("flax.linen.module",), ("init",), direct=True),
        LandmarkSpec(
            "save",
            ("equinox._serialisation", "orbax.checkpoint.", "flax.training.checkpoints"),
            ("tree_serialise_leaves", "save", "save_args", "save_checkpoint"),
            direct=True,
        ),
        LandmarkSpec(
            "load",
            ("equinox._serialisation", "orbax.checkpoint.", "flax.training.checkpoints"),
            ("tree_deserialise_leaves", "restore", "restore_checkpoint"),
            direct=True,
        ),
        LandmarkSpec("jit", ("jax._src.api", "jax._src.pjit"), ("jit",), direct=True, arguments=("fun",)),
    ),
)
