"""Data or weights cannot be downloaded: those of a known library are made up in their shape, as the last way."""

from __future__ import annotations

import re
from dataclasses import replace

from tracer import synthetic
from tracer.remedies import Adaptation, Situation

ERRORS = frozenset(
    """
    URLError HTTPError gaierror ConnectionError ConnectTimeout ConnectError ReadTimeout MaxRetryError SSLError
    NameResolutionError NewConnectionError LocalEntryNotFoundError OfflineModeIsEnabled RemoteDisconnected ProxyError
    ConnectionRefusedError ConnectionResetError Offline IncompleteRead ContentTooShortError ClientConnectorError
    """.split()
)
"""Names of exceptions that only a failed download has."""

WORDS = re.compile(
    r"""
    URL\ fetch\ failure | Name\ or\ service\ not\ known | name\ resolution | nodename\ nor\ servname
    | couldn't\ connect\ to | Network\ is\ unreachable | Failed\ to\ establish\ a\ new\ connection | Max\ retries
    | Error\ downloading | cannot\ find\ the\ requested\ files\ in\ the | offline\ mode | download=True
    | (?:not\ found|missing)\ or\ corrupted | unable\ to\ resolve\ host | Could\ not\ resolve\ host
    | Connection\ (?:refused|reset|timed\ out) | gdown | urlopen\ error | Couldn't\ reach | gated\ repo
    | [Ff]ailed\ to\ download | (?:wget|curl)\b[^\n]*(?:failed|error|non-zero)
    """,
    re.VERBOSE,
)
"""What failed downloads say, in exceptions and in what programs print."""

FOLDERS = re.compile(r"Found 0 files in subfolders of|Couldn't find any class folder in")
"""What an image folder that is not there, or is empty, says of itself."""

PACKAGE = r"-packages/(\w+)/"
"""A package in the file names of a traceback."""

HUB_OFFLINE = {"HF_HUB_OFFLINE": "1"}
"""What is in the cache is used; for the rest nothing waits for retries that last a minute."""

COUNTED = {"ValueError", "IndexError", "RuntimeError", "AssertionError", "KeyError", "ZeroDivisionError", "TypeError"}


class Download:
    """Arms the shims that make up data of known libraries; in a second step with as many items as the real data."""

    order = 900

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where the user allows made-up data, and a download failed (or a run on made-up data)."""
        if not situation.synthetic:
            return None
        if synthetic.armed(situation.plan):
            return _as_many(situation)
        failed = failed_download(situation)
        if not failed or _of_others(situation):
            return None
        used = packages(situation)
        plan = synthetic.arm(situation.plan, used)
        if "transformers" in used or "datasets" in used:
            plan = replace(plan, environment={**HUB_OFFLINE, **plan.environment})
        what = (
            "made-up data of the same shape stand in for what cannot be downloaded (--synthetic-data=never forbids it)"
        )
        if "transformers" in used:
            what = what.replace(" stand in", ", and small models of the same kind, stand in")
        return Adaptation(plan, what, failed, "synthetic-data")


REMEDY = Download()


def _of_others(situation: Situation) -> bool:
    """Whether the traceback shows that no library was asked for which anything could be made up."""
    if not situation.error or "Traceback" not in situation.printed:
        return False
    last = situation.printed[situation.printed.rindex("Traceback") :]
    return not set(re.findall(PACKAGE, last)) & set(synthetic.SHIMS)


def packages(situation: Situation) -> set[str]:
    """The packages that the repository imports; those of the printed traceback where it was not surveyed."""
    known = set(situation.survey.packages) if situation.survey is not None else set()
    return known | set(re.findall(PACKAGE, situation.printed))


def failed_download(situation: Situation) -> str:
    """That a download failed, in words; "" when nothing says so."""
    if situation.trained and situation.outcome in ("finished", "limit"):
        return ""
    if situation.error in ERRORS or WORDS.search(situation.message) or FOLDERS.search(situation.message):
        said = f"{situation.error}: {situation.message}" if situation.message else situation.error
        return f"the data could not be had ({_short(said)})"
    missing = situation.error in (
        "",
        "FileNotFoundError",
        "OSError",
        "RuntimeError",
        "LookupError",
        "SystemExit",
        "CalledProcessError",
    )
    found = WORDS.search(situation.printed) if missing else None
    if found is None:
        return ""
    line = next(line for line in situation.printed.splitlines() if WORDS.search(line) or found[0] in line)
    return f"the program printed that a download failed ({_short(line.strip())})"


def _as_many(situation: Situation) -> Adaptation | None:
    """A program may rely on how many items there are: the real number of them, where a run on fewer failed."""
    if situation.error not in COUNTED or not synthetic.made(situation.trace):
        return None
    plan = synthetic.arm(situation.plan, packages(situation), full=True)
    why = f"on a few hundred items the program failed ({_short(f'{situation.error}: {situation.message}')})"
    return Adaptation(plan, "as many items were made up as the real data have", why, "synthetic-data-full")


def _short(text: str) -> str:
    line = text.splitlines()[0] if text else ""
    return line if len(line) <= 160 else line[:157] + "…"
