"""A folder's pictures and videos, registered several at once; an interrupted run goes on where it was."""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

from vigie_client.calls import sha256_of
from vigie_client.errors import (
    NotAllowed,
    NotSignedIn,
    Refused,
    TooManyRequests,
    Unavailable,
    UnexpectedAnswer,
    VigieError,
)
from vigie_client.journal import Journal, Settled, destination, journal_of
from vigie_client.models.media import Registered
from vigie_client.progress import Progress, Teller

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".mp4", ".m4v", ".webm", ".mov"})
WORKERS = 4
SECONDS_TO_FINISH = 5.0
# Wherever these come from, every other file would meet them too.
HOPELESS = (NotSignedIn, NotAllowed, UnexpectedAnswer)
# Somebody on the way may refuse one file, by its size; so many one after the other are no matter of the files.
IN_A_ROW = 5


class FolderOptions(TypedDict, total=False):
    """How a folder is uploaded. What is said of the capture counts for each of its files."""

    source: str
    timezone: str
    lat: float
    lon: float
    azimuth: float
    sequence: str
    tags: Sequence[str]
    workers: int  # how many files at once; 4 when it is not said
    journal: Path | str  # by default inside the folder
    again: bool  # True sends everything once more, whatever the journal says
    progress: bool | Callable[[Progress], None]  # on stderr by default


OF_THE_RUN = ("workers", "journal", "again", "progress")


@dataclass(frozen=True)
class NotTaken:
    """A file that was not registered, and why."""

    name: str
    reason: str


@dataclass
class Uploads:
    """What became of a folder. Files that an earlier run had settled are counted too: `resumed` says how many.

    As a sentence it tells what this run did, and what was settled before apart from that.
    """

    registered: int = 0
    already_here: int = 0
    refused: list[NotTaken] = field(default_factory=list)
    failed: list[NotTaken] = field(default_factory=list)
    not_begun: int = 0
    left_out: list[str] = field(default_factory=list)  # by their suffix neither pictures nor videos
    earlier: Counter[str] = field(default_factory=Counter)  # of all these, by what had become of them

    @property
    def resumed(self) -> int:
        """How many of all these an earlier run had settled: they were not sent again."""
        return self.earlier.total()

    @property
    def is_complete(self) -> bool:
        """Nothing is left to do: a run more would send nothing."""
        return not self.failed and not self.not_begun

    def __str__(self) -> str:
        counted = {
            "registered": self.registered,
            "already_here": self.already_here,
            "refused": len(self.refused),
        }
        told = [f"{count - self.earlier[kind]:,} {_words(kind)}" for kind, count in counted.items()]
        told.append(f"{len(self.failed):,} failed")
        if self.not_begun:
            told.append(f"{self.not_begun:,} not begun")
        if not self.resumed:
            return ", ".join(told)
        before = ", ".join(f"{self.earlier[kind]:,} {_words(kind)}" for kind in counted if self.earlier[kind])
        return f"{', '.join(told)}; {self.resumed:,} settled by an earlier run, not sent again ({before})"


@dataclass(frozen=True)
class _File:
    path: Path
    name: str
    found: os.stat_result
    sha256: str
    key: str


