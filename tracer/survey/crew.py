"""The first pass over many files, in as many processes as there are free cores. Host side; runs only our own code.

Reading is most of a survey of a large repository, and no file needs another one for it. The processes are plain ones of
our own interpreter, which speak over their pipes: no fork of a process with threads, and nothing of a program that has
imported RepoTour is run again in them. What cannot be read there (no process can be started, one dies) is read here, so
the answers are the same with any number of them.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import queue
import struct
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import IO, Any

from tracer.garbage import without_collection
from tracer.notebooks import is_notebook
from tracer.survey.facts import glance, notebook_facts, read_facts
from tracer.survey.sightings import ClassFacts, FileFacts, TrainingCall
from tracer.survey.walk import read_text

MAX_PROCESSES = 16
WORTH_BYTES = 1_500_000
"""Less text is read sooner by one process than others are started."""
CHUNK_BYTES = 250_000
"""Text that a process is asked to read at a time: enough that asking costs nothing, little enough to share evenly."""

_HOME = str(Path(__file__).resolve().parent.parent.parent)
_START = "import sys; sys.path.insert(0, sys.argv[1]); from tracer.survey.crew import serve; serve(sys.argv[2])"
_SIZE = struct.Struct(">I")
_FIELDS = tuple(field.name for field in fields(FileFacts))


def cores() -> int:
    """The processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def look_at(root: Path, path: str, *, whole: bool) -> FileFacts:
    """The facts of one file; without `whole` only those of its text where nothing in it could be started."""
    if is_notebook(path):
        return notebook_facts(root, path)
    text = read_text(root / path)
    return read_facts(path, text) if whole else glance(path, text)


class Crew:
    """Reads files of one repository, in several processes where that is worth it. `close` ends them."""

    def __init__(self, root: Path, processes: int | None = None) -> None:
        self._root = root
        self._wanted = min(MAX_PROCESSES, cores()) if processes is None else processes
        self._members: list[_Member] | None = None

    def read(self, paths: Sequence[str], *, whole: bool) -> Iterator[FileFacts]:
        """The facts of the files, in no particular order; see `look_at`."""
        members = self._ready(paths)
        if not members:
            for path in paths:
                yield look_at(self._root, path, whole=whole)
            return
        yield from _Sharing(self._root, members, self._chunks(paths), whole).results()

    @property
    def pids(self) -> list[int]:
        """The processes that are at work."""
        return [member.pid for member in self._members or () if member.alive]

    def close(self) -> None:
        """End the processes."""
        for member in self._members or ():
            member.end()
        self._members = []

    def _ready(self, paths: Sequence[str]) -> list[_Member]:
        """The processes to use for these files; they are started when there is first enough to do for them."""
        if self._wanted < 2 or len(paths) < 2:
            return []
        if self._members is None:
            if sum(self._size(path) for path in paths) < WORTH_BYTES:
                return []
            self._members = [_Member(self._root) for _ in range(self._wanted)]
        return [member for member in self._members if member.alive]

    def _chunks(self, paths: Iterable[str]) -> list[list[str]]:
        chunks: list[list[str]] = [[]]
        size = 0
        for path in paths:
            if size >= CHUNK_BYTES:
                chunks.append([])
                size = 0
            chunks[-1].append(path)
            size += self._size(path)
        return chunks

    def _size(self, path: str) -> int:
        try:
            return os.stat(self._root / path).st_size
        except OSError:
            return 0


class _Sharing:
    """One round of reading: each process has a thread of ours that hands it the next chunk when it is done."""

    def __init__(self, root: Path, members: list[_Member], chunks: list[list[str]], whole: bool) -> None:
        self._root = root
        self._members = members
        self._whole = whole
        self._left = iter(chunks)
        self._done: queue.SimpleQueue[tuple[list[str], list[FileFacts] | None] | None] = queue.SimpleQueue()

    def results(self) -> Iterator[FileFacts]:
        """The facts of all files, as they come in."""
        for member in self._members:
            threading.Thread(target=self._employ, args=(member,), daemon=True).start()
        employed = len(self._members)
        while employed:
            done = self._done.get()
            if done is None:
                employed -= 1
            elif done[1] is not None:
                yield from done[1]
            else:
                yield from self._here(done[0])
        for chunk in self._left:  # all processes are gone
            yield from self._here(chunk)

    def _here(self, paths: list[str]) -> Iterator[FileFacts]:
        return (look_at(self._root, path, whole=self._whole) for path in paths)

    def _employ(self, member: _Member) -> None:
        for chunk in self._left:
            self._done.put((chunk, member.ask(chunk, whole=self._whole)))
            if not member.alive:
                break
        self._done.put(None)


class _Member:
    """One reading process."""

    def __init__(self, root: Path) -> None:
        self.alive = True
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _START, _HOME, str(root)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except (OSError, ValueError, TypeError):  # TypeError: an interpreter that does not know its own program
            self.alive = False

    @property
    def pid(self) -> int:
        """Its number, 0 when it could not be started."""
        return self._process.pid if self._process is not None else 0

    def ask(self, paths: list[str], *, whole: bool) -> list[FileFacts] | None:
        """The facts of some files, or None when the process is gone."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            return None
        try:
            _send(process.stdin, (whole, paths))
            answer = _receive(process.stdout)
        except (OSError, ValueError, EOFError):
            answer = None
        if answer is None:
            self.alive = False
            return None
        return [_unpacked(row) for row in answer]

    def end(self) -> None:
        """End the process."""
        self.alive = False
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                with contextlib.suppress(OSError):
                    stream.close()  # type: ignore[union-attr]  # both were asked for


def serve(root: str) -> None:
    """What a reading process does: answer until nobody asks."""
    with without_collection():
        while True:
            question = _receive(sys.stdin.buffer)
            if question is None:
                return
            whole, paths = question
            _send(sys.stdout.buffer, [_packed(look_at(Path(root), path, whole=whole)) for path in paths])


def _send(stream: IO[bytes], message: Any) -> None:
    data = marshal.dumps(message)
    stream.write(_SIZE.pack(len(data)) + data)
    stream.flush()


def _receive(stream: IO[bytes]) -> Any:
    head = stream.read(_SIZE.size)
    return marshal.loads(stream.read(_SIZE.unpack(head)[0])) if len(head) == _SIZE.size else None


def _packed(facts: FileFacts) -> tuple[Any, ...]:
    """Facts as plain tuples, a tenth of the work of pickling them."""
    values = {name: getattr(facts, name) for name in _FIELDS}
    values["training_calls"] = tuple(
        (call.line, call.text, call.strength, call.at_module_level) for call in facts.training_calls
    )
    values["classes"] = tuple((item.name, item.line, item.bases, item.methods) for item in facts.classes)
    return tuple(values.values())


def _unpacked(row: tuple[Any, ...]) -> FileFacts:
    values = dict(zip(_FIELDS, row, strict=True))
    values["training_calls"] = tuple(TrainingCall(*call) for call in values["training_calls"])
    values["classes"] = tuple(ClassFacts(*item) for item in values["classes"])
    return FileFacts(**values)
