"""Which objects the rows of a back-up need, read from the back-up itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backup.lines import read_lines
from backup.shelf import TABLES
from db.models import BlobState

# The bucket's own object that says whose it is.
MARKER = "vigie.json"


@dataclass(frozen=True)
class Wanted:
    """An object that a row names. `size` and `sha256` where the row knows them; a required one must be there."""

    key: str
    size: int | None = None
    sha256: str | None = None
    required: bool = True


def table_file(folder: Path, table: str) -> Path:
    return folder / TABLES / f"{table}.jsonl.gz"


def rows_of(folder: Path, table: str) -> Iterator[dict[str, Any]]:
    lines = read_lines(table_file(folder, table))
    columns = next(lines)
    for row in lines:
        yield dict(zip(columns, row, strict=True))


def wanted_objects(folder: Path) -> Iterator[Wanted]:
    """Originals, annotation files and the bucket's marker. Derived pictures are not among them: they are made again.

    What is known to be damaged is kept as it is, for a person may still want to look at it, and what is still in doubt
    for a media may have it; what is in the trash is nobody's any more.
    """
    for blob in rows_of(folder, "blobs"):
        if blob["state"] == BlobState.STORED:
            yield Wanted(blob["bucket_key"], blob["size"], blob["sha256"])
        elif blob["state"] in (BlobState.DAMAGED, BlobState.PENDING):
            yield Wanted(blob["bucket_key"], required=False)
    for annotation in rows_of(folder, "annotations"):
        if annotation["bucket_key"] is not None:
            yield Wanted(annotation["bucket_key"], sha256=annotation.get("file_sha256"))
    yield Wanted(MARKER, required=False)
