"""Readers of datasets: which format files are in is guessed, then read a media at a time.

No reader raises for what a file holds: what cannot be read is left out and said in a remark.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from curation.errors import Refused
from curation.imports.found import Files
from curation.imports.readers import coco, cvat, guessing, label_studio, lines, table, voc, yolo
from curation.imports.readers.claims import settled
from curation.imports.readers.guessing import is_told_in
from curation.imports.readers.reading import Guess, Reading
from curation.imports.readers.unread import exported_sums, unread

_READERS: dict[str, Callable[[Files, Sequence[str]], Reading]] = {
    "jsonl": lines.read,
    "coco": coco.read,
    "yolo": yolo.read,
    "voc": voc.read,
    "csv": table.read,
    "label_studio": label_studio.read,
    "cvat": cvat.read,
}
FORMATS = tuple(_READERS)

NOT_ONE_IS_IN_IT = "None of the files is in this format."

__all__ = [
    "FORMATS",
    "NOT_ONE_IS_IN_IT",
    "Guess",
    "Reading",
    "exported_sums",
    "guess",
    "has_tables",
    "is_told_in",
    "read",
    "unread",
]


def guess(files: Files) -> list[Guess]:
    """What formats the files may be in, the likeliest first; empty where none of them holds annotations.

    Looks at names, and into the beginning of a few files of each kind.
    """
    return guessing.guess(files)


def has_tables(files: Files) -> bool:
    """Whether some of the files are tables, whatever their columns are called."""
    return any(name.lower().endswith((".csv", ".tsv")) for name in files.names())


def read(format: str, files: Files, chosen: Sequence[str] | None = None) -> Reading:
    """The media that these annotation files name, in this format, without holding them all.

    Without `chosen` those files that the guess found. Raises Refused for a format that nobody here reads, and where
    no file is in it.
    """
    if format not in _READERS:
        raise Refused(f"Nobody here reads the format “{format[:40]}”. Known are: {', '.join(FORMATS)}.")
    if not chosen:
        chosen = next((found.files for found in guess(files) if found.format == format), ())
    if not chosen:
        raise Refused(table.NO_COLUMNS if format == "csv" and has_tables(files) else NOT_ONE_IS_IN_IT)
    reading = _READERS[format](files, chosen)
    reading.media = settled(reading, reading.media)
    return reading
