"""Stored contents: one ordered merge of the folder of originals with the rows of contents, hash by hash."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select, update

from curation.media_keys import media_key
from curation.storage_checks.findings import Finding, Kind
from curation.storage_checks.looking import AT_A_TIME, SETTLED, Looking
from curation.whole import is_whole
from db.models import Blob, BlobState, Media, utc_now
from db.types import AnyRow
from storage import StoredObject
from storage.errors import ObjectCutShort, ObjectMissing

# Of rows that seem to lead nowhere so many are asked for one by one; beyond that nobody doubts the listing.
ASKED_FOR = 1000
COLUMNS = (Blob.id, Blob.sha256, Blob.size, Blob.bucket_key, Blob.state, Blob.created_at)
_HASH = re.compile(r"[0-9a-f]{64}")


def check_contents(looking: Looking, objects: Iterator[StoredObject]) -> None:
    """Compare the folder of originals with the rows: what is missing, too much, or not what it should be."""
    without_object, without_row = MissingContents(looking), _Unknown(looking)
    hashing = Hashing(looking)
    elsewhere = _Elsewhere(looking)
    found = next(objects, None)
    for row in _rows(looking):
        if not row.bucket_key.startswith(f"{looking.place.media_folder}/"):
            other = elsewhere.find(row.bucket_key)
            if row.state in SETTLED:
                compare(looking, row, other, without_object, hashing)
            continue
        # Within the folder keys are ordered as hashes are: both have the same first 71 characters.
        while found is not None and found.key < row.bucket_key:
            without_row.note(found)
            found = next(objects, None)
        is_there = found is not None and found.key == row.bucket_key
        if row.state in SETTLED:
            compare(looking, row, found if is_there else None, without_object, hashing)
        if is_there:
            found = next(objects, None)
    while found is not None:
        without_row.note(found)
        found = next(objects, None)
    without_object.settle()
    without_row.settle()
    hashing.settle()


def _rows(looking: Looking) -> Iterator[AnyRow]:
    """All contents but those that lie in place, in the order of their hashes, which is that of their keys."""
    after = ""
    while True:
        page = (
            select(*COLUMNS).where(Blob.sha256 > after, ~Blob.in_place).order_by(Blob.sha256).limit(AT_A_TIME)
        )
        with looking.sessions(read_only=True) as session:
            rows = session.execute(page).all()
        if not rows:
            return
        looking.still_here()
        looking.report.looked_at["contents"] += len(rows)
        yield from rows
        after = rows[-1].sha256


def compare(
    looking: Looking,
    row: AnyRow,
    found: StoredObject | None,
    without_object: MissingContents,
    hashing: Hashing,
) -> None:
    """Compare a content for which there should be an object with the one that was found."""
    if found is None:
        without_object.note(row)
        return
    looking.report.looked_at["originals"] += 1
    if found.size != row.size:
        _note_size(looking, row)
    elif row.state != BlobState.STORED or (
        looking.deep and (looking.since is None or row.created_at >= looking.since)
    ):
        hashing.note(row)


def _note_size(looking: Looking, row: AnyRow) -> None:
    """A size that differs from the row's: looked at again, because an upload may have been under way."""
    again = _read_again(looking, [row.id]).get(row.id)
    stored = looking.bucket.head(row.bucket_key)
    if again is None or again.bucket_key != row.bucket_key or stored is None or stored.size == again.size:
        return
    about = {**_about(looking, again), "size": again.size, "size_in_bucket": stored.size}
    looking.report.add(Finding(Kind.SIZE_DIFFERS, about), changes=again.state == BlobState.STORED)


class _Elsewhere:
    """Contents that are kept in another folder, as when the setting was changed: each has its own listing."""

    def __init__(self, looking: Looking) -> None:
        self._looking = looking
        self._listings: dict[str, tuple[Iterator[StoredObject], StoredObject | None]] = {}

    def find(self, key: str) -> StoredObject | None:
        """The object with this key; keys of one folder are asked for in order."""
        folder = key.rsplit("/", 3)[0]
        if folder not in self._listings:
            listing = self._looking.bucket.list(f"{folder}/")
            self._listings[folder] = listing, next(listing, None)
        listing, found = self._listings[folder]
        while found is not None and found.key < key:
            found = next(listing, None)
        self._listings[folder] = listing, found
        return found if found is not None and found.key == key else None


class MissingContents:
    """Rows for which the listing had nothing: asked for once more before anything is said."""

    def __init__(self, looking: Looking) -> None:
        self._looking = looking
        self._rows: list[AnyRow] = []
        self._asked = 0

    def note(self, row: AnyRow) -> None:
        self._rows.append(row)
        if len(self._rows) >= AT_A_TIME:
            self.settle()

    def settle(self) -> None:
        looking = self._looking
        again = _read_again(looking, [row.id for row in self._rows])
        for row in self._rows:
            now = again.get(row.id)
            if now is None:
                continue
            self._asked += 1
            if self._asked <= ASKED_FOR and looking.bucket.head(now.bucket_key) is not None:
                continue
            finding = Finding(Kind.OBJECT_MISSING, _about(looking, now))
            looking.report.add(finding, changes=now.state != BlobState.LOST)
        self._rows.clear()


