"""What the server answers about imports."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

BUSY = ("reading", "committing", "undoing")


@dataclass(frozen=True)
class Import:
    """An import: `state` is receiving, reading, ready, committing, done, undoing, undone, cancelled or failed.

    `preview` says what would become of it: media that are new, known and unmatched, the label classes of the dataset
    and which of the server's they mean, remarks. `counts` says how many entries were created, already_there, changed,
    left_out, failed and undone. `error` says why it failed.
    """

    id: int
    kind: str
    name: str
    state: str
    created_at: datetime
    asked_by: str = ""
    format: str | None = None
    done: int = 0
    total: int | None = None
    preview: dict[str, Any] | None = None
    options: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    error: str | None = None
    committed_at: datetime | None = None
    finished_at: datetime | None = None
    undone_at: datetime | None = None

    @property
    def is_busy(self) -> bool:
        return self.state in BUSY


@dataclass(frozen=True)
class ImportItem:
    """One entry of an import: what is wanted of it, what became of it and why, and the media that it is about."""

    id: int
    position: int
    name: str
    outcome: str
    wanted: dict[str, Any] = field(default_factory=dict)
    why: str | None = None
    media_id: int | None = None
    annotation_id: int | None = None


@dataclass(frozen=True)
class TableCell:
    """A cell of an edited table: `base` when it was written, `old` now, `new` by the table, a conflict by its `place`.

    Where it is wrong `new` is what stands in it, and `sentence` says why.
    """

    row: int
    column: str
    place: str
    media_id: int | None = None
    file_name: str | None = None
    base: str = ""
    old: str = ""
    new: str = ""
    sentence: str | None = None


@dataclass(frozen=True)
class ImportFile:
    """A file of an import as the server keeps it."""

    name: str
    size: int
    sha256: str
