"""What git's messages mean to the user: one known error for each way a clone can fail. Host; pure text work."""

from __future__ import annotations

import re

from tracer.disk import disk_full
from tracer.errors import RepoTourError

_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")

_OFFLINE = (
    "could not resolve host",
    "could not resolve proxy",
    "temporary failure in name resolution",
    "name or service not known",
    "network is unreachable",
    "no route to host",
    "connection timed out",
    "connection refused",
    "connection reset",
    "failed to connect",
    "couldn't connect",
    "unable to connect",
    "unable to look up",
    "operation timed out",
    "operation too slow",
    "did not complete in",
    "early eof",
)
_PRIVATE = (
    "could not read username",
    "could not read password",
    "terminal prompts disabled",
    "authentication failed",
    "permission denied (",
    "host key verification failed",
    "returned error: 401",
    "returned error: 403",
)
_MISSING = (
    "not found",
    "does not exist",
    "does not appear to be a git repository",
    "not a git repository",
    "repository not exported",
    "access denied or repository",
    "returned error: 404",
    "could not read from remote repository",
    "not valid: is this a git repository",
)
_DAMAGED = ("died with error", "missing blob", "missing tree", "bad object", "loose object", "corrupt")
_DISK_FULL = ("no space left on device", "disk quota exceeded", "not enough space")
_NO_SUCH_REF = ("couldn't find remote ref", "not our ref", "unadvertised object")


def without_credentials(text: str) -> str:
    """The text with user names and passwords cut out of every URL in it."""
    return _CREDENTIALS.sub("", text)


def is_missing_ref(stderr: str) -> bool:
    """Whether git says that the server does not hand out that reference or commit."""
    return _holds(stderr, _NO_SUCH_REF)


def explain(stderr: str, shown: str) -> RepoTourError:
    """The known error behind git's `stderr`; `shown` is the address without secrets."""
    if _holds(stderr, _DISK_FULL):
        return disk_full(f"the clone of {shown}")
    if _holds(stderr, ("dubious ownership",)):
        return RepoTourError(
            f"{shown} belongs to another user, and git does not read it.",
            slug="clone-failed",
            hint="If you trust it: git config --global --add safe.directory FOLDER",
        )
    if _holds(stderr, _DAMAGED):
        return RepoTourError(f"the repository at {shown} is damaged: {_last_line(stderr)}.", slug="clone-failed")
    if _holds(stderr, _OFFLINE):
        return RepoTourError(
            f"{shown} cannot be reached: {_last_line(stderr)}.", slug="offline", hint="Check the network and try again."
        )
    if _holds(stderr, _PRIVATE):
        return RepoTourError(
            f"no repository at {shown}, or it is private.",
            slug="no-such-repository",
            hint="Check the spelling; for a private one clone it yourself and give the folder.",
        )
    if _holds(stderr, _MISSING):
        return RepoTourError(f"no repository at {shown}.", slug="no-such-repository", hint="Check the spelling.")
    return RepoTourError(f"cloning {shown} failed: {_last_line(stderr)}.", slug="clone-failed")


def no_such_ref(ref: str, shown: str, known: list[str]) -> RepoTourError:
    """The error for a branch, tag or commit that the repository does not have; `known` are names that it has."""
    import difflib

    close = difflib.get_close_matches(ref, known, n=3, cutoff=0.5)
    names = close or sorted(known)[:5]
    hint = f"{'Did you mean' if close else 'It has'}: {', '.join(names)}{'?' if close else '.'}" if names else ""
    return RepoTourError(f"no branch, tag or commit {ref!r} in {shown}.", slug="no-such-ref", hint=hint)


def _holds(stderr: str, signs: tuple[str, ...]) -> bool:
    lowered = stderr.lower()
    return any(sign in lowered for sign in signs)


def _last_line(stderr: str) -> str:
    """git's own words: the first `fatal:` line, else the last line, without credentials and the prefix."""
    lines = [line.strip() for line in without_credentials(stderr).splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    line = (fatal or lines or ["git gave no reason"])[0 if fatal else -1]
    return re.sub(r"^(fatal|error): ", "", line).rstrip(".")
