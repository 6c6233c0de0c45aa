"""What file and folder names promise. Names only rank candidates; a run shows what is done. Host side."""

from __future__ import annotations

import re

from tracer.survey.wordlist import words

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")

TRAIN_WORDS = words(
    """
    train training trainer finetune finetuning pretrain pretraining fit learn sft dpo rlhf
    """
)
START_WORDS = words("main run start launch experiment exp cli app")
EVAL_WORDS = words(
    """
    eval evaluate evaluation test testing predict prediction infer inference sample sampling generate score
    validate val benchmark bench decode translate export serve play enjoy
    """
)
PREPARE_WORDS = words(
    """
    prepare preprocess preprocessing prep download convert featurize featurization featurise tokenize build
    make create extract split clean augment process dataset data get fetch
    """
)
SHOW_WORDS = words(
    """
    plot visualize visualise vis viz show draw figure analyze analyse summarize upload collect profile
    inspect
    """
)
DEMO_WORDS = words("demo example tutorial quickstart simple basic")
HARDWARE_WORDS = words(
    """
    distributed ddp fsdp multigpu multinode tpu xla spark dask ray slurm horovod federated cluster sagemaker
    rpc gpu deepspeed
    """
)

NEVER_FILES = words(
    """
    setup.py conftest.py __init__.py noxfile.py fabfile.py tasks.py versioneer.py conf.py _version.py
    version.py __about__.py hubconf.py manage.py wsgi.py ez_setup.py dodo.py
    """
)
"""Python files that are configuration of a tool, never the program of a repository."""

SIDE_FOLDERS = words(
    """
    test tests testing unittest unit_tests doc docs benchmark benchmarks third_party thirdparty vendor
    vendored external deps legacy old deprecated archive ci contrib ops devops jvm-packages template
    templates fixtures
    """
)
"""Folders whose files are seldom what a newcomer should start."""


def words_of(stem: str) -> list[str]:
    """The words of an identifier or file name in lower case: `fineTune_v2` is `fine tune v 2`."""
    return [word.lower() for word in _WORD.findall(stem)]


def stem_of(path: str) -> str:
    """The file name without folder and suffix."""
    return path.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def role_of(path: str) -> tuple[str, str]:
    """The role that a name promises, and the reason in words. `("other", "")` when it promises nothing."""
    stem = stem_of(path)
    if path.endswith(".ipynb"):
        return "notebook", "is a notebook"
    words = words_of(stem)
    if stem == "__main__":
        words = words_of(path.split("/")[-2]) if "/" in path else []
    joined = "".join(words)
    if TRAIN_WORDS.intersection(words) or joined in TRAIN_WORDS or ("fine" in words and "tune" in words):
        return "train", f"its name ({stem}) says training"
    if EVAL_WORDS.intersection(words):
        return "eval", f"its name ({stem}) says evaluation or use of a trained model"
    if words and (words[0] in PREPARE_WORDS or words[-1] in {"prepare", "preprocess", "download", "featurization"}):
        return "prepare", f"its name ({stem}) says preparation of data"
    return "other", ""


def in_side_folder(path: str) -> str:
    """The name of the first tests, docs or vendored folder on the way to `path`, else ""."""
    return next((part for part in path.split("/")[:-1] if part.lower() in SIDE_FOLDERS), "")
