"""Plain Python: how programs are configured, whatever framework they use."""

from __future__ import annotations

from tracer.frameworks import Framework, LandmarkSpec

FRAMEWORK = Framework(
    name="Python",
    imports=(),
    landmarks=(
        LandmarkSpec(
            "parser", ("argparse",), ("__init__",), owner="ArgumentParser", direct=True, arguments=("description",)
        ),
        LandmarkSpec(
            "config", ("argparse",), ("parse_args", "parse_known_args"), owner="ArgumentParser", returns=True, wide=True
        ),
        LandmarkSpec("config", ("optparse",), ("parse_args",), returns=True, wide=True),
        LandmarkSpec("config", ("tyro._cli", "tyro.cli"), ("cli",), returns=True, wide=True, direct=True),
        LandmarkSpec(
            "config", ("simple_parsing.parsing",), ("parse", "parse_args"), returns=True, wide=True, direct=True
        ),
        LandmarkSpec(
            "config",
            ("jsonargparse.", "fire.core"),
            ("CLI", "Fire", "parse_args"),
            returns=True,
            wide=True,
            direct=True,
        ),
        LandmarkSpec(
            "config",
            ("transformers.hf_argparser",),
            ("parse_args_into_dataclasses",),
            returns=True,
            wide=True,
            direct=True,
        ),
        LandmarkSpec("config", ("hydra.main", "hydra._internal.utils"), ("_run_hydra",)),
        LandmarkSpec("config", ("absl.app",), ("run",), direct=True),
        LandmarkSpec("config", ("click.core",), ("main",), direct=True),
        LandmarkSpec(
            "config_file",
            ("yaml", "yaml.", "ruamel.yaml.", "toml.", "tomllib."),
            ("load", "safe_load", "full_load", "loads"),
            returns=True,
            wide=True,
            direct=True,
        ),
        LandmarkSpec(
            "config_file",
            ("omegaconf.omegaconf",),
            ("load", "create", "merge", "from_cli", "from_dotlist"),
            direct=True,
        ),
        LandmarkSpec("config_file", ("configparser",), ("read", "read_file"), direct=True),
        LandmarkSpec("config_file", ("json",), ("load",), direct=True, returns=True, wide=True),
        LandmarkSpec(
            "log",
            ("wandb.sdk.wandb_run", "mlflow.tracking.fluent"),
            ("log", "log_metric", "log_metrics"),
            direct=True,
            arguments=("data", "key", "value", "metrics"),
        ),
        LandmarkSpec("log", ("tensorboardX.writer",), ("add_scalar", "add_scalars"), arguments=("tag", "scalar_value")),
    ),
    environment={
        "MPLBACKEND": "Agg",
        "WANDB_MODE": "offline",
        "WANDB_ERROR_REPORTING": "false",
        "COMET_MODE": "OFFLINE",
        "COMET_START_ONLINE": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    },
)
