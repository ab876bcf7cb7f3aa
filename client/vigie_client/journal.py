"""What has become of the files of a folder, written down as it happens, so that the next run goes on from there."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

FILE_NAME = ".vigie-upload.jsonl"


@dataclass(frozen=True)
class Settled:
    """What became of one file, as it was: registered, already_here or refused."""

    name: str
    size: int
    mtime_ns: int
    result: str
    media_id: int | None = None
    reason: str | None = None


class Journal:
    """One JSON line per settled file; failures are not written, so that they are tried again.

    It keeps apart what went to which installation under which source. A last line that a power cut tore is passed
    over: that file is sent once more, and its Idempotency-Key keeps that from counting twice.
    """

    def __init__(self, path: Path, *, destination: str, forget: bool = False) -> None:
        self.path = path
        self._destination = destination
        self._settled = {} if forget else self._read()
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a", encoding="utf-8", errors="surrogateescape")
        if path.stat().st_size and not path.read_bytes().endswith(b"\n"):
            self._file.write("\n")

    def find(self, name: str, found: os.stat_result) -> Settled | None:
        """What became of this file, if it is still the same."""
        known = self._settled.get(name)
        if known is None or (known.size, known.mtime_ns) != (found.st_size, found.st_mtime_ns):
            return None
        return known

    def write(self, settled: Settled) -> None:
        line = json.dumps({"to": self._destination, **asdict(settled)}) + "\n"
        with self._lock:
            self._file.write(line)
            self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._file.close()

    def _read(self) -> dict[str, Settled]:
        settled: dict[str, Settled] = {}
        try:
            lines = self.path.read_bytes().splitlines()
        except FileNotFoundError:
            return settled
        for line in lines:
            entry = _entry(line)
            if entry is not None and entry.pop("to", None) == self._destination:
                try:
                    known = Settled(**entry)
                except TypeError:
                    continue
                settled[known.name] = known
        return settled


def destination(url: str, source: str | None) -> str:
    """Where files go, as a word that gives nothing away."""
    return hashlib.sha256(f"{url}\n{source or ''}".encode()).hexdigest()[:16]


def journal_of(folder: Path) -> Path:
    """Where the journal of a folder lies: inside, or among one's own files where the folder cannot be written to."""
    if os.access(folder, os.W_OK):
        return folder / FILE_NAME
    states = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
    return states / "vigie" / f"{name}.jsonl"


def _entry(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None
