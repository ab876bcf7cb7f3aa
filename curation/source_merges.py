"""Two sources that are one camera become one: whatever points at the first points at the second afterwards.

A camera may have a million media. They move in transactions of a few thousand, so that nobody who writes
meanwhile waits for long; a merge that is cut off has moved some of them, and asked for again it does the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from curation.accesses import require_scope
from curation.errors import SourceNotFound, WrongState
from curation.events import record
from curation.sources import get_source
from db.models import Access, Media, Scope, Source
from db.types import Sessions

AT_ONCE = 2_000


@dataclass(frozen=True)
class SourceMerge:
    """What a merge moves: media in any state, withdrawn ones too, and devices whose uploads are of the source."""

    source: str
    into: str
    media: int
    devices: int


def preview_merge(session: Session, access: Access, source_id: int, into_id: int) -> SourceMerge:
    """How much would move; nothing is written. Raises NotAllowed, SourceNotFound, WrongState."""
    source, into = _both(session, access, source_id, into_id)
    media = select(func.count()).select_from(Media).where(Media.source_id == source.id)
    devices = select(func.count()).select_from(Access).where(Access.source_id == source.id)
    return SourceMerge(source.name, into.name, session.scalar(media) or 0, session.scalar(devices) or 0)


def merge_sources(
    sessions: Sessions,
    access: Access,
    source_id: int,
    into_id: int,
    *,
    moved_so_far: Callable[[int], None] = lambda _moved: None,
) -> SourceMerge:
    """Move everything of a source into another, and delete it. There is no way back.

    The place and azimuth of the second stay. Raises NotAllowed, SourceNotFound, WrongState.
    """
    media = 0
    while True:
        with sessions() as session:
            _both(session, access, source_id, into_id)
            moved = _move_media(session, source_id, into_id)
        media += moved
        moved_so_far(media)
        if moved < AT_ONCE:
            break
    with sessions() as session:
        source, into = _both(session, access, source_id, into_id)
        # Whoever registers a media of this source right now waits for this lock, and then finds it gone.
        locked = session.scalar(select(Source.id).where(Source.id == source_id).with_for_update())
        if locked is None:
            raise SourceNotFound("There is no such source.")
        while moved := _move_media(session, source_id, into_id):
            media += moved
        devices = session.execute(
            update(Access).where(Access.source_id == source_id).values(source_id=into_id).returning(Access.id)
        ).all()
        merge = SourceMerge(source.name, into.name, media, len(devices))
        session.execute(delete(Source).where(Source.id == source_id))
        detail = {"source": merge.source, "into": merge.into, "media": media, "devices": merge.devices}
        record(session, access, "source_merged", detail)
    return merge


def _both(session: Session, access: Access, source_id: int, into_id: int) -> tuple[Source, Source]:
    require_scope(access, Scope.ADMIN)
    if source_id == into_id:
        raise WrongState("A source cannot be merged into itself.")
    return get_source(session, source_id), get_source(session, into_id)


def _move_media(session: Session, source_id: int, into_id: int) -> int:
    some = select(Media.id).where(Media.source_id == source_id).limit(AT_ONCE)
    moved = update(Media).where(Media.id.in_(some)).values(source_id=into_id)
    return len(session.execute(moved.returning(Media.id)).all())
