"""What happened to a media: every act and comment, and the answers as they were given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from curation import looks
from curation.accesses import PEOPLE, require_scope
from curation.media_view import AnnotationView, annotation_views, get_visible_media, review_rows, review_view
from db.models import Access, Annotation, Event, Review
from db.queries import annotation_kept_from, comments_of, is_answer, review_kept_from


@dataclass(frozen=True)
class HistoryEntry:
    at: datetime
    who: str
    what: str
    comment: str | None = None
    annotation_id: int | None = None
    annotation_number: int | None = None
    shapes: int | None = None
    # Who alone shall do again what was sent back.
    sent_to: str | None = None
    # Given without having seen the answer that counted.
    blind: bool = False


def list_annotations(session: Session, access: Access, media_id: int) -> list[AnnotationView]:
    """All annotations of a media, first to last; none while the caller shall answer it blind."""
    require_scope(access, *PEOPLE)
    get_visible_media(session, access, media_id)
    if media_id in looks.given_looks(session, access):
        return []
    shown = (Annotation.media_id == media_id, is_answer(), ~annotation_kept_from(access.id))
    ids = session.scalars(select(Annotation.id).where(*shown)).all()
    return annotation_views(session, ids)


def get_history(session: Session, access: Access, media_id: int) -> list[HistoryEntry]:
    """Everything that happened to a media, newest first; no answers while the caller shall answer it blind."""
    require_scope(access, *PEOPLE)
    media = get_visible_media(session, access, media_id)
    uploader = session.scalar(select(Access.login).where(Access.id == media.uploaded_by_id)) or ""
    acts: list[tuple[tuple[int, int], HistoryEntry]] = [
        ((0, 0), HistoryEntry(media.created_at, uploader, "registered"))
    ]
    if media_id in looks.given_looks(session, access):
        return [entry for _, entry in acts]
    of_media = select(Annotation.id, Annotation.act, Annotation.blind).where(
        Annotation.media_id == media_id, is_answer(), ~annotation_kept_from(access.id)
    )
    found = {row.id: row for row in session.execute(of_media)}
    numbers: dict[int, int] = {}
    for annotation in annotation_views(session, list(found)):
        numbers[annotation.id] = annotation.number
        entry = HistoryEntry(
            annotation.created_at,
            annotation.author,
            "submitted",
            comment=annotation.comment,
            annotation_id=annotation.id,
            annotation_number=annotation.number,
            shapes=len(annotation.shapes),
            blind=found[annotation.id].blind,
        )
        acts.append(((found[annotation.id].act, 0), entry))
    decisions = review_rows().add_columns(Review.act, Review.blind)
    for row in session.execute(decisions.where(Review.media_id == media_id, ~review_kept_from(access.id))):
        review = review_view(row)
        entry = HistoryEntry(
            review.created_at,
            review.author,
            review.decision,
            comment=review.comment,
            annotation_id=review.annotation_id,
            annotation_number=numbers.get(review.annotation_id or 0),
            sent_to=review.sent_to,
            blind=row.blind,
        )
        acts.append(((row.act, 1), entry))
    entries = [entry for _, entry in sorted(acts, key=lambda act: act[0])]
    for row in session.execute(comments_of(media_id)):
        # Acts are ordered by their numbers; a comment has none, and goes after what was done before it.
        place = next((n for n, entry in enumerate(entries) if entry.at > row.created_at), len(entries))
        entries.insert(place, HistoryEntry(row.created_at, row.login, "commented", comment=row.text))
    if media.purged_at is not None:
        entries.append(HistoryEntry(media.purged_at, _who_purged(session, media_id), "purged"))
    return entries[::-1]


def _who_purged(session: Session, media_id: int) -> str:
    """The login of who would not wait for the grace to end; empty where it ended by itself."""
    found = (
        select(Access.login)
        .join(Event, Event.access_id == Access.id)
        .where(Event.media_id == media_id, Event.name == "media_purged")
    )
    return session.scalar(found) or ""
