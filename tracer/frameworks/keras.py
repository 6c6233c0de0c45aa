"""Keras, with whatever backend."""

from __future__ import annotations

from tracer.frameworks import Cap, Framework, LandmarkSpec

_TRAINERS = ("keras.src.", "keras.engine.", "tensorflow.python.keras.")

FRAMEWORK = Framework(
    name="Keras",
    imports=("keras", "tensorflow"),
    landmarks=(
        LandmarkSpec(
            "fit",
            _TRAINERS,
            ("fit", "fit_generator"),
            direct=True,
            arguments=("self", "x", "y", "batch_size", "epochs"),
            caps=(
                Cap("epochs", behind="initial_epoch"),
                Cap("steps_per_epoch", "share"),
                Cap("validation_steps", "share"),
                Cap("validation_freq", "given"),
            ),
        ),
        LandmarkSpec("fit", _TRAINERS, ("train_on_batch",), direct=True, arguments=("x", "y"), probe="training_step"),
        LandmarkSpec("evaluate", _TRAINERS, ("evaluate", "test_on_batch"), direct=True, returns=True),
        LandmarkSpec("predict", _TRAINERS, ("predict", "predict_on_batch"), direct=True, returns=True),
        LandmarkSpec("compile_model", _TRAINERS, ("compile",), direct=True, arguments=("optimizer", "loss", "metrics")),
        LandmarkSpec("save", _TRAINERS, ("save", "save_weights", "save_model"), direct=True),
        LandmarkSpec("functional_step", _TRAINERS, ("apply_gradients", "apply"), direct=True, probe="training_step"),
        LandmarkSpec("read", ("keras.src.datasets.",), ("load_data",), direct=True, returns=True),
    ),
)
