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
    """An object that a row names. `size` and `sha256` where the row knows them; a required one must be there.

    Of a doubted one no copy is believed before it has been read. One that is taken `as_it_is` is better than none.
    """

    key: str
    size: int | None = None
    sha256: str | None = None
    required: bool = True
    doubted: bool = False
    as_it_is: bool = False


def table_file(folder: Path, table: str) -> Path:
    return folder / TABLES / f"{table}.jsonl.gz"


def rows_of(folder: Path, table: str) -> Iterator[dict[str, Any]]:
    lines = read_lines(table_file(folder, table))
    columns = next(lines)
    for row in lines:
        yield dict(zip(columns, row, strict=True))


def wanted_objects(folder: Path) -> Iterator[Wanted]:
    """Originals, annotation files and the bucket's marker. Derived pictures are not among them: they are made again.

    What the bucket is known to have lost or damaged is wanted all the more, for an earlier back-up may hold the last
    copy; but nobody has to be told of it again. An upload under way may be that of such a content. What is damaged
    everywhere is kept as it is, for a person may still want to look at it; what is in the trash is nobody's any more.
    """
    for blob in rows_of(folder, "blobs"):
        content = (blob["bucket_key"], blob["size"], blob["sha256"])
        if blob["state"] == BlobState.STORED:
            yield Wanted(*content)
        elif blob["state"] in (BlobState.LOST, BlobState.DAMAGED, BlobState.PENDING):
            is_damaged = blob["state"] == BlobState.DAMAGED
            yield Wanted(*content, required=False, doubted=True, as_it_is=is_damaged)
    for annotation in rows_of(folder, "annotations"):
        if annotation["bucket_key"] is not None:
            yield Wanted(annotation["bucket_key"], sha256=annotation.get("file_sha256"))
    yield Wanted(MARKER, required=False)