class _Unknown:
    """Objects for which there was no row: looked for once more, and young ones are left alone."""

    def __init__(self, looking: Looking) -> None:
        self._looking = looking
        self._objects: list[StoredObject] = []

    def note(self, found: StoredObject) -> None:
        if content_hash(self._looking.place.media_folder, found.key) is None:
            self._looking.report.add_foreign(found.key)
            return
        self._looking.report.looked_at["originals"] += 1
        if self._looking.is_old(found.last_modified):
            self._objects.append(found)
        if len(self._objects) >= AT_A_TIME:
            self.settle()

    def settle(self) -> None:
        keys = {found.key: found for found in self._objects}
        with self._looking.sessions(read_only=True) as session:
            hashes = [key.rpartition("/")[2].partition(".")[0] for key in keys]
            columns = (Blob.id, Blob.sha256, Blob.size, Blob.bucket_key, Blob.state)
            rows = {
                row.sha256: row for row in session.execute(select(*columns).where(Blob.sha256.in_(hashes)))
            }
        for key, sha256 in zip(keys, hashes, strict=True):
            row = rows.get(sha256)
            if row is not None and row.bucket_key == key:
                continue
            stored = self._looking.bucket.head(key)
            if stored is None or not self._looking.is_old(stored.last_modified):
                continue
            if row is None:
                about = {"key": key, "size": stored.size, "content_type": stored.content_type}
                self._looking.report.add(Finding(Kind.OBJECT_WITHOUT_ROW, about))
            else:
                about = {**_about(self._looking, row), "key": key, "key_of_row": row.bucket_key}
                # What is in the trash leaves it first, one way or the other.
                self._looking.report.add(Finding(Kind.OBJECT_TWICE, about), changes=row.state in SETTLED)
        self._objects.clear()


class Hashing:
    """Contents to be read as a whole; those that are what they should be are written down so, many at once."""

    def __init__(self, looking: Looking) -> None:
        self._looking = looking
        self._verified: list[int] = []

    def note(self, row: AnyRow) -> None:
        looking = self._looking
        try:
            whole = is_whole(
                looking.bucket, row.bucket_key, row.size, row.sha256, still_here=looking.still_here
            )
        except ObjectMissing:
            return  # it went meanwhile: the next check says what that was
        except ObjectCutShort:
            # The bucket's trouble or the network's: nothing is known of its bytes.
            looking.report.add(Finding(Kind.CONTENT_UNREAD, _about(looking, row)))
            return
        looking.report.looked_at["contents_read"] += 1
        looking.report.looked_at["bytes_read"] += row.size
        if whole and row.state == BlobState.STORED:
            self._verified.append(row.id)
            if len(self._verified) >= AT_A_TIME // 5:
                self.settle()
            return
        again = _read_again(looking, [row.id]).get(row.id)
        if again is None or again.bucket_key != row.bucket_key:
            return
        if whole:
            looking.report.add(Finding(Kind.FOUND_AGAIN, _about(looking, again)))
        else:
            finding = Finding(Kind.CONTENT_DIFFERS, _about(looking, again))
            looking.report.add(finding, changes=again.state != BlobState.DAMAGED)

    def settle(self) -> None:
        with self._looking.sessions() as session:
            session.execute(
                update(Blob)
                .where(Blob.id.in_(self._verified), Blob.state == BlobState.STORED)
                .values(verified_at=utc_now())
            )
        self._verified.clear()


def content_hash(folder: str, key: str) -> str | None:
    """The hash that a key of an original in this folder is made of; None for any other key."""
    name, _, extension = key.rpartition("/")[2].partition(".")
    return name if _HASH.fullmatch(name) and key == media_key(folder, name, extension) else None


def _read_again(looking: Looking, ids: Sequence[int]) -> dict[int, AnyRow]:
    """Rows as they are now, of those for which there should be an object."""
    columns = (Blob.id, Blob.sha256, Blob.size, Blob.bucket_key, Blob.state)
    with looking.sessions(read_only=True) as session:
        rows = session.execute(select(*columns).where(Blob.id.in_(ids), Blob.state.in_(SETTLED)))
        return {row.id: row for row in rows}


def _about(looking: Looking, row: AnyRow) -> dict[str, Any]:
    with looking.sessions(read_only=True) as session:
        media = session.scalars(select(Media.id).where(Media.blob_id == row.id).order_by(Media.id).limit(5))
        return {
            "content": row.id,
            "sha256": row.sha256,
            "key": row.bucket_key,
            "state": row.state.value,
            "media": list(media),
        }
