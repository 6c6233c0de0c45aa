"""What the user typed as REPO, taken apart: a URL (with the reference and folder of a web page) or a local path. Host.

Pure text work: nothing here touches the network or git.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import url2pathname

SCHEMES = ("https", "http", "ssh", "git", "file")
"""The transports that are used. git knows more (`ext::` runs any command), which no address may name."""

_KNOWN_HOSTS = ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "huggingface.co")
_SCP_LIKE = re.compile(r"^(?:[\w.+-]+@)?[\w-]+(?:\.[\w-]+)*:(?!//)[^\\].*$")
_SAFE_NAME = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Address:
    """A repository to be cloned.

    `url` is what git gets and may hold credentials, so it is never shown or stored; `shown` is the same without them.
    `tail` are the path segments behind `/tree/` of a web page: a reference and a folder, which only the list of the
    repository's references can tell apart. `tail_is_file` says that the last segment names a file (`/blob/`).
    """

    url: str
    shown: str
    repository: str
    tail: tuple[str, ...] = ()
    tail_is_file: bool = False

    @property
    def local_path(self) -> Path:
        """The path on this machine that a file URL names."""
        return Path(url2pathname(urlsplit(self.url).path))


def parse_address(text: str) -> Address | Path:
    """A REPO as typed: an `Address` when it is a URL, else the local path it names (which need not exist)."""
    text = text.strip()
    if text.startswith("git+"):
        text = text[len("git+") :]
    scheme = text.partition("://")[0].lower() if "://" in text else ""
    if scheme == "file":
        return _file_url(text)
    if scheme in SCHEMES:
        return _url(text)
    path = Path(os.path.expanduser(text))
    if os.path.exists(path):
        return path
    if text.split("/", 1)[0].lower() in _KNOWN_HOSTS and text.count("/") >= 2:
        return _url("https://" + text)
    if _is_scp_like(text):
        return Address(url=text, shown=public_url(text), repository=_repository_name(text.partition(":")[2]))
    return path


def public_url(url: str) -> str:
    """The address without anything private: no password, token, user name or query; '' for a local path."""
    if "://" not in url:
        if not _is_scp_like(url) or os.path.exists(url):
            return ""
        return url if url.startswith("git@") else url.rpartition("@")[2]
    parts = urlsplit(url)
    if parts.scheme == "file":
        return ""
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme == "ssh" and parts.netloc.startswith("git@"):
        host = "git@" + host
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def slug(*words: str) -> str:
    """A name for files and folders made of words: letters, digits, `.`, `_` and `-` only, at most 60 characters."""
    joined = "-".join(_SAFE_NAME.sub("-", word).strip("-.") for word in words if word)
    return joined[:60].strip("-.") or "repository"


def split_tail(tail: tuple[str, ...], known_refs: frozenset[str]) -> tuple[str, str]:
    """Reference and folder of a web page's path, given the names that exist: the longest that fits is the reference."""
    for length in range(len(tail), 0, -1):
        candidate = "/".join(tail[:length])
        if candidate in known_refs:
            return candidate, "/".join(tail[length:])
    return tail[0], "/".join(tail[1:])


def _is_scp_like(text: str) -> bool:
    host, colon, path = text.partition(":")
    if not colon or "/" in host or not _SCP_LIKE.match(text) or text.startswith("-"):
        return False
    return ("@" in host or "." in host) and bool(path)


def _repository_name(path: str) -> str:
    name = PurePosixPath(unquote(path.rstrip("/"))).name
    return slug(name[: -len(".git")] if name.endswith(".git") else name)


def _url(text: str) -> Address:
    parts = urlsplit(text)
    segments = [segment for segment in parts.path.split("/") if segment]
    path, tail, is_file = "/".join(segments), tuple[str, ...](), False
    if parts.scheme.lower() in ("https", "http"):
        path, tail, is_file = _web_page(segments)
    url = urlunsplit((parts.scheme.lower(), parts.netloc, "/" + path, "", ""))
    return Address(
        url=url,
        shown=public_url(url),
        repository=_repository_name(path or parts.netloc),
        tail=tail,
        tail_is_file=is_file,
    )


def _web_page(segments: list[str]) -> tuple[str, tuple[str, ...], bool]:
    """The repository's path, and what stands behind `/tree/` or `/blob/` (GitHub) or `/-/tree/` (GitLab)."""
    for index in range(2, len(segments) - 1):
        if segments[index] in ("tree", "blob"):
            end = index - 1 if segments[index - 1] == "-" else index
            tail = tuple(unquote(segment) for segment in segments[index + 1 :])
            return "/".join(segments[:end]), tail, segments[index] == "blob"
    return "/".join(segments), (), False


def _file_url(text: str) -> Address:
    path = Path(url2pathname(urlsplit(text).path))
    url = path.as_uri() if path.is_absolute() else text
    return Address(url=url, shown=text, repository=_repository_name(path.as_posix()))
