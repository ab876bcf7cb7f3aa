"""Media against their histories: what stands on each row is what replaying its acts gives."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from curation.projections import History, Projection, read_histories
from curation.storage_checks.findings import Finding, Kind
from curation.storage_checks.looking import Looking
from db.models import Annotation, Media, Review
from db.types import AnySelect

MEDIA_AT_A_TIME = 500


def check_histories(looking: Looking) -> None:
    """Replay the acts of every media; of those acted upon since a moment where the check has one."""
    after = 0
    while True:
        with looking.sessions(read_only=True) as session:
            ids = session.scalars(_page(looking, after)).all()
            odd = [found.media.id for found in read_histories(session, ids) if _is_odd(found)] if ids else []
        if not ids:
            return
        looking.still_here()
        looking.report.looked_at["media"] += len(ids)
        for media_id in odd:
            # Rows of one batch may be of different moments: only what is held is judged.
            with looking.sessions() as session:
                for history in read_histories(session, [media_id], lock=True):
                    _judge(looking, history)
        after = ids[-1]


def put_right(session: Session, media_id: int) -> bool:
    """Write on the row of a media what its history says; False when that stands there by now."""
    for history in read_histories(session, [media_id], lock=True):
        said = history.project()
        if history.on_row != said:
            media = history.media
            media.state, media.act_count = said.state, said.act_count
            media.current_annotation_id, media.last_review_id = (
                said.current_annotation_id,
                said.last_review_id,
            )
            return True
    return False


def _page(looking: Looking, after: int) -> AnySelect:
    page = select(Media.id).where(Media.id > after)
    if looking.since is not None:
        page = page.where(
            or_(
                Media.created_at >= looking.since,
                exists().where(Annotation.media_id == Media.id, Annotation.created_at >= looking.since),
                exists().where(Review.media_id == Media.id, Review.created_at >= looking.since),
            )
        )
    return page.order_by(Media.id).limit(MEDIA_AT_A_TIME)


def _is_odd(history: History) -> bool:
    return history.numbers_broken or history.broken_references != [] or history.on_row != history.project()


def _judge(looking: Looking, history: History) -> None:
    media = [history.media.id]
    for broken in history.broken_references:
        looking.report.add(Finding(Kind.REFERENCE_BROKEN, {"media": media, "reference": broken}))
    if history.numbers_broken:
        looking.report.add(Finding(Kind.NUMBERS_BROKEN, {"media": media}))
    said = history.project()
    if history.on_row != said:
        about = {"media": media, "on_row": _words(history.on_row), "by_history": _words(said)}
        # A history that is itself broken is no authority.
        whole = not history.numbers_broken and not history.broken_references
        looking.report.add(Finding(Kind.HISTORY_DIFFERS, about), changes=whole)


def _words(projection: Projection) -> dict[str, Any]:
    return {
        "state": projection.state.value,
        "current_annotation": projection.current_annotation_id,
        "last_review": projection.last_review_id,
        "acts": projection.act_count,
    }
