"""Contents that nobody has any more: a while in the trash, then deleted, row and object and all that was drawn of it.

The row is the lock that uploads take too. No transaction is open while the bucket is spoken to, and whatever a crash
interrupts is done again: a content that is being deleted stays so until its object and its row are gone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import get_args

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.orm import Session

from curation.derived import RECIPES, derived_key
from curation.events import record
from curation.kill_points import reached
from curation.pictures import DerivedSize
from curation.whole import is_whole
from db.models import Blob, BlobState, Media
from db.types import Sessions
from storage import Bucket
from storage.errors import ObjectMissing

# Long enough for a back-up that takes the database first and then the bucket: every row in it has its object.
TRASH = timedelta(hours=24)

log = logging.getLogger(__name__)


def trash_content(blob: Blob, until: datetime) -> None:
    """Put a content, whose row is held, into the trash; one that somebody is sending at this moment stays theirs."""
    if blob.state != BlobState.PENDING:
        blob.state, blob.delete_after, blob.lease_until = BlobState.TRASH, until, None


def trash_unused(session: Session, blob_id: int, states: Collection[BlobState], until: datetime) -> bool:
    """Put a content into the trash that is in one of these states and that no media has; says whether it did."""
    blob = session.scalar(
        select(Blob).where(Blob.id == blob_id, Blob.state.in_(states)).with_for_update(key_share=True)
    )
    if blob is None or _is_used(session, blob_id):
        return False
    trash_content(blob, until)
    return True


def is_forsaken(now: datetime) -> ColumnElement[bool]:
    """Of a Blob: its upload has neither ended nor been given up, and should have by now."""
    return and_(Blob.state == BlobState.PENDING, or_(Blob.lease_until.is_(None), Blob.lease_until <= now))


def settle_upload(sessions: Sessions, bucket: Bucket, blob_id: int, now: datetime) -> BlobState | None:
    """Settle a content whose upload was broken off; gives the state it is in now, None if it needed no settling.

    With a media that waits for it, it is what its object says: stored, lost or damaged. Else it goes to the trash.
    Raises what the bucket raises.
    """
    forsaken = select(Blob).where(Blob.id == blob_id, is_forsaken(now))
    with sessions(read_only=True) as session:
        seen = session.scalar(forsaken)
        if seen is None:
            return None
        found = BlobState.TRASH if not _is_used(session, blob_id) else None
    # Its bytes are read: one that was damaged before may have the right size.
    found = found or _look_at(bucket, seen)
    with sessions() as session:
        blob = session.scalar(forsaken.with_for_update())
        # Somebody sends it again by now, or a media was registered with it: the next round looks anew.
        if blob is None or _is_used(session, blob_id) != (found != BlobState.TRASH):
            return None
        blob.state, blob.lease_until = found, None
        blob.delete_after = now + TRASH if found == BlobState.TRASH else None
    return found


def is_due(now: datetime) -> ColumnElement[bool]:
    """Of a Blob: it has been in the trash for its time, or a crash has interrupted its deletion."""
    return or_(
        and_(Blob.state == BlobState.TRASH, Blob.delete_after <= now), Blob.state == BlobState.DELETING
    )


def delete_content(
    sessions: Sessions, bucket: Bucket, blob_id: int, now: datetime, *, may_go_on: Callable[[], bool]
) -> int | None:
    """Delete a content that is due: its object unless it lies in place, all that was drawn of it, its row.

    Gives its size in bytes; None when it is not due any more, or when `may_go_on`, asked before each thing that
    cannot be taken back, says no. Raises what the bucket raises; the next round goes on from there.
    """
    with sessions() as session:
        blob = session.scalar(select(Blob).where(Blob.id == blob_id, is_due(now)).with_for_update())
        if blob is None:
            return None
        if _is_used(session, blob_id):
            # It cannot be: who registers a media takes the content out of the trash first. Looked at by the next round.
            log.error("content %s is in the trash, and a media has it", blob.sha256)
            blob.state, blob.delete_after, blob.lease_until = BlobState.PENDING, None, now
            return None
        blob.state = BlobState.DELETING
    reached("purge.deleting")
    derived = (derived_key(blob.sha256, size, recipe) for size in get_args(DerivedSize) for recipe in RECIPES)
    # What lies in place is somebody else's, and stays: only its row goes, and what was drawn of it.
    originals = () if blob.in_place else (blob.bucket_key,)
    for key in (*originals, *derived):
        if not may_go_on():
            return None
        bucket.delete(key)
        if key == blob.bucket_key:
            reached("purge.object_deleted")
    with sessions() as session:
        session.execute(delete(Blob).where(Blob.id == blob_id, Blob.state == BlobState.DELETING))
        record(session, None, "content_deleted", {"sha256": blob.sha256, "size": blob.size})
    reached("purge.row_deleted")
    return blob.size


def _is_used(session: Session, blob_id: int) -> bool:
    return bool(session.scalar(select(exists().where(Media.blob_id == blob_id))))


def _look_at(bucket: Bucket, blob: Blob) -> BlobState:
    try:
        whole = is_whole(bucket, blob.bucket_key, blob.size, blob.sha256)
    except ObjectMissing:
        return BlobState.LOST
    return BlobState.STORED if whole else BlobState.DAMAGED
