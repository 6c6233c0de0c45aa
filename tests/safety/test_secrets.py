"""Secrets are found by their shape or by the name of what holds them; what only looks random is left alone."""

from __future__ import annotations

import pytest

from tracer.safety import secrets
from tracer.safety.cleaning import Cleaner
from tracer.safety.privacy import Privacy

pytestmark = pytest.mark.skipif(not secrets.is_complete(), reason="detect-secrets is not installed; `make test` does")

# Put together here, so that nobody who scans this repository finds one.
GITHUB = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"
HUGGING_FACE = "hf_" + "AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGh"
OPENAI = "sk-proj-" + "Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8"
AMAZON = "AKIA" + "Q3EGZ7TUDW5XN2LB"
WANDB = "0123456789abcdef" * 2 + "01234567"

PLAIN = Cleaner(Privacy.of(()))


@pytest.mark.parametrize("secret", [GITHUB, HUGGING_FACE, OPENAI, AMAZON], ids=["github", "hf", "openai", "aws"])
@pytest.mark.parametrize("text", ["{}", "token = '{}'", "logged in with {}.", "a\n\n{}\nb", '{{"key": "{}"}}'])
def test_a_token_is_masked_wherever_it_stands(secret: str, text: str) -> None:
    assert secrets.mask(text.format(secret)) == text.format("***")


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ('password = "hunter2go"', 'password = "***"'),
        ("config = {'api_key': 'abc-123-def', 'lr': 0.1}", "config = {'api_key': '***', 'lr': 0.1}"),
        ("Namespace(db_password='s3cret!', lr=0.1)", "Namespace(db_password='***', lr=0.1)"),
        ("postgres://ada:pa55word@db/runs", "postgres://ada:***@db/runs"),
        (f"wandb.login(key='{WANDB}')", "wandb.login(key='***')"),
        ("python train.py --api-key abc123def --lr 0.1", "python train.py --api-key *** --lr 0.1"),
        ("Authorization: Bearer abcdefgh12345678", "Authorization: Bearer ***"),
    ],
)
def test_what_is_assigned_to_a_secrets_name_is_masked(text: str, clean: str) -> None:
    assert secrets.mask(text) == clean
    assert secrets.mask(clean) == clean


def test_a_private_key_goes_and_the_lines_stay() -> None:
    key = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA " + "PRIVATE KEY-----\nx = 1"
    clean = secrets.mask(key)
    assert "MIIEow" not in clean
    assert clean.count("\n") == key.count("\n")
    assert clean.endswith("x = 1")


@pytest.mark.parametrize(
    "text",
    [
        "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
        "sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'",
        "tensor([0.12345678, 9.87654321e-05], device='cuda:0')",
        "pad_token = '<pad>', eos_token='</s>', tokens=['the', 'cat']",
        "key = jax.random.PRNGKey(0)",
        "ACCATGACTGATCGATCGATCGACCATGACTGATC",  # begins as a key does, and is DNA
        "api_key = os.environ['OPENAI_API_KEY']",
        'parser.add_argument("--api_key", type=str, help="the key of your account")',
        "https://example.org/data:v2/x@y.zip",
        "model-00001-of-00002.safetensors 5f70bf18a086007016e948b04aed3b82103a36be",
        "id 123e4567-e89b-12d3-a456-426614174000 at 0x7f4e2fe291c0",
        "wandb/run-20260101_120000-a1b2c3d4/files, git 9fceb02d0ae598e95dc970b74767f19372d61af8",
    ],
)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert secrets.mask(text) == text


def test_names_and_values_that_stand_apart_belong_together() -> None:
    assert PLAIN.values({"name": "api_key", "type": "str", "value": "'abc-123-def'"})["value"] == "'***'"
    assert PLAIN.values(["password", {"type": "str", "value": "'pa55word'"}])[1]["value"] == "'***'"
    assert PLAIN.values({"command": ["python", "a.py", "--password", "pa55word", "--lr", "1"]}) == {
        "command": ["python", "a.py", "--password", "***", "--lr", "1"]
    }
    row = {"name": "token", "type": "str", "value": "'cat'", "shape": [3, 4], "dtype": "float32"}
    assert PLAIN.values(row) == row


def test_what_the_quick_look_passes_over_has_nothing_to_mask() -> None:
    for text in (GITHUB, HUGGING_FACE, 'password = "hunter2go"', "--api-key abc123def", f"x\nwandb login {WANDB}"):
        assert secrets.may_have(text)
    assert not secrets.may_have("loss 0.1234 at 9fceb02d0ae598e95dc970b74767f19372d61af8")


def test_a_secret_of_the_users_own_is_found_in_whatever_form() -> None:
    cleaner = Cleaner(Privacy.of(()), ("plainlooking1secret",))
    assert cleaner.touches("x plainlooking1secret y")
    assert cleaner.text("x plainlooking1secret y") == "x *** y"
