"""Disputes: what stands against the current annotation of a disputed media, for whoever settles it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from curation.comparisons import compare
from curation.errors import AnswerIncomplete
from curation.media_view import DisputeView, MediaView, annotation_views, review_rows, review_view
from db.models import Comparison, LookKind, Media, Review, State


def find_disputes(session: Session, media_ids: Sequence[int]) -> dict[int, Comparison]:
    """The comparison by which each media came to be disputed: the newest that goes against its current annotation."""
    rows = session.scalars(
        select(Comparison)
        .join(Media, Media.current_annotation_id == Comparison.first_annotation_id)
        .where(
            Media.id.in_(media_ids),
            Comparison.kind == LookKind.SECOND_OPINION,
            Comparison.agrees.is_(False),
        )
        .order_by(Comparison.id)
    )
    return {found.media_id: found for found in rows}


def choose(session: Session, media: Media, chooses: int | None) -> int:
    """The annotation that settles a dispute: one of the two that are in it. Raises AnswerIncomplete."""
    dispute = find_disputes(session, [media.id]).get(media.id)
    in_it = {media.current_annotation_id, dispute.second_annotation_id if dispute is not None else None}
    if chooses is None or chooses not in in_it:
        raise AnswerIncomplete("Choose one of the two answers that disagree.")
    return chooses


def fill_disputes(session: Session, views: Sequence[MediaView]) -> None:
    """Add to each disputed media what disputes its annotation, which must be there already."""
    disputed = [view for view in views if view.state == State.DISPUTED]
    if not disputed:
        return
    found = find_disputes(session, [view.id for view in disputed])
    others = {
        annotation.id: annotation
        for annotation in annotation_views(
            session, [row.second_annotation_id for row in found.values() if row.second_annotation_id]
        )
    }
    decisions = [row.second_review_id for row in found.values() if row.second_review_id]
    reviews = {
        row[0]: review_view(row) for row in session.execute(review_rows().where(Review.id.in_(decisions)))
    }
    for view in disputed:
        row = found.get(view.id)
        if row is None:
            continue
        other = others.get(row.second_annotation_id or 0)
        reason = "decision"
        if other is not None and view.annotation is not None:
            # Where the drawings agree it was a reply to a question that differed: also something said in words.
            reason = compare(view.annotation, other).reason or "label_classes"
        view.dispute = DisputeView(other, reviews.get(row.second_review_id or 0), reason)
