"""Many acts made at once, and taking them back at once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from curation.accesses import CURATORS, require_scope
from curation.errors import NotAllowed, NotFound, NothingToUndo
from curation.events import record
from curation.undoing import UNDO_LIFE, standing_acts, take_back
from db.models import Access, Annotation, Batch, BatchKind, Media, Scope, State, utc_now

ACTED_SINCE = "Somebody has acted on it since."
UNDONE_ALREADY = "It was undone already."
WITHDRAWN = "It was withdrawn."


@dataclass(frozen=True)
class LeftOut:
    """A media that a batch did not touch, and why."""

    media_id: int
    why: str


@dataclass(frozen=True)
class BatchUndone:
    """The media whose answers of a batch were taken back, and those that were left as they are."""

    undone: list[int]
    left_out: list[LeftOut]


def undo_batch(session: Session, access: Access, batch_id: int) -> BatchUndone:
    """Take back every answer of a spread that still is the last act of its media; the others are named.

    Its author may within a day, an admin at any time. Raises NotFound, NotAllowed, NothingToUndo.
    """
    require_scope(access, *CURATORS)
    batch = session.scalar(
        select(Batch).where(Batch.id == batch_id).with_for_update().execution_options(populate_existing=True)
    )
    if batch is None:
        raise NotFound(f"There is no batch {batch_id}.")
    if batch.kind != BatchKind.SPREAD:
        raise NothingToUndo("Undoing is not undone. Answer or decide anew.")
    if access.scope != Scope.ADMIN:
        if batch.access_id != access.id:
            raise NotAllowed("This was done by someone else. Only an admin can undo it.")
        if utc_now() - batch.created_at > UNDO_LIFE:
            raise NotAllowed("This was done more than a day ago. Only an admin can undo it.")
    acts = {
        annotation.media_id: annotation.act
        for annotation in session.scalars(select(Annotation).where(Annotation.batch_id == batch.id))
    }
    undone: list[int] = []
    left_out: list[LeftOut] = []
    held = lock_in_order(session, list(acts))
    standing = standing_acts(session, list(acts))
    for media in held:
        numbers = [act.number for act in standing.get(media.id, ())]
        if acts[media.id] not in numbers:
            left_out.append(LeftOut(media.id, UNDONE_ALREADY))
        elif media.state == State.WITHDRAWN:
            left_out.append(LeftOut(media.id, WITHDRAWN))
        elif acts[media.id] != numbers[0]:
            left_out.append(LeftOut(media.id, ACTED_SINCE))
        else:
            take_back(session, access, media, standing[media.id][0], batch_id=batch.id)
            undone.append(media.id)
    if undone:
        batch.undone_at = batch.undone_at or utc_now()
        detail = {"batch": batch.id, "media": len(undone), "left_out": len(left_out)}
        record(session, access, "spread_undone", detail)
    session.flush()
    return BatchUndone(undone, left_out)


def lock_in_order(session: Session, media_ids: list[int]) -> list[Media]:
    """Hold many media until the transaction ends, by rising id: two who want the same ones never block each other."""
    held: list[Media] = []
    for start in range(0, len(media_ids), 500):
        part = sorted(media_ids)[start : start + 500]
        held.extend(
            session.scalars(
                select(Media)
                .where(Media.id.in_(part))
                .order_by(Media.id)
                .with_for_update()
                .execution_options(populate_existing=True)
            )
        )
    return held
