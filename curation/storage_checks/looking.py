"""What every part of a storage check needs: where to look, as of when, and where to note what it finds."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar

from curation.storage_checks.findings import Report
from db.models import BlobState, utc_now
from db.types import Sessions
from storage import Bucket
from storage.self_test import FOLDER as SELF_TEST_FOLDER
from storage.self_test import put_bytes

# Younger objects may belong to an upload whose row is still to come.
GRACE = timedelta(hours=24)
AT_A_TIME = 1000
# Contents for which there should be an object: nobody sends or deletes them at this moment.
SETTLED = (BlobState.STORED, BlobState.LOST, BlobState.DAMAGED)

T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """Where an installation keeps its things: from the settings, handed in by the door."""

    media_folder: str
    annotation_folder: str
    spool_folder: Path


@dataclass
class Looking:
    """One check under way. Nothing in it grows with what is looked at."""

    sessions: Sessions
    bucket: Bucket
    place: Place
    # Read every stored object, and decide by its hash.
    deep: bool = False
    # Leave out what was stored and answered before.
    since: datetime | None = None
    # Called after every few hundred things, to say that we are still at it.
    still_here: Callable[[], None] = lambda: None
    report: Report = field(default_factory=Report)
    # By our clock, and by the bucket's: the age of an object is never taken from ours.
    now: datetime = field(default_factory=utc_now)
    bucket_now: datetime = field(default_factory=utc_now)

    def is_old(self, last_modified: datetime | None) -> bool:
        """Whether an object has lain in the bucket for longer than any upload takes."""
        return last_modified is not None and self.bucket_now - last_modified > GRACE


def bucket_clock(bucket: Bucket) -> datetime:
    """What time it is for the bucket: it says so of an object that was written this moment."""
    key = f"{SELF_TEST_FOLDER}/clock-{secrets.token_hex(8)}.txt"
    put_bytes(bucket, key, b"What time is it?")
    try:
        found = bucket.head(key)
    finally:
        bucket.delete(key)
    return found.last_modified if found and found.last_modified else utc_now()


def in_batches(things: Iterable[T], size: int = AT_A_TIME) -> Iterator[list[T]]:
    """The same things, so many at a time."""
    left = iter(things)
    while batch := list(islice(left, size)):
        yield batch
