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

_BY_CALL: tuple[tuple[str, str], ...] = (
    (r"torch\.optim\.lr_scheduler\.\w+$|.*get_\w*schedule(r|_with_\w+)?$", "scheduler"),
    (r"torch\.optim\.(\w+\.)*[A-Z]\w+$|(transformers|timm\.optim|bitsandbytes|apex)\.(\w+\.)*(Adam|AdamW|Lamb|SGD|Adafactor)\w*$", "optimizer"),
    (r"optax\.(?!apply_updates|global_norm|\w*schedule|\w*loss|\w*entropy)\w+$|flax\.nnx\.Optimizer$|flax\.nnx\.ModelAndOptimizer$", "optimizer"),
    (r"(tensorflow\.)?keras\.optimizers\.(\w+\.)*[A-Z]\w+$|tensorflow\.(compat\.v1\.)?train\.\w+Optimizer$", "optimizer"),
    (r"torch\.nn\.(modules\.\w+\.)?\w*Loss$|monai\.losses\.\w+$|(tensorflow\.)?keras\.losses\.[A-Z]\w+$", "criterion"),
    (r"torch\.utils\.data\.(dataloader\.)?DataLoader$|torch_geometric\.(loader|data)\.\w*Loader$|.*\bDataLoader$", "loader"),
    (r"torchvision\.datasets\.\w+$|datasets\.load_dataset$|torch\.utils\.data\.(\w*Dataset|Subset|random_split)$", "dataset"),
    (r"torch\.(cuda\.)?amp\.GradScaler$|torch\.amp\.GradScaler$", "scaler"),
    (r"argparse\.ArgumentParser$|configargparse\.\w+Parser$|transformers\.HfArgumentParser$|jsonargparse\.\w+$", "parser"),
    (r"(gym|gymnasium)\.(make|make_vec|vector\.\w+)$|.*\.SyncVectorEnv$|.*\.AsyncVectorEnv$|envpool\.make$", "environment"),
    (r"(pytorch_lightning|lightning)(\.pytorch)?\.Trainer$|transformers\.\w*Trainer$|trl\.\w+Trainer$|lightning\.fabric\.Fabric$", "trainer"),
    (r"accelerate\.Accelerator$|lightning\.Fabric$", "accelerator"),
    (r"torchvision\.models\.\w+$|timm\.create_model$|transformers\.(Auto)?\w*Model\w*\.from_pretrained$|torch\.hub\.load$", "model"),
    (r"(tensorflow\.)?keras\.(models\.)?(Sequential|Model)$|torch\.nn\.Sequential$|segmentation_models_pytorch\.\w+$", "model"),
    (r"sklearn\.(?!metrics|model_selection|datasets|utils|preprocessing|feature_extraction|base)\w+(\.\w+)*\.[A-Z]\w+$", "estimator"),
    (r"sklearn\.(preprocessing|feature_extraction)(\.\w+)*\.[A-Z]\w+$", "transform"),
    (r"sklearn\.pipeline\.(Pipeline|make_pipeline)$|sklearn\.model_selection\.\w*Search\w*$", "estimator"),
    (r"(xgboost|lightgbm|catboost)\.\w*(Classifier|Regressor|Ranker|CatBoost)$", "estimator"),
    (r"(xgboost|lightgbm)\.(train|cv|Booster)$|xgboost\.dask\.train$", "booster"),
    (r"xgboost\.\w*DMatrix$|lightgbm\.Dataset$|catboost\.Pool$", "dataset"),
    (r"torch\.utils\.tensorboard\.SummaryWriter$|tensorboardX\.SummaryWriter$|wandb\.init$", "writer"),
)  # fmt: skip
_CALLS = tuple((re.compile(pattern), kind) for pattern, kind in _BY_CALL)

_BY_NAME: tuple[tuple[str, str], ...] = (
    (r"(.*_)?(sched|scheduler|lr_scheduler)$", "scheduler"),
    (r"(.*_)?(optim|optimizer|optimiser|opt)\d*(_[a-z]+)?$|optimizer[A-Z]$", "optimizer"),
    (r"(.*_)?(criterion|criteria|loss_fn|loss_func|loss_function|lossfn)$", "criterion"),
    (r"(.*_)?(loader|dataloader|data_loader|train_iter|val_iter|test_iter)$", "loader"),
    (r"(.*_)?(dataset|trainset|testset|train_set|val_set|test_set)$", "dataset"),
    (r"(grad_)?scaler$", "scaler"),
    (r"(.*_)?envs?$", "environment"),
    (r"(.*_)?trainer$", "trainer"),
    (r"accelerator$|fabric$", "accelerator"),
    (r"(.*_)?(model|net|network|netG|netD|policy|agent|actor|critic|generator|discriminator|encoder|decoder|classifier|module)\d*$", "model"),
    (r"(.*_)?(writer|logger)$", "writer"),
)  # fmt: skip
_NAMES = tuple((re.compile(pattern), kind) for pattern, kind in _BY_NAME)

_BASES: tuple[tuple[str, str], ...] = (
    (r"(.*\.)?(nn\.)?Module$|.*LightningModule$|.*PreTrainedModel$|.*keras\.(\w+\.)*(Model|Layer)$|.*FlaxPreTrainedModel$", "model"),
    (r".*\b(Iterable|Map)?Dataset$|.*LightningDataModule$", "dataset"),
    (r".*(gym|gymnasium)\.(core\.)?(Env|Wrapper)$", "environment"),
    (r".*\bDataLoader$", "loader"),
    (r".*optim(\.\w+)*\.Optimizer$", "optimizer"),
    (r"(.*\.)?_?\w*Loss$", "criterion"),
    (r"sklearn\.base\.\w+$|.*\b(BaseEstimator|ClassifierMixin|RegressorMixin)$", "estimator"),
)  # fmt: skip
_BASE_PATTERNS = tuple((re.compile(pattern), kind) for pattern, kind in _BASES)


def kind_of_call(name: str) -> str:
    """The sort of what a library function or class (by its qualified name) returns, or ""."""
    return next((kind for pattern, kind in _CALLS if pattern.match(name)), "")


def kind_of_name(name: str) -> str:
    """The sort that a variable's own name suggests, or ""."""
    return next((kind for pattern, kind in _NAMES if pattern.match(name)), "")


def kind_of_base(name: str) -> str:
    """The sort that a class is by one of its bases, or ""."""
    return next((kind for pattern, kind in _BASE_PATTERNS if pattern.match(name)), "")
