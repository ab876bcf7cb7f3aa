"""The clean-up: a round of everything that is to go, by whichever process has its turn.

Any of its steps may be interrupted, and the next round goes on from there. What it deletes for good, it deletes only
while the turn is certainly its own: two that deleted one content at the same time could meet its next upload.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select

from curation.datasets.keeping import expire_exports, sweep_exports
from curation.datasets.shown import expire_purged
from curation.derived import FOLDER, RECIPES
from curation.purging import due_media, purge_media
from curation.storage_checks.marker import require_own
from curation.trash import delete_content, is_due, is_forsaken, settle_upload
from db.models import Blob, BlobState, IdempotencyKey, Rate
from db.turns import HeldTurn, held_turn
from db.types import Sessions
from storage import Bucket
from storage.errors import BucketError, BucketUnreachable

TURN = "clean-up"
TURN_SECONDS = 60.0
# So long a turn must last for one more deletion: the bucket is given up sooner.
ONE_TAKES = 20.0
AT_A_TIME = 500
# An upload is repeated for hours or days; later its content is known by itself.
KEYS_KEPT = timedelta(days=14)
RATES_KEPT = timedelta(hours=1)

log = logging.getLogger(__name__)


@dataclass
class CleanedUp:
    """What a round has done: how many of each, and how many bytes of originals it has given back."""

    media_purged: int = 0
    contents_trashed: int = 0
    uploads_finished: int = 0
    contents_missing: int = 0
    contents_deleted: int = 0
    bytes_deleted: int = 0
    derived_deleted: int = 0
    exports_expired: int = 0
    export_files_deleted: int = 0
    keys_forgotten: int = 0
    failed: int = 0

    @property
    def anything(self) -> bool:
        return any(getattr(self, item.name) for item in fields(self))


def clean_up(sessions: Sessions, bucket: Bucket, now: datetime, *, grace: timedelta) -> CleanedUp | None:
    """Do one round; None at once while another process has its turn.

    `grace` is how long the content of a withdrawn media stays. Raises WrongBucket, and what bucket and database raise.
    """
    with held_turn(sessions, TURN, seconds=TURN_SECONDS) as turn:
        if turn is None:
            return None
        # Another installation's bucket has nothing that is ours to delete.
        require_own(sessions, bucket)
        done = CleanedUp()
        try:
            _purge(sessions, now, grace, turn, done)
            _settle_uploads(sessions, bucket, now, turn, done)
            _empty_trash(sessions, bucket, now, turn, done)
            bucket.sweep()
            done.derived_deleted = sweep_recipes(
                bucket, RECIPES[:-1], may_go_on=lambda: turn.lasts(ONE_TAKES)
            )
            done.exports_expired = expire_exports(sessions, now) + expire_purged(sessions, bucket)
            done.export_files_deleted = sweep_exports(
                sessions, bucket, now, may_go_on=lambda: turn.lasts(ONE_TAKES)
            )
            done.keys_forgotten = forget_keys(sessions, now)
            forget_rates(sessions, now)
        finally:
            if done.anything:
                log.info("cleaned up: %s", done)
        return done


def sweep_recipes(bucket: Bucket, recipes: tuple[str, ...], *, may_go_on: Callable[[], bool]) -> int:
    """Delete what was drawn by these recipes; returns how many objects."""
    deleted = 0
    for recipe in recipes:
        for found in bucket.list(f"{FOLDER}/{recipe}/"):
            if not may_go_on():
                return deleted
            bucket.delete(found.key)
            deleted += 1
    return deleted


def forget_keys(sessions: Sessions, now: datetime) -> int:
    """Forget old idempotency keys, some at a time; returns how many."""
    old = select(IdempotencyKey.id).where(IdempotencyKey.created_at <= now - KEYS_KEPT).limit(AT_A_TIME)
    forgotten = 0
    while True:
        with sessions() as session:
            ids = session.scalars(old).all()
            session.execute(delete(IdempotencyKey).where(IdempotencyKey.id.in_(ids)))
        forgotten += len(ids)
        if len(ids) < AT_A_TIME:
            return forgotten


def forget_rates(sessions: Sessions, now: datetime) -> None:
    """Forget how often something was done in minutes that count no more."""
    oldest = int((now - RATES_KEPT).timestamp()) // 60
    with sessions() as session:
        session.execute(delete(Rate).where(Rate.minute < oldest))


def _purge(sessions: Sessions, now: datetime, grace: timedelta, turn: HeldTurn, done: CleanedUp) -> None:
    after = 0
    while not turn.lost.is_set():
        with sessions(read_only=True) as session:
            ids = due_media(session, now, grace, limit=AT_A_TIME, after=after)
        for media_id in ids:
            with sessions() as session:
                done.media_purged += purge_media(session, media_id, now, grace)
        if len(ids) < AT_A_TIME:
            return
        after = ids[-1]


def _settle_uploads(
    sessions: Sessions, bucket: Bucket, now: datetime, turn: HeldTurn, done: CleanedUp
) -> None:
    for blob_id in _contents(sessions, is_forsaken(now), turn):
        with _counted(done, blob_id):
            state = settle_upload(sessions, bucket, blob_id, now)
            done.contents_trashed += state == BlobState.TRASH
            done.uploads_finished += state == BlobState.STORED
            done.contents_missing += state in (BlobState.LOST, BlobState.DAMAGED)


def _empty_trash(sessions: Sessions, bucket: Bucket, now: datetime, turn: HeldTurn, done: CleanedUp) -> None:
    for blob_id in _contents(sessions, is_due(now), turn):
        with _counted(done, blob_id):
            size = delete_content(sessions, bucket, blob_id, now, may_go_on=lambda: turn.lasts(ONE_TAKES))
            if size is not None:
                done.contents_deleted += 1
                done.bytes_deleted += size


def _contents(sessions: Sessions, which: ColumnElement[bool], turn: HeldTurn) -> Iterator[int]:
    """Contents by id, each once, for as long as the turn is certainly ours."""
    after = 0
    while True:
        page = select(Blob.id).where(which, Blob.id > after).order_by(Blob.id).limit(AT_A_TIME)
        with sessions(read_only=True) as session:
            ids = session.scalars(page).all()
        for blob_id in ids:
            if not turn.lasts(ONE_TAKES):
                return
            yield blob_id
        if len(ids) < AT_A_TIME:
            return
        after = ids[-1]


@contextmanager
def _counted(done: CleanedUp, blob_id: int) -> Iterator[None]:
    """Go on after what is wrong with one content; a bucket that is away is wrong with all of them."""
    try:
        yield
    except BucketUnreachable:
        raise
    except BucketError as problem:
        log.error("content %s could not be cleaned up: %s", blob_id, problem)
        done.failed += 1
