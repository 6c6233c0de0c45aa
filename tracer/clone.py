"""A shallow clone of one commit in the cache, made on the first tour of a repository and used again later. Host."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from tracer.address import Address, public_url, slug, split_tail
from tracer.cache import CloneCache, Pin
from tracer.checkout import Checkout, Git, Progress
from tracer.errors import RepoTourError
from tracer.git_failures import explain, is_missing_ref, no_such_ref

_FULL_SHA = re.compile(r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$")
_NEEDS_HISTORY = re.compile(r"^[0-9a-f]{4,39}$|[~^@]")
_LOOKUP_SECONDS = 60.0


def open_clone(address: Address, ref: str, cache: Path | None, report: Progress) -> Checkout:
    """The checkout of `ref` ('' for the default branch), cloned if need be; from the cache when the server is away."""
    clones = CloneCache(cache, public_url(address.url) or address.url, address.repository)
    try:
        pin = _pin(clones, address, ref, report)
    finally:
        clones.tidy()
    root = clones.root(pin.commit)
    if pin.folder and not os.path.isdir(root / pin.folder):
        at = pin.ref or pin.commit[:10]
        raise RepoTourError(f"no folder {pin.folder} in {address.shown} at {at}.", slug="no-such-folder")
    return Checkout(
        root=root,
        folder=pin.folder,
        url=public_url(address.url),
        commit=pin.commit,
        dirty=Git(root).is_dirty(),
        name=slug(address.repository, pin.folder),
        is_remote=True,
        ref=pin.ref,
    )


@dataclass(frozen=True, slots=True)
class _Listing:
    """The references of a server: full name -> commit (annotated tags point to their commit)."""

    refs: dict[str, str]

    def names(self) -> frozenset[str]:
        """The short names of branches and tags."""
        return frozenset(name.split("/", 2)[2] for name in self.refs if name.startswith(("refs/heads/", "refs/tags/")))

    def full_name(self, name: str) -> str:
        """The full name behind a short one ('' names the default branch); '' when the server lists no such name."""
        if not name:
            heads = [ref for ref in self.refs if ref.startswith("refs/heads/")]
            candidates = ["HEAD", "refs/heads/main", "refs/heads/master", *heads, *self.refs]
        else:
            bare = name.removeprefix("origin/")
            candidates = [f"refs/heads/{name}", f"refs/tags/{name}", f"refs/heads/{bare}", name]
        return next((ref for ref in candidates if ref in self.refs), "")


def _pin(clones: CloneCache, address: Address, ref: str, report: Progress) -> Pin:
    """Find the commit that is wanted and make sure that a checkout of it lies in the cache."""
    if _FULL_SHA.match(ref) and clones.has(ref):
        return Pin(ref=ref, commit=ref, folder=_split(address, ref, frozenset())[1])
    report(f"Looking up {address.shown}", None)
    try:
        listing = _list(address)
    except RepoTourError as failure:
        pin = _pin_from_cache(clones, address, ref)
        if pin is None or failure.slug == "disk-full":
            raise
        report(f"{failure.message} Using commit {pin.commit[:10]}, which was cloned earlier.", None)
        return pin
    wanted, folder = _split(address, ref, listing.names())
    full_name = listing.full_name(wanted)
    commit = listing.refs.get(full_name, wanted)
    if clones.has(commit):
        report(f"Using commit {commit[:10]}, which was cloned earlier.", 1.0)
    else:
        commit = _clone(clones, address, wanted, listing, report)
    pin = Pin(ref=wanted, commit=commit, folder=folder)
    clones.remember(pin)
    return pin


def _pin_from_cache(clones: CloneCache, address: Address, ref: str) -> Pin | None:
    pins = clones.pins()
    wanted, folder = _split(address, ref, frozenset(pins))
    commit = pins.get(wanted) or clones.commit_starting_with(wanted)
    return Pin(ref=wanted, commit=commit, folder=folder) if clones.has(commit) else None


def _split(address: Address, ref: str, names: frozenset[str]) -> tuple[str, str]:
    """The reference ('' is the default branch) and the folder that are meant; `ref` wins over that of a web page."""
    if not address.tail:
        return ("" if ref == "HEAD" else ref), ""
    in_page, folder = split_tail(address.tail, names | {ref})
    wanted = ref or in_page
    folder = folder.rpartition("/")[0] if address.tail_is_file else folder
    return ("" if wanted == "HEAD" else wanted), folder


def _list(address: Address) -> _Listing:
    code, out, err = Git().call(
        "ls-remote", "--", address.url, "HEAD", "refs/heads/*", "refs/tags/*", seconds=_LOOKUP_SECONDS
    )
    if code:
        raise explain(err, address.shown)
    refs: dict[str, str] = {}
    for line in out.splitlines():
        sha, _, name = line.partition("\t")
        if _FULL_SHA.match(sha):
            refs[name.removesuffix("^{}")] = sha
    if not refs:
        raise RepoTourError(f"{address.shown} is empty: it has no commit.", slug="empty-repository", exit_code=3)
    return _Listing(refs)


def _clone(clones: CloneCache, address: Address, wanted: str, listing: _Listing, report: Progress) -> str:
    """Fetch `wanted` (a reference or commit) into a new folder of the cache. Returns the commit that is checked out."""
    with clones.new_folder() as folder:
        git = _new_repository(folder, address)
        full_name = listing.full_name(wanted)
        if full_name or _FULL_SHA.match(wanted) or wanted.startswith("refs/"):
            commit = _fetch_one(git, address, full_name or wanted, report)
        elif _NEEDS_HISTORY.search(wanted):
            commit = ""
        else:
            raise no_such_ref(wanted, address.shown, sorted(listing.names()))
        commit = commit or _fetch_history(git, address, wanted, report)
        if not commit:
            raise no_such_ref(wanted, address.shown, sorted(listing.names()))
        report("Writing the files", None)
        git.must("checkout", "--quiet", "--force", "--detach", commit, shown=address.shown)
        clones.keep(folder, commit)
    return commit


def _new_repository(folder: Path, address: Address) -> Git:
    """An empty repository without any template, so without hooks, that knows where it came from but no secret."""
    git = Git(folder)
    git.must("init", "--quiet", "--template=", shown=address.shown)
    if public_url(address.url):
        git.must("config", "remote.origin.url", public_url(address.url), shown=address.shown)
    return git


def _fetch_one(git: Git, address: Address, ref: str, report: Progress) -> str:
    """Get one commit without its history where the server can do that. '' when the server does not hand it out."""
    failure = git.fetch(address, ("--depth=1", "--no-tags"), (ref,), report)
    if failure and "shallow" in failure.lower():  # a server of plain files cannot cut the history
        failure = git.fetch(address, ("--no-tags",), (ref,), report)
    if not failure:
        return git.answer("rev-parse", "--verify", "FETCH_HEAD^{commit}")
    if is_missing_ref(failure):
        return ""
    raise explain(failure, address.shown)


def _fetch_history(git: Git, address: Address, wanted: str, report: Progress) -> str:
    """Get all branches and tags with their history, in which `wanted` must be. '' when it is not."""
    everything = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
    failure = git.fetch(address, ("--no-tags",), everything, report)
    if failure:
        raise explain(failure, address.shown)
    for candidate in (f"refs/remotes/origin/{wanted}", wanted):
        commit = git.answer("rev-parse", "--verify", "--quiet", "--end-of-options", f"{candidate}^{{commit}}")
        if commit:
            return commit
    return ""
