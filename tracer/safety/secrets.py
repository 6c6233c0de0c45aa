"""Finds secrets in texts and puts *** in their place. Host; the only owner of detect-secrets, loaded when first asked.

Two kinds of evidence. A *shape*: keys and tokens that tell by themselves what they are (`ghp_…`, a JSON web token, a
password in an address). A *name*: what is assigned to a password or an API key. High entropy alone is none: commits,
checksums and the values of tensors look the same. What the library knows and this field uses besides is in `_FIELD`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

MASK = "***"

_FIELD = re.compile(
    r"(?<![A-Za-z0-9_])(?:"
    r"hf_[A-Za-z0-9]{30,}|api_org_[A-Za-z0-9]{30,}"  # Hugging Face
    r"|github_pat_[A-Za-z0-9_]{22,}"
    r"|sk-(?:ant-|proj-|svcacct-|or-)[A-Za-z0-9_-]{20,}|sk-[A-Za-z0-9]{40,}"  # Anthropic, OpenAI and kin
    r"|AIza[0-9A-Za-z_-]{35}|ya29\.[0-9A-Za-z_-]{20,}"  # Google
    r"|r8_[A-Za-z0-9]{30,}|gsk_[A-Za-z0-9]{40,}|nvapi-[A-Za-z0-9_-]{40,}|xai-[A-Za-z0-9]{40,}"
    r"|dckr_pat_[A-Za-z0-9_-]{20,}|tvly-[A-Za-z0-9-]{20,}|lsv2_[a-z]{2}_[A-Za-z0-9_]{30,}"
    r")(?![A-Za-z0-9_])"
)
"""Tokens of model hosts and the like, which the library does not know."""

_IN_CONTEXT = re.compile(
    r"(?i:wandb[\w.]*[ _.](?:login|key))\b[^\n]{0,40}?(?<![0-9a-f])([0-9a-f]{40})(?![0-9a-f])"
    r"|(?i:\bbearer|authorization['\"]?\s*[:=]\s*['\"]?basic)\s+([A-Za-z0-9._~+/-]{16,}=*)"
    r"|(?i:kaggle)[^\n]{0,80}?['\"]key['\"]\s*:\s*['\"]([0-9a-f]{32})(?![0-9a-f])"
    r"|[?&](?:sig|X-Amz-Signature)=([A-Za-z0-9%+/]{30,})"
    r"|-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----((?:.|\n)*?)(?:-----END|\Z)"
)
"""Secrets that only what stands before them gives away; a group is the secret itself."""

_OPTION = re.compile(
    r"--?[\w-]*(?:api[_-]?key|auth[_-]?key|access[_-]?key|secret|passw(?:or)?d|passphrase)[\w-]*(?:=|\s+)['\"]?([^\s'\"-][^\s'\"]*)",
    re.IGNORECASE,
)
_OPTION_NAME = re.compile(
    r"--?[\w-]*(?:api[_-]?key|auth[_-]?key|access[_-]?key|secret|passw(?:or)?d|passphrase)[\w-]*", re.IGNORECASE
)
_TOKEN_OPTION = re.compile(r"--?(?:[\w-]*[_-])?token", re.IGNORECASE)
_NO_SECRET = re.compile(r"[A-Z][A-Z0-9_]*|[./~].*|https?:.*|.*\s.*|(?i:none|null|true|false)|\*+|<.*>|")
_RANDOM = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_\-.+/=]{16,}")

_LEFT_OUT = frozenset(
    {
        # No secrets, or (of vendors) patterns that fit ordinary words and numbers of this field.
        "IPPublicDetector",
        "ArtifactoryDetector",
        "CloudantDetector",
        "IbmCloudIamDetector",
        "IbmCosHmacDetector",
        "SoftlayerDetector",
        "Base64HighEntropyString",
        "HexHighEntropyString",
        # Asked by name, and looked for as a whole, above.
        "KeywordDetector",
        "PrivateKeyDetector",
    }
)


class _Library:
    """What detect-secrets knows; a library that is not there knows nothing."""

    def __init__(self) -> None:
        self.shapes: list[tuple[Any, re.Pattern[str]]] = []
        self.names = re.compile(r"(?!)")
        self._keyword: Any = None
        self._filters: list[Any] = []
        try:
            self._load()
        except ImportError:
            self.shapes = []

    def _load(self) -> None:
        from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
        from detect_secrets.filters import heuristic
        from detect_secrets.plugins.keyword import DENYLIST, KeywordDetector

        kinds: dict[str, Any] = get_mapping_from_secret_type_to_class()
        for kind in kinds.values():
            if kind.__name__ not in _LEFT_OUT:
                self.shapes.extend((kind(), pattern) for pattern in kind.denylist)
        self.names = re.compile("|".join(DENYLIST), re.IGNORECASE)
        self._keyword = KeywordDetector()
        self._filters = [
            heuristic.is_sequential_string,
            heuristic.is_potential_uuid,
            heuristic.is_templated_secret,
            heuristic.is_prefixed_with_dollar_sign,
            heuristic.is_not_alphanumeric_string,
        ]
        self._of_line = heuristic.is_indirect_reference

    def named(self, line: str) -> Iterator[str]:
        """What a line assigns to something that is called like a secret."""
        if self._keyword is None or self._of_line(line):
            return
        for value in self._keyword.analyze_string(line):
            if value and not _is_ordinary(value) and not any(filtered(value) for filtered in self._filters):
                yield value

    def there(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a text has something in the shape of a secret."""
        for detector, pattern in self.shapes:
            for match in pattern.finditer(text):
                yield from self._confirmed(detector, match)

    @staticmethod
    def _confirmed(detector: Any, match: re.Match[str]) -> Iterator[tuple[int, int]]:
        text, (start, end) = match.string, match.span()
        if type(detector).__name__ == "BasicAuthDetector":
            yield match.span(1)
            return
        word = match.group()
        # Part of a longer word, or letters only: a sequence of DNA is no key.
        if text[start - 1 : start].isalnum() or (text[end : end + 1].isalnum() and word[-1:].isalnum()):
            return
        if not any(map(str.isdigit, word)) or not any(map(str.isalpha, word)):
            return
        if not any(detector.analyze_string(word)):
            return
        inner = [match.span(number) for number in range(1, (match.re.groups or 0) + 1) if len(match[number] or "") > 7]
        yield from inner or [(start, end)]


