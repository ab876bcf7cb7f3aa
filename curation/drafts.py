"""Drafts: drawings not yet submitted, kept for their author alone, to be offered again on any machine.

Submitting or deciding takes the draft away in the same transaction, so that nothing is offered which has
been handed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from curation import looks
from curation.accesses import CURATORS, require_scope
from curation.answers import AnnotationDraft
from curation.errors import AnnotationNotFound, InvalidText, WrongState
from curation.media_view import get_visible_media
from db.clock import database_now, from_now
from db.models import Access, Annotation, Blob, Draft, Media, State
from db.upsert import insert_into

DRAFT_LIFE = timedelta(days=7)
MAX_DRAFTS = 200
MAX_WORD = 60
MAX_REPLIES = 50
# Stands for the label class that a shape has not been given yet, while its numbers are read.
UNNAMED = "?"


@dataclass(frozen=True)
class DraftView:
    media_id: int
    based_on: int | None
    drawing: dict[str, Any]
    made_at: datetime


def list_drafts(session: Session, access: Access) -> list[DraftView]:
    """One's own drafts of the last days, newest first. Raises NotAllowed."""
    require_scope(access, *CURATORS)
    found = session.scalars(
        select(Draft)
        .join(Media, Media.id == Draft.media_id)
        .where(
            Draft.access_id == access.id,
            Draft.saved_at > from_now(session, -DRAFT_LIFE),
            Media.state != State.WITHDRAWN,
        )
        .order_by(Draft.made_at.desc(), Draft.id)
        .limit(MAX_DRAFTS)
    )
    return [DraftView(draft.media_id, draft.based_on_id, draft.drawing, draft.made_at) for draft in found]


def keep_draft(
    session: Session,
    access: Access,
    media_id: int,
    *,
    shapes: Sequence[Mapping[str, Any]],
    labels: Sequence[str],
    replies: Mapping[str, bool],
    based_on: int | None,
    made_at: datetime,
) -> None:
    """Keep a drawing as it stands: `based_on` is the annotation it began with, `made_at` the browser's time.

    Its shapes are those of an annotation, save that a label class may be missing. One that is older than what
    is kept, or than one's own answer, is ignored. Raises MediaNotFound, AnnotationNotFound, WrongState when
    there is no picture, and Refused of several kinds.
    """
    require_scope(access, *CURATORS)
    media = get_visible_media(session, access, media_id)
    if _is_answered(session, access, media, based_on):
        return
    now = database_now(session)
    values = {
        "access_id": access.id,
        "media_id": media.id,
        "based_on_id": based_on,
        "drawing": _drawing(session, media, shapes, labels, replies),
        # A browser whose clock is ahead must not outdo what is drawn later on another machine.
        "made_at": max(now - DRAFT_LIFE, min(made_at, now)),
        "saved_at": now,
    }
    statement = insert_into(session, Draft).values(**values)
    changed = {name: statement.excluded[name] for name in ("based_on_id", "drawing", "made_at", "saved_at")}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["access_id", "media_id"],
            set_=changed,
            where=Draft.made_at <= statement.excluded.made_at,
        )
    )


def drop_draft(session: Session, access: Access, media_id: int) -> None:
    """Forget one's own draft for a media, if there is one. Raises NotAllowed."""
    require_scope(access, *CURATORS)
    session.execute(delete(Draft).where(Draft.access_id == access.id, Draft.media_id == media_id))


def sweep(session: Session) -> None:
    """Remove drafts that nobody has come back to for days."""
    old = (
        select(Draft.id)
        .where(Draft.saved_at <= from_now(session, -DRAFT_LIFE))
        .with_for_update(skip_locked=True)
    )
    session.execute(delete(Draft).where(Draft.id.in_(session.scalars(old).all())))


def _is_answered(session: Session, access: Access, media: Media, based_on: int | None) -> bool:
    """Whether this person has submitted since the drawing began. Raises AnnotationNotFound."""
    wanted = [number for number in (based_on, media.current_annotation_id) if number is not None]
    authors = {
        row.id: row.author_id
        for row in session.execute(
            select(Annotation.id, Annotation.author_id).where(
                Annotation.id.in_(wanted), Annotation.media_id == media.id
            )
        )
    }
    if based_on is not None and based_on not in authors:
        raise AnnotationNotFound(f"There is no annotation {based_on} of media {media.id}.")
    # A drawing sent just before its submission may arrive just after it.
    mine = media.current_annotation_id != based_on and authors.get(media.current_annotation_id) == access.id
    # One's own old answer that comes back to be given blind is another matter.
    return mine and media.id not in looks.open_looks(session, access)


def _drawing(
    session: Session,
    media: Media,
    shapes: Sequence[Mapping[str, Any]],
    labels: Sequence[str],
    replies: Mapping[str, bool],
) -> dict[str, Any]:
    """What is stored of a drawing; raises InvalidShape, InvalidText."""
    size = session.execute(select(Blob.width, Blob.height).where(Blob.id == media.blob_id)).first()
    if size is None:
        raise WrongState("This media has no content yet, so it cannot be annotated.", state=media.state.value)
    words = [*labels, *replies, *(shape.get("label_class") or UNNAMED for shape in shapes)]
    if len(replies) > MAX_REPLIES or any(len(word) > MAX_WORD or "\x00" in word for word in words):
        raise InvalidText("A drawing names a label class or a question that cannot be one.")
    named = [{**shape, "label_class": shape.get("label_class") or UNNAMED} for shape in shapes]
    draft = AnnotationDraft.from_payload(named, labels, size.width, size.height)
    return {
        "shapes": [
            {
                "label_class": None if shape.label_class == UNNAMED else shape.label_class,
                "box": [shape.box.x_min, shape.box.y_min, shape.box.x_max, shape.box.y_max],
                "points": [list(point) for point in shape.points] if shape.points else None,
                "origin": shape.origin.value,
                "confidence": shape.confidence,
                "prediction": shape.prediction,
            }
            for shape in draft.shapes
        ],
        "labels": list(draft.label_classes),
        "replies": dict(replies),
    }
