"""Purging: the content of what was withdrawn goes for good once its grace is over; what was said about it stays.

A media lets go of its content in one transaction that holds both rows. The content goes to the trash unless another
media still has it, and the rest is the business of `trash`. Times are parameters: whoever calls says what time it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from curation.accesses import require_scope
from curation.errors import WrongState
from curation.events import record
from curation.kill_points import reached
from curation.media_view import get_visible_media
from curation.trash import TRASH, trash_content
from db.afterwards import after_commit
from db.models import Access, Blob, BlobState, Decision, Media, Review, Scope, State

SHOWN = 20


@dataclass(frozen=True)
class WaitingMedia:
    """A withdrawn media whose content is still there, until `due_at`; `size` in bytes."""

    id: int
    file_name: str | None
    size: int
    withdrawn_at: datetime
    withdrawn_by: str
    due_at: datetime


@dataclass(frozen=True)
class Waiting:
    """What waits to be deleted: withdrawn media in their grace, the first of them, and contents in the trash."""

    media: int
    media_bytes: int
    first: Sequence[WaitingMedia]
    trash: int
    trash_bytes: int
    trash_until: datetime | None


def due_media(session: Session, now: datetime, grace: timedelta, *, limit: int, after: int = 0) -> list[int]:
    """Media that were withdrawn `grace` ago or earlier and still have their content, by id."""
    due = _withdrawn(now - grace).where(Media.id > after).order_by(Media.id).limit(limit)
    return list(session.scalars(due))


def purge_media(session: Session, media_id: int, now: datetime, grace: timedelta) -> bool:
    """Have a media let go of its content, if its grace is over by now; says whether it did."""
    held = _hold(session, media_id, now - grace)
    if held is None:
        return False
    _let_go(session, None, *held, now)
    return True


def purge_now(session: Session, access: Access, media_id: int, now: datetime) -> None:
    """Have a withdrawn media let go of its content without waiting for its grace to end (admins).

    What is in the trash still waits there for its time. Raises MediaNotFound, WrongState, NotAllowed.
    """
    require_scope(access, Scope.ADMIN)
    media = get_visible_media(session, access, media_id)
    if media.state != State.WITHDRAWN:
        raise WrongState(
            "Only the content of a withdrawn media is deleted. Withdraw it first.", state=media.state.value
        )
    if media.blob_id is None:
        raise WrongState("This media has no content that could be deleted.", state=media.state.value)
    held = _hold(session, media_id, now)
    if held is None:
        raise WrongState(
            "This media was restored or its content deleted at this moment. Look again.", state=media.state
        )
    _let_go(session, access, *held, now)


def purge_due_at(session: Session, media_id: int, grace: timedelta) -> datetime | None:
    """When the content of a withdrawn media will be deleted; None for any other."""
    at = session.scalar(
        select(Review.created_at)
        .join(Media, Media.last_review_id == Review.id)
        .where(Media.id == media_id, *_waits())
    )
    return at + grace if at is not None else None


def list_waiting(session: Session, access: Access, grace: timedelta) -> Waiting:
    """What is going to be deleted, the next first. Raises NotAllowed."""
    require_scope(access, Scope.ADMIN)
    return read_waiting(session, grace)


def read_waiting(session: Session, grace: timedelta) -> Waiting:
    """The same for the operator of this machine, who needs no access."""
    waiting = select(Media.id).join(Review, Review.id == Media.last_review_id).where(*_waits())
    count = session.scalar(select(func.count()).select_from(waiting.subquery())) or 0
    contents = waiting.with_only_columns(Media.blob_id).distinct()
    size = session.scalar(select(func.sum(Blob.size)).where(Blob.id.in_(contents))) or 0
    first = session.execute(
        waiting.join(Blob, Blob.id == Media.blob_id)
        .join(Access, Access.id == Review.access_id)
        .with_only_columns(Media.id, Media.file_name, Blob.size, Review.created_at, Access.login)
        .order_by(Review.created_at, Media.id)
        .limit(SHOWN)
    )
    trash = session.execute(
        select(func.count(), func.sum(Blob.size), func.min(Blob.delete_after)).where(
            Blob.state.in_((BlobState.TRASH, BlobState.DELETING))
        )
    ).one()
    return Waiting(
        count,
        int(size),
        [WaitingMedia(*row, due_at=row.created_at + grace) for row in first],
        trash[0],
        int(trash[1] or 0),
        trash[2],
    )


def _waits() -> tuple[ColumnElement[bool], ...]:
    """Of a Media with its last review: withdrawn, and still with its content."""
    return (
        Media.state == State.WITHDRAWN,
        Media.blob_id.is_not(None),
        Review.decision == Decision.WITHDRAWN,
    )


def _withdrawn(before: datetime) -> Select[int]:
    return (
        select(Media.id)
        .join(Review, Review.id == Media.last_review_id)
        .where(*_waits(), Review.created_at <= before)
    )


def _hold(session: Session, media_id: int, withdrawn_before: datetime) -> tuple[Media, Blob] | None:
    """A media and its content, both held, if it was withdrawn before and nobody has restored it meanwhile."""
    blob_id = session.scalar(select(Media.blob_id).where(Media.id == media_id))
    if blob_id is None:
        return None
    # The content first, then the media: in this order they are held by whoever sends the content again. Held with a
    # share of its key, or PostgreSQL would make who restores the media wait for it too, in the other order.
    blob = session.scalar(select(Blob).where(Blob.id == blob_id).with_for_update(key_share=True))
    media = session.scalar(
        _withdrawn(withdrawn_before)
        .with_only_columns(Media)
        .where(Media.id == media_id, Media.blob_id == blob_id)
        .with_for_update(of=Media, key_share=True)
        .execution_options(populate_existing=True)
    )
    return (media, blob) if media is not None and blob is not None else None


def _let_go(session: Session, access: Access | None, media: Media, blob: Blob, now: datetime) -> None:
    media.blob_id, media.bucket_key, media.purged_at = None, None, now
    session.flush()
    shared = bool(session.scalar(select(exists().where(Media.blob_id == blob.id))))
    if not shared:
        trash_content(blob, now + TRASH)
    facts = {"sha256": blob.sha256, "size": blob.size, "width": blob.width, "height": blob.height}
    record(session, access, "media_purged", {**facts, "shared": shared}, media_id=media.id)
    session.flush()
    after_commit(session, partial(reached, "purge.trashed"))
