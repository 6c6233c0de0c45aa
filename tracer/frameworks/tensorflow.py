"""TensorFlow: its pipelines of data, and loops of one's own with a tape of gradients."""

from __future__ import annotations

from tracer.frameworks import Framework, LandmarkSpec

_DATA = ("tensorflow.python.data.ops.", "tensorflow.python.data.experimental.")

FRAMEWORK = Framework(
    name="TensorFlow",
    imports=("tensorflow",),
    landmarks=(
        LandmarkSpec(
            "dataset",
            _DATA,
            ("from_tensor_slices", "from_tensors", "from_generator", "list_files", "make_csv_dataset"),
            direct=True,
            returns=True,
        ),
        LandmarkSpec(
            "backward",
            ("tensorflow.python.eager.backprop",),
            ("gradient",),
            direct=True,
            arguments=("target",),
            returns=True,
        ),
    ),
    environment={"TF_CPP_MIN_LOG_LEVEL": "2"},
)
