"""What sort of thing a library's constructor makes, and what a name suggests. Host side, data and two look-ups."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Value:
    """The sort of a value, and whether it is known from its construction or only guessed from its name."""

    kind: str
    sure: bool = True


NOTHING = Value("", sure=False)

_BY_CALL = (
    ("scheduler", r"torch\.optim\.lr_scheduler\.\w+$", r".*get_\w*schedule(r|_with_\w+)?$"),
    (
        "optimizer",
        r"torch\.optim\.(\w+\.)*[A-Z]\w+$",
        r"(transformers|timm\.optim|bitsandbytes|apex)\.(\w+\.)*(Adam|Lamb|SGD|Adafactor)\w*$",
        r"optax\.(?!apply_updates|global_norm|\w*schedule|\w*loss|\w*entropy)\w+$",
        r"flax\.nnx\.(Optimizer|ModelAndOptimizer)$",
        r"(tensorflow\.)?keras\.optimizers\.(\w+\.)*[A-Z]\w+$",
        r"tensorflow\.(compat\.v1\.)?train\.\w+Optimizer$",
    ),
    (
        "criterion",
        r"torch\.nn\.(modules\.\w+\.)?\w*Loss$",
        r"monai\.losses\.\w+$",
        r"(tensorflow\.)?keras\.losses\.[A-Z]\w+$",
    ),
    ("loader", r"torch_geometric\.(loader|data)\.\w*Loader$", r".*\bDataLoader$"),
    (
        "dataset",
        r"torchvision\.datasets\.\w+$",
        r"datasets\.load_dataset$",
        r"torch\.utils\.data\.(\w*Dataset|Subset|random_split)$",
    ),
    ("scaler", r"torch\.(cuda\.)?amp\.GradScaler$"),
    (
        "parser",
        r"argparse\.ArgumentParser$",
        r"configargparse\.\w+Parser$",
        r"transformers\.HfArgumentParser$",
        r"jsonargparse\.\w+$",
    ),
    (
        "environment",
        r"(gym|gymnasium)\.(make|make_vec|vector\.\w+)$",
        r".*\.(Sync|Async)VectorEnv$",
        r"envpool\.make$",
    ),
    (
        "trainer",
        r"(pytorch_lightning|lightning)(\.pytorch)?\.Trainer$",
        r"(transformers|trl)\.\w*Trainer$",
    ),
    ("accelerator", r"accelerate\.Accelerator$", r"lightning(\.fabric)?\.Fabric$"),
    (
        "model",
        r"torchvision\.models\.\w+$",
        r"timm\.create_model$",
        r"transformers\.(Auto)?\w*Model\w*\.from_pretrained$",
        r"torch\.hub\.load$",
        r"(tensorflow\.)?keras\.(models\.)?(Sequential|Model)$",
        r"torch\.nn\.Sequential$",
        r"segmentation_models_pytorch\.\w+$",
    ),
    ("layer", r"torch\.nn\.[A-Z]\w+$", r"flax\.nnx\.[A-Z]\w+$"),
    ("transform", r"sklearn\.(preprocessing|feature_extraction|decomposition)(\.\w+)*\.[A-Z]\w+$"),
    (
        "estimator",
        r"sklearn\.(?!metrics|model_selection|datasets|utils|base)\w+(\.\w+)*\.[A-Z]\w+$",
        r"sklearn\.pipeline\.make_pipeline$",
        r"sklearn\.model_selection\.\w*Search\w*$",
        r"(xgboost|lightgbm|catboost)\.\w*(Classifier|Regressor|Ranker|CatBoost)$",
    ),
    ("booster", r"(xgboost|lightgbm)\.(train|cv|Booster)$", r"xgboost\.dask\.train$"),
    ("dataset", r"xgboost\.\w*DMatrix$", r"lightgbm\.Dataset$", r"catboost\.Pool$"),
    ("writer", r"torch\.utils\.tensorboard\.SummaryWriter$", r"tensorboardX\.SummaryWriter$", r"wandb\.init$"),
)
_BY_NAME = (
    ("scheduler", r"(.*_)?(sched|scheduler|lr_scheduler)$"),
    ("optimizer", r"(.*_)?(optim|optimizer|optimiser|opt)\d*(_[a-z]+)?$", r"optimizer[A-Z]$"),
    ("criterion", r"(.*_)?(criterion|criteria|loss_fn|loss_func|loss_function|lossfn)$"),
    ("loader", r"(.*_)?(loader|dataloader|data_loader|train_iter|val_iter|test_iter)$"),
    ("dataset", r"(.*_)?(dataset|trainset|testset|train_set|val_set|test_set)$"),
    ("scaler", r"(grad_)?scaler$"),
    ("environment", r"(.*_)?envs?$"),
    ("trainer", r"(.*_)?trainer$"),
    ("accelerator", r"accelerator$", r"fabric$"),
    (
        "model",
        r"(.*_)?(model|net|network|netG|netD|policy|agent|actor|critic)\d*$",
        r"(.*_)?(generator|discriminator|encoder|decoder|classifier|module)\d*$",
    ),
    ("writer", r"(.*_)?(writer|logger)$"),
)
_BY_BASE = (
    (
        "model",
        r"(.*\.)?(nn\.)?Module$",
        r".*LightningModule$",
        r".*PreTrainedModel$",
        r".*keras\.(\w+\.)*(Model|Layer)$",
    ),
    ("dataset", r".*\b(Iterable|Map)?Dataset$", r".*LightningDataModule$"),
    ("environment", r".*(gym|gymnasium)\.(core\.)?(Env|Wrapper)$"),
    ("loader", r".*\bDataLoader$"),
    ("optimizer", r".*optim(\.\w+)*\.Optimizer$"),
    ("criterion", r"(.*\.)?_?\w*Loss$"),
    ("estimator", r"sklearn\.base\.\w+$", r".*\b(BaseEstimator|ClassifierMixin|RegressorMixin)$"),
)


def _compiled(table: tuple[tuple[str, ...], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Rows of (kind, pattern, pattern, ...) as pairs of one pattern and its kind, in order: the first match counts."""
    return tuple((re.compile(pattern), kind) for kind, *patterns in table for pattern in patterns)


_CALLS = _compiled(_BY_CALL)
_NAMES = _compiled(_BY_NAME)
_BASES = _compiled(_BY_BASE)


def kind_of_call(name: str) -> str:
    """The sort of what a library function or class (by its qualified name) returns, or ""."""
    return next((kind for pattern, kind in _CALLS if pattern.match(name)), "")


def kind_of_name(name: str) -> str:
    """The sort that a variable's own name suggests, or ""."""
    return next((kind for pattern, kind in _NAMES if pattern.match(name)), "")


def kind_of_base(name: str) -> str:
    """The sort that a class is by one of its bases, or ""."""
    return next((kind for pattern, kind in _BASES if pattern.match(name)), "")
