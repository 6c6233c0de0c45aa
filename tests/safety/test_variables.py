"""The environment of a target: what names or opens a secret is not in it, all else is."""

from __future__ import annotations

import pytest

from tracer.safety.variables import is_private, secret_values, without_secrets


@pytest.mark.parametrize(
    "name",
    "HF_TOKEN HUGGING_FACE_HUB_TOKEN OPENAI_API_KEY WANDB_API_KEY AWS_SECRET_ACCESS_KEY AWS_PROFILE SSH_AUTH_SOCK "
    "GOOGLE_APPLICATION_CREDENTIALS GITHUB_TOKEN DB_PASSWORD PGPASSWORD MY_SECRET KAGGLE_KEY NETRC "
    "DBUS_SESSION_BUS_ADDRESS MLFLOW_TRACKING_URI npm_config_authToken USER LOGNAME KUBECONFIG DOCKER_AUTH_CONFIG "
    "SUDO_USER".split(),
)
def test_dropped_by_name(name: str) -> None:
    assert is_private(name, "x")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", "http://ada:pa55word@proxy:3128"),
        ("PIP_INDEX_URL", "https://ada:t0ken@pypi.example.org/simple"),
        ("SOMETHING", "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"),
        ("OTHER", "hf_" + "AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGh"),
    ],
)
def test_dropped_by_value(name: str, value: str) -> None:
    assert is_private(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PATH", "/usr/bin:/bin"),
        ("PWD", "/work"),
        ("CUDA_VISIBLE_DEVICES", "0,1"),
        ("TOKENIZERS_PARALLELISM", "false"),
        ("OMP_NUM_THREADS", "1"),
        ("LD_LIBRARY_PATH", "/opt/lib"),
        ("HTTP_PROXY", "http://proxy:3128"),
        ("MAX_TOKENS", "100"),
        ("XLA_FLAGS", "--xla_gpu_cuda_data_dir=/usr/lib/cuda11"),
        ("PYTHONHASHSEED", "0"),
        ("MONKEY", "1"),
        ("RUN_ID", "9fceb02d0ae598e95dc970b74767f19372d61af8"),
        ("KEYBOARD", "us"),
    ],
)
def test_kept(name: str, value: str) -> None:
    assert not is_private(name, value)


def test_the_user_may_keep_one() -> None:
    given = {"OPENAI_API_KEY": "k", "HF_TOKEN": "t", "LANG": "C"}
    assert without_secrets(given, ["OPENAI_API_KEY"]) == {"OPENAI_API_KEY": "k", "LANG": "C"}


def test_only_secrets_themselves_are_looked_for_in_what_was_written() -> None:
    given = {
        "MY_TOKEN": "a-long-secret-0123456789",
        "GITHUB_REPOSITORY": "owner/repository-number-1",
        "AWS_CA_TOKEN_FILE": "/etc/ssl/certs/certificates1.crt",
        "DB_PASSWORD": "short",
    }
    assert secret_values(given) == ["a-long-secret-0123456789"]