@cache
def library() -> _Library:
    """The library, loaded once: takes a quarter of a second."""
    return _Library()


def is_complete() -> bool:
    """Whether the library is there; without it only the shapes of this field are known."""
    return bool(library().shapes)


def is_token(text: str) -> bool:
    """Whether a text is, or has in it, a token of this field; does not ask the library."""
    return _FIELD.search(text) is not None


def has_secret(text: str) -> bool:
    """Whether there is something in the shape of a secret in a text."""
    return next(_shapes(text), None) is not None


def may_have(text: str) -> bool:
    """Whether a text, of any length, could have something that `mask` changes. Quick, and wrong on the safe side."""
    known = library()
    if known.names.search(text) or _FIELD.search(text) or _IN_CONTEXT.search(text) or _OPTION.search(text):
        return True
    return any(pattern.search(text) for _, pattern in known.shapes)


@lru_cache(maxsize=8192)
def mask(text: str) -> str:
    """A text without its secrets. The number of lines stays."""
    spans = list(_shapes(text))
    spans.extend(_spans_of_names(text))
    return _replaced(text, spans)


def mask_named(name: str, value: str) -> str:
    """The value, as Python writes it, of something called `name`, without secrets."""
    quote = value[:1]
    if quote not in ("'", '"') or not value.endswith(quote) or len(value) < 3:
        return mask(value)
    inner = value[1:-1]
    if library().names.search(name) and any(library().named(f'{name} = "{inner}"')):
        return f"{quote}{MASK}{quote}"
    return mask(value)


def mask_words(words: list[str]) -> list[str]:
    """The words of a command, without secrets."""
    found: list[str] = []
    before = ""
    for word in words:
        name, equals, value = word.partition("=")
        if equals and _is_secret_option(name, value):
            found.append(f"{name}={MASK}")
        elif not word.startswith("-") and _is_secret_option(before, word):
            found.append(MASK)
        else:
            found.append(mask(word))
        before = word
    return found


def _is_secret_option(name: str, value: str) -> bool:
    """Whether an option of a command line is given a secret; a `--token` may be given a word of a text too."""
    if _OPTION_NAME.fullmatch(name):
        return not _is_ordinary(value)
    return _TOKEN_OPTION.fullmatch(name) is not None and _RANDOM.fullmatch(value) is not None


def telling(text: str, name: str = "") -> Iterator[str]:
    """Secrets that only a name gave away, in a text or as the value of `name`, and that nothing else looks like: where
    such a one stands without its name, it is meant too."""
    if name and len(text) > 2 and mask_named(name, text) == text[0] + MASK + text[0]:
        yield from filter(_is_telling, [text[1:-1]])
    for start, end in _spans_of_names(text):
        yield from filter(_is_telling, [text[start:end]])


def telling_words(words: list[str]) -> Iterator[str]:
    """The same of the words of a command."""
    for word, masked in zip(words, mask_words(words), strict=True):
        value = word if masked == MASK else word.partition("=")[2] if masked.endswith("=" + MASK) else ""
        yield from filter(_is_telling, [value])


def _is_telling(value: str) -> bool:
    return len(value) >= 8 and any(map(str.isdigit, value)) and any(map(str.isalpha, value))


def mask_known(text: str, known: Iterable[str]) -> str:
    """A text without the secrets that are known."""
    for secret in known:
        text = text.replace(secret, MASK)
    return text


def _shapes(text: str) -> Iterator[tuple[int, int]]:
    for match in _FIELD.finditer(text):
        yield match.span()
    for match in _IN_CONTEXT.finditer(text):
        yield match.span(match.lastindex or 0)
    yield from library().there(text)


@lru_cache(maxsize=8192)
def _spans_of_names(text: str) -> tuple[tuple[int, int], ...]:
    """Where values of passwords and keys stand."""
    found = [match.span(1) for match in _OPTION.finditer(text) if not _is_ordinary(match[1])]
    start = 0
    for line in text.splitlines(keepends=True) if library().names.search(text) else ():
        if library().names.search(line):
            for value in library().named(line):
                for match in re.finditer(r"(['\"`])" + re.escape(value) + r"\1", line):
                    found.append((start + match.start() + 1, start + match.end() - 1))
        start += len(line)
    return tuple(found)


def _is_ordinary(value: str) -> bool:
    """Whether what is assigned to a secret's name is none: a path, a sentence, the name of a variable."""
    return (_NO_SECRET.fullmatch(value) is not None and not any(map(str.isdigit, value))) or value.startswith(MASK)


def _replaced(text: str, spans: list[tuple[int, int]]) -> str:
    if not spans:
        return text
    parts, at = [], 0
    for start, end in sorted(spans):
        if start < at:
            continue
        parts += [text[at:start], MASK + "\n" * text.count("\n", start, end)]
        at = end
    return "".join([*parts, text[at:]])
