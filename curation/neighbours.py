"""Neighbours: media of the same source around one of them in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from curation import looks
from curation.accesses import PEOPLE, require_scope
from curation.browse import conditions
from curation.media_filter import MediaFilter
from curation.media_view import get_visible_media, shapes_by_annotation
from db.models import Access, Media, State
from db.types import AnyRow, AnySelect


@dataclass(frozen=True)
class Neighbour:
    id: int
    captured_at: datetime | None
    state: str
    shapes: list[Any]


def list_neighbours(session: Session, access: Access, media_id: int, limit: int = 9) -> list[Neighbour]:
    """Media of the same source around this one in time, itself included, earliest first."""
    require_scope(access, *PEOPLE)
    media = get_visible_media(session, access, media_id)
    around = _around(session, access, media, max(1, min(limit, 61)))
    given = looks.given_looks(session, access)
    wanted = [
        row.current_annotation_id for row in around if row.current_annotation_id and row.id not in given
    ]
    shapes = shapes_by_annotation(session, wanted)
    return [
        Neighbour(
            row.id,
            row.captured_at,
            (State.NEW if row.id in given else row.state).value,
            shapes.get(row.current_annotation_id or 0, []),
        )
        for row in around
    ]


def _around(session: Session, access: Access, media: Media, limit: int) -> Sequence[AnyRow]:
    columns = (Media.id, Media.captured_at, Media.state, Media.current_annotation_id)
    same: AnySelect = select(*columns).where(*conditions(access, MediaFilter()))
    itself = select(*columns).where(Media.id == media.id)
    if media.source_id is None or media.captured_at is None:
        return session.execute(itself).all()
    same = same.where(
        Media.source_id == media.source_id,
        Media.captured_at.is_not(None),
        Media.id != media.id,
    )
    before = (
        same.where(
            (Media.captured_at < media.captured_at)
            | ((Media.captured_at == media.captured_at) & (Media.id < media.id))
        )
        .order_by(Media.captured_at.desc(), Media.id.desc())
        .limit(limit // 2)
    )
    after = (
        same.where(
            (Media.captured_at > media.captured_at)
            | ((Media.captured_at == media.captured_at) & (Media.id > media.id))
        )
        .order_by(Media.captured_at, Media.id)
        .limit(limit - 1 - limit // 2)
    )
    parts = [select(part.subquery()) for part in (before, itself, after)]
    rows = session.execute(union_all(*parts)).all()
    return sorted(rows, key=lambda row: (row.captured_at, row.id))
