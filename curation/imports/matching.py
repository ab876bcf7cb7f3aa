"""Which of our media, and which of the files that were sent, an entry of a dataset is about."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from curation import looks
from curation.imports.opening import OpenedFiles
from curation.imports.readers.names import CONTENT, folded, is_content, is_media, spellings, without_ending
from db.expressions import among
from db.models import Access, Blob, BlobState, Media, State

AT_A_TIME = 1_000


def last_part(name: str) -> str:
    """The name of a file without its folders."""
    return name.rstrip("/").rpartition("/")[2]


def ending(name: str) -> str:
    """`.jpg` of `a/b.jpg`; empty for a name that has none, as `.hidden` and `b.`."""
    stem, dot, last = last_part(name).rpartition(".")
    return dot + last if stem and last else ""


class FileNames:
    """Files that may become media, found by what readers took them for."""

    def __init__(self, files: OpenedFiles) -> None:
        self._names = [name for name in files.names() if is_content(name)]
        self._whole = set(self._names)
        self._not_taken = {name for name in files.names() if is_media(name) and not is_content(name)}
        self._alike = Counter(folded(without_ending(last_part(name))) for name in self._names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def find(self, name: str) -> str | None:
        """The file of this name: what else may be meant by it, the readers have found out."""
        return name if name in self._whole else None

    def is_not_taken(self, name: str) -> bool:
        """Whether it was sent and is of a kind that nobody can show here."""
        return name in self._not_taken

    def is_ambiguous(self, name: str) -> bool:
        """Whether several files are called so, of which none is meant for certain."""
        return name not in self._whole and self._alike[folded(without_ending(last_part(name)))] > 1


@dataclass(frozen=True)
class Wanted:
    """What is known of an entry before its media is looked for."""

    name: str
    sha256: str | None = None
    media_id: int | None = None
    key: str | None = None
    size: int | None = None  # of the object under that key, and when it was last written
    modified: datetime | None = None
    has_file: bool = False
    ambiguous: bool = False  # several files that were sent are called so
    shares_name: bool = False  # other entries are called so

    @property
    def has_only_a_name(self) -> bool:
        """Whether nothing but its number and name can say which media it is about."""
        return self.sha256 is None and not (self.has_file or self.ambiguous)


@dataclass(frozen=True)
class Match:
    """A media of ours, how it was recognised, and what has to be known of it."""

    media_id: int
    by: str
    answered: bool
    width: int
    height: int
    orientation: int


def match_media(session: Session, access: Access, wanted: Sequence[Wanted]) -> list[Match | None]:
    """Of each entry the media of ours: of the same content, of its number and name, or else of a name nobody shares.

    An entry that brings its own picture is never taken for another one by its name, nor is one that brings several of
    which it does not say which is meant. What this access has to answer blind is nothing that anybody has answered.
    """
    by_hash = _rows(session, "sha256", Blob.sha256, {one.sha256 for one in wanted if one.sha256})
    by_key = _rows(session, "key", Blob.bucket_key, {one.key for one in wanted if one.key})
    of_name_alone = [one for one in wanted if one.has_only_a_name]
    by_id = _rows(session, "id", Media.id, {one.media_id for one in of_name_alone if one.media_id})
    names = {spelt for one in of_name_alone for alike in _spellings(one.name) for spelt in alike}
    by_name = _rows(session, "file_name", Media.file_name, names)
    found: list[Match | None] = []
    for one in wanted:
        matches: list[_Row] | None = by_hash.get(one.sha256) or [
            row for row in by_key.get(one.key, ()) if row.still_is(one)
        ]
        if matches and one.has_file and not matches[0].whole:
            matches = None  # its content is lost here: brought once more it heals
        if not matches and one.has_only_a_name:
            matches = _of_number(by_id.get(one.media_id), one)
            if not matches and not one.shares_name:
                matches = _of_name(by_name, one)
        found.append(matches[0].match if matches else None)
    if not any(match.answered for match in found if match is not None):
        return found
    to_answer = looks.given_looks(session, access)
    return [
        replace(match, answered=False) if match is not None and match.media_id in to_answer else match
        for match in found
    ]


@dataclass(frozen=True)
class _Row:
    match: Match
    file_name: str | None
    whole: bool
    size: int
    read_at: datetime

    def still_is(self, one: Wanted) -> bool:
        """Whether the object under the key is the one that was read, as far as a listing tells."""
        return one.size == self.size and (one.modified is None or one.modified <= self.read_at)


def written_anew(session: Session, keys: Collection[str]) -> set[str]:
    """Those of these keys, none of which has a match, under which something else was registered where it lies."""
    known = select(Blob.bucket_key).where(Blob.in_place, Blob.bucket_key.in_(keys))
    return set(session.scalars(known)) if keys else set()


def _rows(
    session: Session, by: str, column: InstrumentedAttribute[Any], values: Collection[Any]
) -> dict[object, list[_Row]]:
    """Media that are in lists, by the values of a column."""
    found: dict[object, list[_Row]] = defaultdict(list)
    in_order = sorted(values)
    for start in range(0, len(in_order), AT_A_TIME):
        rows = session.execute(
            select(
                column.label("found"),
                Media.id,
                Media.file_name,
                Media.current_annotation_id,
                Blob.width,
                Blob.height,
                Blob.orientation,
                Blob.state,
                Blob.size,
                Blob.created_at,
                Blob.verified_at,
            )
            .join(Blob, Blob.id == Media.blob_id)
            .where(
                among(session, column, in_order[start : start + AT_A_TIME]),
                Media.state.not_in((State.WITHDRAWN, State.AWAITING_CONTENT)),
            )
            .order_by(Media.id)
        )
        for row in rows:
            answered = row.current_annotation_id is not None
            match = Match(row.id, by, answered, row.width, row.height, row.orientation)
            whole = row.state == BlobState.STORED
            read_at = row.verified_at or row.created_at
            found[row.found].append(_Row(match, row.file_name, whole, row.size, read_at))
    return found


def _of_number(rows: list[_Row] | None, one: Wanted) -> list[_Row]:
    """A number alone proves nothing: another installation has media of the same numbers."""
    spellings = {spelt for alike in _spellings(one.name) for spelt in alike}
    return [row for row in rows or () if row.file_name in spellings]


def _of_name(by_name: dict[object, list[_Row]], one: Wanted) -> list[_Row]:
    for alike in _spellings(one.name):
        if rows := [row for spelt in alike for row in by_name.get(spelt, ())]:
            return rows if len(rows) == 1 else []
    return []


def _spellings(name: str) -> list[tuple[str, ...]]:
    """The file names that an annotation file's name may stand for, the likeliest first; some leave the ending away."""
    # As the names of media are written here.
    written = unicodedata.normalize("NFC", name.replace("\\", "/"))
    return [_with_endings(one) for one in spellings(written)]


def _with_endings(last: str) -> tuple[str, ...]:
    if is_content(last):
        return (last,)
    endings = sorted(CONTENT)
    return (
        last,
        *(f"{last}{ending}" for ending in endings),
        *(f"{last}{ending.upper()}" for ending in endings),
    )