class FolderUpload:
    """One run over a folder; `run` and `run_async` differ only in who waits."""

    def __init__(self, url: str, folder: Path | str, options: FolderOptions) -> None:
        self._folder = Path(folder)
        if not self._folder.is_dir():
            raise ValueError(f"{self._folder} is no folder.")
        self._workers = max(1, options.get("workers", WORKERS))
        self._source = options.get("source")
        self._capture: Mapping[str, Any] = {
            name: value for name, value in options.items() if name not in OF_THE_RUN and value is not None
        }
        self._journal = Journal(
            Path(options.get("journal") or journal_of(self._folder)),
            destination=destination(url, self._source),
            forget=options.get("again", False),
        )
        self.result = Uploads()
        names = list(_names(self._folder))
        wanted = [name for name in names if Path(name).suffix.lower() in SUFFIXES]
        self.result.left_out = [name for name in names if Path(name).suffix.lower() not in SUFFIXES]
        self._left = iter(wanted)
        self._begun, self._total = 0, len(wanted)
        self._teller = Teller(len(wanted), options.get("progress", True))
        self._registered: set[int] = set()
        self._in_a_row = 0
        self._lock = threading.Lock()
        self._stop: BaseException | bool = False

    def run(self, register: Callable[..., Registered]) -> Uploads:
        """Raises NotSignedIn, NotAllowed, and UnexpectedAnswer where every file would meet it.

        What concerns one file is in the result.
        """
        # Daemons: who presses Ctrl-C waits for no camera's network. What they leave undone is done by the next run.
        threads = [
            threading.Thread(target=self._work, args=(register,), daemon=True) for _ in range(self._workers)
        ]
        with self._journal:
            try:
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
            except BaseException as interruption:
                self._stop = interruption
                for thread in threads:
                    thread.join(SECONDS_TO_FINISH / len(threads))
                raise
            finally:
                self._teller.end()
            return self._ended()

    async def run_async(self, register: Callable[..., Awaitable[Registered]]) -> Uploads:
        """As `run`."""
        with self._journal:
            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(self._workers):
                        group.create_task(self._work_async(register))
            finally:
                self._teller.end()
            return self._ended()

    def _work(self, register: Callable[..., Registered]) -> None:
        try:
            while (file := self._next()) is not None:
                try:
                    registered = register(file.path, **self._arguments(file))
                except (VigieError, OSError) as problem:
                    self._not_taken(file, problem)
                else:
                    self._taken(file, registered)
        except Exception as bug:
            self._stop = bug

    async def _work_async(self, register: Callable[..., Awaitable[Registered]]) -> None:
        # Hashing reads whole files: not where everything else waits for it.
        while (file := await asyncio.to_thread(self._next)) is not None:
            try:
                registered = await register(file.path, **self._arguments(file))
            except (VigieError, OSError) as problem:
                self._not_taken(file, problem)
            else:
                self._taken(file, registered)

    def _next(self) -> _File | None:
        """The next file that has to be sent; those that need not be are counted on the way."""
        while not self._stop:
            with self._lock:
                name = next(self._left, None)
                if name is None:
                    return None
                self._begun += 1
            path = self._folder / name
            try:
                found = path.stat()
                known = self._journal.find(name, found)
                if known is None:
                    sha256 = sha256_of(path)
                    return _File(path, name, found, sha256, upload_key(sha256, self._source))
            except OSError as problem:
                with self._lock:
                    self.result.failed.append(NotTaken(name, str(problem)))
                self._teller.one_more(0)
                continue
            with self._lock:
                self._count(known)
                self.result.earlier[known.result] += 1
            self._teller.one_more(0)
        return None

    def _arguments(self, file: _File) -> dict[str, Any]:
        return {
            **self._capture,
            "file_name": Path(file.name).name,
            "sha256": file.sha256,
            "idempotency_key": file.key,
        }

    def _taken(self, file: _File, registered: Registered) -> None:
        media_id = registered.media.id
        with self._lock:
            # The same content twice in a folder: by its key, the second is answered like the first.
            known = registered.twin or media_id in self._registered
            if not known:
                # Of two sent side by side the twin's answer may be here first: it must not make both known.
                self._registered.add(media_id)
            self._in_a_row = 0
        self._settle(file, "already_here" if known else "registered", media_id)

    def _not_taken(self, file: _File, problem: VigieError | OSError) -> None:
        if isinstance(problem, Refused) and problem.is_of_the_content:
            self._settle(file, "refused", reason=problem.sentence)
            return
        if isinstance(problem, Refused):
            # Of what was said beside it, a zone that does not exist: no reason not to send the file once more.
            with self._lock:
                self.result.refused.append(NotTaken(file.name, problem.sentence))
            self._teller.one_more(0)
            return
        with self._lock:
            self.result.failed.append(NotTaken(file.name, str(problem)))
            self._in_a_row += _may_be_of_one(problem)
            if not _may_be_of_one(problem) or self._in_a_row >= IN_A_ROW:
                if isinstance(problem, HOPELESS):
                    self._stop = self._stop or problem
                elif isinstance(problem, Unavailable | TooManyRequests):
                    # Away, or asked for time, for longer than the client's patience: the rest is for the next run.
                    self._stop = self._stop or True
        self._teller.one_more(0)

    def _settle(
        self, file: _File, result: str, media_id: int | None = None, reason: str | None = None
    ) -> None:
        settled = Settled(file.name, file.found.st_size, file.found.st_mtime_ns, result, media_id, reason)
        self._journal.write(settled)
        with self._lock:
            self._count(settled)
        self._teller.one_more(file.found.st_size)

    def _count(self, settled: Settled) -> None:
        if settled.result == "registered":
            self.result.registered += 1
        elif settled.result == "already_here":
            self.result.already_here += 1
        else:
            self.result.refused.append(NotTaken(settled.name, settled.reason or "refused"))

    def _ended(self) -> Uploads:
        if isinstance(self._stop, BaseException):
            raise self._stop
        self.result.not_begun = self._total - self._begun
        return self.result


def upload_key(sha256: str, source: str | None) -> str:
    """The same content of the same source is the same upload, whoever sends it again and when."""
    return hashlib.sha256(f"{sha256}\n{source or ''}".encode()).hexdigest()[:40]


def _names(folder: Path) -> Iterator[str]:
    """Every file beneath, relative to the folder, in order; hidden ones are nobody's pictures."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith("."):
                yield (Path(parent) / name).relative_to(folder).as_posix()


def _may_be_of_one(problem: VigieError | OSError) -> bool:
    """Whether other files may fare better: a proxy may find one too large, or too slow to come."""
    if not isinstance(problem, VigieError):
        return False
    return problem.status == 408 or (isinstance(problem, UnexpectedAnswer) and (problem.status or 200) >= 400)


def _words(kind: str) -> str:
    return kind.replace("_", " ")
