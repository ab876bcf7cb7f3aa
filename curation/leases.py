"""Leases: who has which media before them, so that two people are not given the same picture.

A lease is a courtesy of queues and never a condition for an answer: answers are checked by themselves, so
one that ends, or is lost, harms nothing. It ends by the database's clock alone; nobody has to give it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, literal, or_, select
from sqlalchemy.orm import Session

from curation.accesses import CURATORS, require_scope
from curation.states import LISTED_STATES
from db.clock import from_now
from db.models import Access, Lease, Media
from db.upsert import insert_into

MAX_MEDIA = 50
# Ended ones are free at once; their rows go later, out of everybody's way.
SWEPT_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Leased:
    """Which of the media asked for are held now, and which somebody else holds or are gone."""

    held: list[int]
    lost: list[int]


def take(session: Session, access: Access, media_ids: Sequence[int], *, seconds: int) -> Leased:
    """Hold these media for some seconds from now, anew where they are held already. Raises NotAllowed.

    What somebody else holds stays theirs and is lost here, as are media that are in no list.
    """
    require_scope(access, *CURATORS)
    # One statement, in the order of ids: two batches that meet wait for each other, never in a circle.
    wanted = (
        select(Media.id, literal(access.id), from_now(session, timedelta(seconds=seconds)))
        .where(Media.id.in_(media_ids), Media.state.in_(LISTED_STATES))
        .order_by(Media.id)
    )
    statement = insert_into(session, Lease).from_select(["media_id", "access_id", "expires_at"], wanted)
    statement = statement.on_conflict_do_update(
        index_elements=["media_id"],
        set_={"access_id": statement.excluded.access_id, "expires_at": statement.excluded.expires_at},
        where=or_(Lease.access_id == access.id, Lease.expires_at <= from_now(session)),
    )
    taken = set(session.scalars(statement.returning(Lease.media_id))) if media_ids else set()
    distinct = list(dict.fromkeys(media_ids))
    return Leased(
        [media_id for media_id in distinct if media_id in taken],
        [media_id for media_id in distinct if media_id not in taken],
    )


def release(session: Session, access: Access, media_ids: Sequence[int]) -> None:
    """Give back what this access holds of these media; others' leases stay. Raises NotAllowed."""
    require_scope(access, *CURATORS)
    mine = (
        select(Lease.media_id)
        .where(Lease.media_id.in_(media_ids), Lease.access_id == access.id)
        .order_by(Lease.media_id)
        .with_for_update()
    )
    session.execute(delete(Lease).where(Lease.media_id.in_(session.scalars(mine).all())))


def held_by_others(session: Session, access: Access) -> ColumnElement[bool]:
    """Of a Media: somebody else has it before them."""
    # IN, which is looked up in a small table read once; joined, a plan might sort the whole queue instead.
    return Media.id.in_(select(Lease.media_id).where(_of_others(session, access)))


def holders(session: Session, access: Access, media_ids: Sequence[int]) -> dict[int, str]:
    """The logins of others who hold one of these media, by media."""
    rows = session.execute(
        select(Lease.media_id, Access.login)
        .join(Access, Access.id == Lease.access_id)
        .where(Lease.media_id.in_(media_ids), _of_others(session, access))
    )
    return {row.media_id: row.login for row in rows}


def sweep(session: Session) -> None:
    """Remove the rows of leases that ended a while ago."""
    # What somebody takes at this moment is skipped: waiting for it in another order could be a circle.
    ended = (
        select(Lease.media_id)
        .where(Lease.expires_at <= from_now(session, -SWEPT_AFTER))
        .with_for_update(skip_locked=True)
    )
    session.execute(delete(Lease).where(Lease.media_id.in_(session.scalars(ended).all())))


def _of_others(session: Session, access: Access) -> ColumnElement[bool]:
    return and_(Lease.access_id != access.id, Lease.expires_at > from_now(session))
