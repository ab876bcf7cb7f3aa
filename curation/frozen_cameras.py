"""Frozen cameras: sources whose last frames all show the same, but for a clock that goes on.

Live views differ by their noise alone, even where nothing moves. A picture that shows next to nothing, as at night,
says nothing about its camera.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from curation.accesses import PEOPLE, require_scope
from curation.picture_hashes import FINE_STILL, distance
from curation.states import UNLISTED_STATES
from db.models import Access, Media, PictureHash, Source
from db.types import AnyRow

FROZEN_FRAMES = 5
LOOKED_AT = 20
SOURCES_AT_A_TIME = 50


@dataclass(frozen=True)
class FrozenCamera:
    """A source that stands still since a moment at the latest; `frames` are those of its last twenty that are alike."""

    source_id: int
    source: str
    since: datetime
    frames: int


def list_frozen(session: Session, access: Access) -> list[FrozenCamera]:
    """The frozen cameras by name: a walk of twenty steps along an index for each source. Raises NotAllowed."""
    require_scope(access, *PEOPLE)
    names = {
        row.id: row.name for row in session.execute(select(Source.id, Source.name).order_by(Source.name))
    }
    ids = list(names)
    found = []
    for start in range(0, len(ids), SOURCES_AT_A_TIME):
        part = ids[start : start + SOURCES_AT_A_TIME]
        last = _last_frames(session, part)
        for source_id in part:
            still = _still(last[source_id])
            if len(still) >= FROZEN_FRAMES:
                found.append(FrozenCamera(source_id, names[source_id], still[-1].captured_at, len(still)))
    return found


def _last_frames(session: Session, source_ids: Sequence[int]) -> dict[int, list[AnyRow]]:
    """The last frames of each source that have a time, newest first."""
    newest = (
        select(Media.id, Media.source_id, Media.captured_at, Media.state, Media.blob_id)
        .where(Media.source_id == source_id, Media.captured_at.is_not(None))
        .order_by(Media.captured_at.desc(), Media.id.desc())
        .limit(LOOKED_AT)
        .subquery()
        for source_id in source_ids
    )
    frames = union_all(*(select(part) for part in newest)).subquery()
    rows = session.execute(
        select(frames.c.source_id, frames.c.captured_at, PictureHash.fine_hash)
        .outerjoin(PictureHash, PictureHash.blob_id == frames.c.blob_id)
        .where(frames.c.state.not_in(UNLISTED_STATES))
        .order_by(frames.c.captured_at.desc(), frames.c.id.desc())
    )
    found: dict[int, list[AnyRow]] = defaultdict(list)
    for row in rows:
        found[row.source_id].append(row)
    return found


def _still(frames: Sequence[AnyRow]) -> list[AnyRow]:
    """As many of the newest frames as show the same, each at its own moment."""
    still: list[AnyRow] = []
    for frame in frames:
        if not frame.fine_hash:
            break
        if still and distance(still[-1].fine_hash, frame.fine_hash) > FINE_STILL:
            break
        if still and still[-1].captured_at == frame.captured_at:
            continue
        still.append(frame)
    return still
