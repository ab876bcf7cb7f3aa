"""Which of our media, and which of the files that were sent, an entry of a dataset is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from curation import looks
from curation.imports.opening import OpenedFiles
from curation.imports.readers.names import is_packed_along
from db.expressions import among
from db.models import Access, Blob, BlobState, Media, State

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
VIDEOS = frozenset({".mp4", ".m4v", ".webm", ".mov"})
CONTENT = PICTURES | VIDEOS
AT_A_TIME = 1_000


def is_content(name: str) -> bool:
    """Whether a file may become a media, by its name; what it is, its content says later."""
    return ending(name).lower() in CONTENT and not is_packed_along(name)


def last_part(name: str) -> str:
    """The name of a file without its folders."""
    return name.rstrip("/").rpartition("/")[2]


def ending(name: str) -> str:
    """`.jpg` of `a/b.jpg`; empty for a name that has none, as `.hidden` and `b.`."""
    stem, dot, last = last_part(name).rpartition(".")
    return dot + last if stem and last else ""


class FileNames:
    """Files that may become media, found by how annotation files name them."""

    def __init__(self, files: OpenedFiles) -> None:
        self._names = [name for name in files.names() if is_content(name)]
        self._whole = set(self._names)
        self._by_last: dict[str, list[str]] = defaultdict(list)
        self._by_stem: dict[str, list[str]] = defaultdict(list)
        for name in self._names:
            last = last_part(name)
            self._by_last[last.casefold()].append(name)
            self._by_stem[last.removesuffix(ending(name)).casefold()].append(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def find(self, name: str) -> tuple[str, ...]:
        """The files that may be meant: the one of this name, else those that end so, else those of this last part."""
        if not self._names:
            return ()
        wanted = name.replace("\\", "/").strip("/")
        if wanted in self._whole:
            return (wanted,)
        last = last_part(wanted).casefold()
        alike = self._by_last.get(last, [])
        if not alike and not is_content(wanted):
            alike = self._by_stem.get(last, [])
        if len(alike) > 1:
            endings = [one for one in alike if f"/{one}".casefold().endswith(f"/{wanted}".casefold())]
            alike = endings or alike
        return tuple(alike)


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
    width: int | None
    height: int | None


def match_media(session: Session, access: Access, wanted: Sequence[Wanted]) -> list[Match | None]:
    """Of each entry the media of ours: of the same content, of its number and name, or else of a name nobody shares.

    An entry that brings its own picture is never taken for another one by its name, nor is one that brings several of
    which it does not say which is meant. What this access has to answer blind is nothing that anybody has answered.
    """
    by_hash = _rows(session, "sha256", Blob.sha256, {one.sha256 for one in wanted if one.sha256})
    by_key = _rows(session, "key", Blob.bucket_key, {one.key for one in wanted if one.key})
    of_name_alone = [one for one in wanted if one.has_only_a_name]
    by_id = _rows(session, "id", Media.id, {one.media_id for one in of_name_alone if one.media_id})
    names = {spelt for one in of_name_alone for spelt in _spellings(one.name)}
    by_name = _rows(session, "file_name", Media.file_name, names)
    found: list[Match | None] = []
    for one in wanted:
        matches: list[_Row] | None = by_hash.get(one.sha256) or [
            row for row in by_key.get(one.key, ()) if row.still_is(one)
        ]
        if matches and one.has_file and not matches[0].whole:
            matches = None  # its content is lost here: brought once more it heals
        if not matches and one.has_only_a_name:
            matches = _of_number(by_id.get(one.media_id), one) or _of_name(by_name, one)
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
            match = Match(row.id, by, row.current_annotation_id is not None, row.width, row.height)
            whole = row.state == BlobState.STORED
            read_at = row.verified_at or row.created_at
            found[row.found].append(_Row(match, row.file_name, whole, row.size, read_at))
    return found


def _of_number(rows: list[_Row] | None, one: Wanted) -> list[_Row]:
    """A number alone proves nothing: another installation has media of the same numbers."""
    return [row for row in rows or () if row.file_name in _spellings(one.name)]


def _of_name(by_name: dict[object, list[_Row]], one: Wanted) -> list[_Row]:
    rows = [row for spelt in _spellings(one.name) for row in by_name.get(spelt, ())]
    return rows if len(rows) == 1 else []


def _spellings(name: str) -> tuple[str, ...]:
    """The file names that an annotation file's name may stand for: some formats leave the ending away."""
    last = last_part(name.replace("\\", "/"))
    if is_content(last):
        return (last,)
    endings = sorted(CONTENT)
    return (
        last,
        *(f"{last}{ending}" for ending in endings),
        *(f"{last}{ending.upper()}" for ending in endings),
    )
