"""The notes of what is parked, as a list: what could not be answered, and why, is a road map."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from curation.accesses import PEOPLE, require_scope
from curation.browse import conditions
from curation.media_filter import MediaFilter
from db.models import Access, Decision, Media, Review, Source, State
from db.queries import is_undone

MAX_NOTES = 200


@dataclass(frozen=True)
class ParkedNote:
    """Why a media was set aside, by whom and when."""

    media_id: int
    file_name: str | None
    source: str | None
    note: str
    author: str
    at: datetime


def shows_parked_only(wanted: MediaFilter) -> bool:
    return wanted.state == (State.PARKED,)


def list_parked_notes(session: Session, access: Access, wanted: MediaFilter) -> list[ParkedNote]:
    """The notes of the parked media that match, newest first, at most 200. Raises NotAllowed."""
    require_scope(access, *PEOPLE)
    earlier = aliased(Review)
    # A media may have been parked before; who unparks it and takes that back leaves the last note standing, as does
    # who parks it once more and takes that back.
    last = (
        select(earlier.id)
        .where(
            earlier.media_id == Media.id,
            earlier.decision == Decision.PARKED,
            ~earlier.blind,
            ~is_undone(earlier),
        )
        .order_by(earlier.act.desc())
        .limit(1)
        .correlate(Media)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Media.id, Media.file_name, Source.name, Review.comment, Access.login, Review.created_at)
        .select_from(Media)
        .join(Review, Review.id == last)
        .join(Access, Access.id == Review.access_id)
        .outerjoin(Source, Source.id == Media.source_id)
        .where(*conditions(access, wanted), Media.state == State.PARKED)
        .order_by(Review.created_at.desc(), Review.id.desc())
        .limit(MAX_NOTES)
    )
    return [ParkedNote(row[0], row[1], row[2], row[3] or "", row[4], row[5]) for row in rows]
