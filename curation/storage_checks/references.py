"""Rows that lead to rows: none leads nowhere, to content that is being deleted, or out of its picture."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, func, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from curation.storage_checks.findings import Finding, Kind
from curation.storage_checks.looking import Looking
from db.models import Annotation, Base, Blob, BlobState, Media, Review, Shape, State

ROWS_AT_A_TIME = 5_000


def check_references(looking: Looking) -> None:
    """Look for rows whose row is not there, media whose content is not theirs, and shapes outside of their picture."""
    links: tuple[tuple[InstrumentedAttribute[int], type[Base]], ...] = (
        (Annotation.media_id, Media),
        (Review.media_id, Media),
        (Shape.annotation_id, Annotation),
    )
    for column, target in links:
        _check_link(looking, column, target)
    _check_contents(looking)
    _check_shapes(looking)


def _check_link(looking: Looking, column: InstrumentedAttribute[int], target: type[Base]) -> None:
    table, there = column.class_, aliased(target)
    for first, last in _ranges(looking, table.id):
        broken = (
            select(table.id, column.label("to"))
            .outerjoin(there, there.id == column)  # type: ignore[attr-defined]
            .where(table.id.between(first, last), there.id.is_(None))  # type: ignore[attr-defined]
        )
        with looking.sessions(read_only=True) as session:
            rows = session.execute(broken).all()
        for row in rows:
            about = {"table": table.__tablename__, "id": row.id, "reference": f"{column.key} {row.to}"}
            looking.report.add(Finding(Kind.REFERENCE_BROKEN, about))


def _check_contents(looking: Looking) -> None:
    """The content of each media: there, not on its way out, and claimed by the media that it leads to."""
    gone = or_(Blob.id.is_(None), Blob.state.in_((BlobState.TRASH, BlobState.DELETING)))
    claims = Media.upload_sha256.is_not(None)
    for first, last in _ranges(looking, Media.id):
        columns = select(Media.id, Media.blob_id, Media.state, Media.bucket_key, Blob.bucket_key.label("key"))
        joined = columns.outerjoin(Blob, Blob.id == Media.blob_id).where(Media.id.between(first, last))
        wrongly = and_(claims, or_(Media.state == State.WITHDRAWN, Media.upload_sha256 != Blob.sha256))
        with looking.sessions(read_only=True) as session:
            lead_nowhere = session.execute(joined.where(Media.blob_id.is_not(None), gone)).all()
            wrong_claims = session.execute(joined.where(wrongly)).all()
            other_keys = session.execute(joined.where(Media.bucket_key != Blob.bucket_key)).all()
        for row in lead_nowhere:
            about: dict[str, Any] = {"media": [row.id], "reference": f"content {row.blob_id}"}
            looking.report.add(Finding(Kind.REFERENCE_BROKEN, about))
        for row in other_keys:
            about = {"media": [row.id], "reference": f"key {row.bucket_key}", "key": row.key}
            looking.report.add(Finding(Kind.REFERENCE_BROKEN, about))
        for row in wrong_claims:
            about = {"media": [row.id], "state": row.state.value}
            looking.report.add(Finding(Kind.CONTENT_CLAIMED_WRONGLY, about))


def _check_shapes(looking: Looking) -> None:
    """Boxes and points of every shape, between 0 and 1; with `since` those of newer answers."""
    inside = and_(
        Shape.x_min >= 0,
        Shape.x_min < Shape.x_max,
        Shape.x_max <= 1,
        Shape.y_min >= 0,
        Shape.y_min < Shape.y_max,
        Shape.y_max <= 1,
    )
    wanted = select(Shape.id, Shape.annotation_id, Shape.points, not_(inside).label("outside"))
    if looking.since is not None:
        newer = Annotation.created_at >= looking.since
        wanted = wanted.join(Annotation, Annotation.id == Shape.annotation_id).where(newer)
    for first, last in _ranges(looking, Shape.id):
        odd = wanted.where(Shape.id.between(first, last), or_(not_(inside), Shape.points.is_not(None)))
        with looking.sessions(read_only=True) as session:
            rows = session.execute(odd).all()
        looking.report.looked_at["shapes"] += last - first + 1
        for row in rows:
            if row.outside or not _points_inside(row.points):
                about = {"annotation": row.annotation_id, "shape": row.id}
                looking.report.add(Finding(Kind.SHAPE_OUTSIDE, about))


def _points_inside(points: Any) -> bool:
    try:
        numbers = [float(number) for point in points for number in point]
    except (TypeError, ValueError):
        return False
    return len(numbers) >= 6 and all(math.isfinite(number) and 0 <= number <= 1 for number in numbers)


def _ranges(looking: Looking, column: InstrumentedAttribute[int]) -> Iterator[tuple[int, int]]:
    """The ids of a table in spans of so many, gaps among them or not."""
    with looking.sessions(read_only=True) as session:
        least, most = session.scalar(select(func.min(column))), session.scalar(select(func.max(column)))
    for first in range(least or 1, (most or 0) + 1, ROWS_AT_A_TIME):
        looking.still_here()
        yield first, min(first + ROWS_AT_A_TIME - 1, most or 0)
