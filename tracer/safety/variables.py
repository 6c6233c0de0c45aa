"""Which variables of the user's environment a target may see: none that is, names or opens a secret. Host.

A name decides by its words, by the family it belongs to (clouds, keys, accounts of loggers); a value by what a detector
of secrets says of it. The detectors are asked only of what could be a secret at all: loading them takes its time, and
most environments have no such value.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_WORDS = frozenset(
    "token secret secrets password passwd passphrase pwd pass key keys apikey credential credentials creds auth "
    "authorization cookie cookies jwt pat netrc pgpass askpass".split()
)
_ENDINGS = ("token", "secret", "password", "passwd", "apikey", "credentials", "accesskey", "secretkey")

_FAMILIES = tuple(
    # what opens clouds and code hosts
    "AWS_ AZURE_ ARM_CLIENT_ GOOGLE_ GCP_ GCLOUD_ CLOUDSDK_ OCI_ ALIBABA_ ALICLOUD_ DIGITALOCEAN_ HETZNER_ "
    "GITHUB_ GH_ GITLAB_ CI_JOB_ CI_REGISTRY ACTIONS_ BITBUCKET_ CIRCLE_ KUBE VAULT_ DOCKER_ TWINE_ NPM_ "
    # what opens this machine and others: agents, buses, displays that can be listened to
    "SSH_ SSHPASS GPG_ DBUS_ XAUTHORITY ICEAUTHORITY SESSION_MANAGER GNOME_KEYRING GIT_ASKPASS GIT_SSH GIT_CONFIG "
    # accounts of experiment loggers and model hosts; that they work offline is said by the frameworks' own variables
    "WANDB_ COMET_ NEPTUNE_ MLFLOW_ CLEARML_ TRAINS_ DAGSHUB_ KAGGLE_ OPENAI_ ANTHROPIC_ REPLICATE_ MODAL_ "
    # ours start the recorder, and none of them is the target's business
    "REPOTOUR_".split()
)
_NEVER_SECRET = frozenset({"PWD", "KEYTIMEOUT"})
_PERSONAL = frozenset({"USER", "LOGNAME", "USERNAME", "HOSTNAME", "OLDPWD", "MAIL", "SUDO_USER", "SUDO_COMMAND"})

_WITH_PASSWORD = re.compile(r"://[^/\s:@]*:[^/\s@]+@")
_RANDOM = re.compile(r"(?=[^\s]*\d)(?=[^\s]*[A-Za-z])[A-Za-z0-9_\-.+/=:]{16,}")


def without_secrets(given: Mapping[str, str], keep: Collection[str] = ()) -> dict[str, str]:
    """The variables that a target may see. `keep` are names that the user allows, whatever they hold."""
    return {name: value for name, value in given.items() if name in keep or not is_private(name, value)}


def is_private(name: str, value: str) -> bool:
    """Whether a variable is a secret, opens one, or says who the user is."""
    if name in _PERSONAL:
        return True
    return is_secret_name(name) or _WITH_PASSWORD.search(value) is not None or _is_secret_value(value)


def is_secret_name(name: str) -> bool:
    """Whether a variable of this name holds a secret, or leads to one."""
    return name.upper().startswith(_FAMILIES) or _says_secret(name)


def _says_secret(name: str) -> bool:
    if name in _NEVER_SECRET:
        return False
    words = [word.lower() for word in re.split(r"[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z])", name) if word]
    return any(word in _WORDS or word.endswith(_ENDINGS) for word in words)


def secret_values(given: Mapping[str, str]) -> list[str]:
    """The values of variables that are secrets themselves, for looking them up in what was written. Paths, numbers and
    short words are left out: they would be found where they mean something else."""
    found = {value for name, value in given.items() if _says_secret(name) or _is_secret_value(value)}
    return sorted(value for value in found if _RANDOM.fullmatch(value) and not value.startswith(("/", "file:")))


def _is_secret_value(value: str) -> bool:
    from tracer.safety.secrets import has_secret, is_token

    if is_token(value):
        return True
    if not _RANDOM.fullmatch(value) or value.startswith(("/", "./", "~/")) or ":/" in value:
        return False
    return has_secret(value)
