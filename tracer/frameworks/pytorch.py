"""PyTorch."""

from __future__ import annotations

from tracer.frameworks import Framework, LandmarkSpec

_LOSSES = (
    "cross_entropy",
    "nll_loss",
    "mse_loss",
    "l1_loss",
    "smooth_l1_loss",
    "huber_loss",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "kl_div",
    "gaussian_nll_loss",
    "poisson_nll_loss",
    "triplet_margin_loss",
    "margin_ranking_loss",
    "hinge_embedding_loss",
    "cosine_embedding_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "ctc_loss",
    "soft_margin_loss",
    "multilabel_soft_margin_loss",
)

FRAMEWORK = Framework(
    name="PyTorch",
    imports=("torch",),
    landmarks=(
        LandmarkSpec("module_call", ("torch.nn.modules.module",), ("_call_impl",), probe="module_call"),
        LandmarkSpec(
            "backward", ("torch._tensor",), ("backward",), owner="Tensor", arguments=("self",), probe="backward"
        ),
        LandmarkSpec("backward", ("torch.autograd",), ("backward",), arguments=("tensors",), probe="backward"),
        LandmarkSpec("backward", ("torch.autograd",), ("grad",), arguments=("outputs",), probe="backward"),
        LandmarkSpec("optimizer_step", ("torch.optim.optimizer",), ("wrapper",), probe="optimizer_step"),
        LandmarkSpec("zero_grad", ("torch.optim.optimizer",), ("zero_grad",)),
        LandmarkSpec("zero_grad", ("torch.nn.modules.module",), ("zero_grad",), owner="Module"),
        LandmarkSpec(
            "optimizer", ("torch.optim.optimizer",), ("__init__",), owner="Optimizer", arguments=("self", "defaults")
        ),
        LandmarkSpec("scheduler", ("torch.optim.lr_scheduler",), ("__init__",), arguments=("self",)),
        LandmarkSpec("scheduler_step", ("torch.optim.lr_scheduler",), ("step", "wrapper")),
        LandmarkSpec(
            "clip_gradients",
            ("torch.nn.utils.clip_grad",),
            ("clip_grad_norm_", "clip_grad_value_", "clip_grad_norm"),
            arguments=("max_norm", "clip_value"),
        ),
        LandmarkSpec("loss_function", ("torch.nn.functional",), _LOSSES, arguments=("input", "target"), returns=True),
        LandmarkSpec(
            "dataloader",
            ("torch.utils.data.dataloader",),
            ("__init__",),
            owner="DataLoader",
            arguments=("dataset", "batch_size", "shuffle", "num_workers"),
            probe="dataloader",
        ),
        LandmarkSpec(
            "batches", ("torch.utils.data.dataloader",), ("__iter__",), owner="DataLoader", arguments=("self",)
        ),
        LandmarkSpec(
            "split", ("torch.utils.data.dataset",), ("random_split",), arguments=("dataset", "lengths"), returns=True
        ),
        LandmarkSpec(
            "dataset",
            ("torchvision.datasets.", "torchaudio.datasets.", "torchtext.datasets.", "torch_geometric.datasets."),
            ("__init__",),
            direct=True,
            arguments=("self", "root", "train", "split", "transform"),
        ),
        LandmarkSpec(
            "transform",
            ("torchvision.transforms.", "torchvision.transforms"),
            ("__init__",),
            owner="Compose",
            direct=True,
            arguments=("transforms",),
        ),
        LandmarkSpec("save", ("torch.serialization",), ("save",), arguments=("f", "obj")),
        LandmarkSpec("load", ("torch.serialization",), ("load",), arguments=("f",), returns=True),
        LandmarkSpec(
            "restore",
            ("torch.nn.modules.module", "torch.optim.optimizer"),
            ("load_state_dict",),
            arguments=("state_dict",),
        ),
        LandmarkSpec("eval_mode", ("torch.nn.modules.module",), ("eval",), owner="Module"),
        LandmarkSpec("train_mode", ("torch.nn.modules.module",), ("train",), owner="Module", arguments=("mode",)),
        LandmarkSpec("compile", ("torch",), ("compile",)),
        LandmarkSpec(
            "script",
            ("torch.jit", "torch.jit._script", "torch.jit._trace"),
            ("script", "trace"),
            direct=True,
            arguments=("obj", "func"),
        ),
        LandmarkSpec(
            "log", ("torch.utils.tensorboard.writer",), ("add_scalar", "add_scalars"), arguments=("tag", "scalar_value")
        ),
    ),
    # A compiled function shows the debugger one line where the source has many; eager mode computes the same.
    environment={"TORCHDYNAMO_DISABLE": "1"},
    hooks={"forward": "forward"},
)
