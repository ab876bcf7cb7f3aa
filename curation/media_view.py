"""What is shown of a media: plain values read from rows, the same for pages and programs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import case, false, select
from sqlalchemy.orm import Session, aliased

from curation.errors import MediaNotFound
from curation.prediction_view import PredictionView
from curation.video_limits import is_playable
from db.models import (
    Access,
    Annotation,
    Blob,
    Media,
    MediaType,
    Prediction,
    Review,
    Scope,
    Source,
    State,
)
from db.queries import labels_of, replies_of, shapes_of, tags_of
from db.types import AnyRow, AnySelect


@dataclass(frozen=True, slots=True)
class ShapeView:
    """A shape as it travels: `box` is x_min, y_min, x_max, y_max in fractions."""

    label_class: str
    box: tuple[float, float, float, float]
    points: list[list[float]] | None
    origin: str
    confidence: float | None
    # The prediction that it was taken from, as it was (origin `model`) or corrected (`human`), and whose it is.
    prediction: int | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class AnnotationView:
    id: int
    media_id: int
    number: int
    author: str
    created_at: datetime
    origin: str
    content: str
    based_on: int | None
    comment: str | None
    shapes: list[ShapeView]
    label_classes: list[str]
    replies: dict[str, bool] = field(default_factory=dict)
    # Of an answer that came as a file: what it was called, if it had a name.
    file_name: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewView:
    id: int
    media_id: int
    decision: str
    comment: str | None
    author: str
    created_at: datetime
    annotation_id: int | None
    state_before: str
    state_after: str
    # The login that alone shall do again what was sent back; None for anyone.
    sent_to: str | None = None


@dataclass(frozen=True, slots=True)
class DisputeView:
    """What stands against the current annotation of a disputed media: another answer, or a decision alone."""

    other: AnnotationView | None
    review: ReviewView | None
    reason: str  # shapes, label_classes or decision


@dataclass(slots=True)
class MediaView:
    """A media as lists and screens show it."""

    id: int
    type: str
    state: str
    file_name: str | None
    width: int | None
    height: int | None
    source: str | None
    azimuth: float | None
    captured_at: datetime | None
    captured_at_assumed: bool
    sequence: str | None
    lat: float | None
    lon: float | None
    score: float | None
    uploaded_by: str
    created_at: datetime
    annotation_id: int | None
    # False where browsers show the original as it lies: then screens keep to the sizes that we draw.
    original_is_upright: bool = True
    # Of a video: its seconds, and whether browsers play it.
    duration: float | None = None
    playable: bool | None = None
    # How many acts there have been: sent back with an answer, it tells whether somebody was faster.
    acts: int = 0
    tags: list[str] = field(default_factory=list)
    annotation: AnnotationView | None = None
    last_review: ReviewView | None = None
    # The look by which the caller shall answer it blind: then everything above reads as if nobody had answered.
    look: int | None = None
    dispute: DisputeView | None = None
    # Withdrawn, and its content deleted for good.
    purged_at: datetime | None = None
    # The newest of each model, in items of queues and in details: lists do without.
    predictions: list[PredictionView] = field(default_factory=list)


@dataclass(slots=True)
class MediaDetails(MediaView):
    sha256: str | None = None
    size: int | None = None
    content_type: str | None = None
    bucket_key: str | None = None
    camera: str | None = None
    frame_rate: float | None = None
    codec: str | None = None
    # The video that this frame was taken out of, and at which of its seconds.
    extracted_from: int | None = None
    extracted_at: float | None = None


def media_rows() -> AnySelect:
    """The columns behind a MediaView; the caller adds what must hold and in which order."""
    return (
        select(
            Media.id,
            Media.type,
            Media.state,
            Media.file_name,
            Blob.width,
            Blob.height,
            Source.name.label("source"),
            Media.azimuth,
            Media.captured_at,
            Media.captured_at_assumed,
            Media.sequence,
            Media.lat,
            Media.lon,
            Media.score,
            Access.login.label("uploaded_by"),
            Media.created_at,
            Media.current_annotation_id,
            # Browsers turn JPEG and PNG by EXIF, but no WebP (seen in Chromium 156).
            case(
                # Of a video it is the poster that is shown as a picture.
                (Media.type == MediaType.VIDEO, false()),
                else_=(Blob.content_type != "image/webp") | (Blob.orientation == 1),
            ).label("original_is_upright"),
            Media.act_count,
            Blob.duration,
            Blob.content_type,
            Blob.codec,
            Media.purged_at,
            Media.shuffle,
        )
        .outerjoin(Blob, Blob.id == Media.blob_id)
        .outerjoin(Source, Source.id == Media.source_id)
        .join(Access, Access.id == Media.uploaded_by_id)
    )


def media_view(row: AnyRow) -> MediaView:
    values = tuple(row)
    view = MediaView(values[0], values[1].value, values[2].value, *values[3:17])
    view.original_is_upright = bool(values[17])
    view.acts = values[18]
    view.duration = values[19]
    view.playable = is_playable(values[20], values[21])
    view.purged_at = values[22]
    return view


def fill_tags(session: Session, views: Sequence[MediaView]) -> None:
    names: dict[int, list[str]] = defaultdict(list)
    for media_id, name in session.execute(tags_of([view.id for view in views])):
        names[media_id].append(name)
    for view in views:
        view.tags = names.get(view.id, [])


def fill_answers(session: Session, views: Sequence[MediaView]) -> None:
    """Add to each view its current annotation with shapes, and its last review."""
    wanted = [view.annotation_id for view in views if view.annotation_id is not None]
    by_id = {annotation.id: annotation for annotation in annotation_views(session, wanted)}
    reviews = {
        row.media_id: review_view(row)
        for row in session.execute(
            review_rows()
            .join(Media, Media.last_review_id == Review.id)
            .where(Media.id.in_([view.id for view in views]))
        )
    }
    for view in views:
        view.annotation = by_id.get(view.annotation_id) if view.annotation_id else None
        view.last_review = reviews.get(view.id)


def shapes_by_annotation(session: Session, annotation_ids: Sequence[int]) -> dict[int, list[ShapeView]]:
    shapes: dict[int, list[ShapeView]] = defaultdict(list)
    rows = session.execute(shapes_of(annotation_ids)).all() if annotation_ids else []
    models = _models_of(session, {row.prediction_id for row in rows if row.prediction_id is not None})
    for number, key, x_min, y_min, x_max, y_max, points, origin, confidence, prediction in rows:
        box, model = (x_min, y_min, x_max, y_max), models.get(prediction)
        shapes[number].append(ShapeView(key, box, points, origin.value, confidence, prediction, model))
    return shapes


def _models_of(session: Session, prediction_ids: AbstractSet[int]) -> dict[int | None, str]:
    # Most answers take nothing from predictions: no join for the sake of the others.
    if not prediction_ids:
        return {}
    rows = session.execute(select(Prediction.id, Prediction.model).where(Prediction.id.in_(prediction_ids)))
    return {row.id: row.model for row in rows}


def annotation_views(session: Session, annotation_ids: Sequence[int]) -> list[AnnotationView]:
    """Annotations with their shapes, image-level label classes and replies to questions, by id."""
    if not annotation_ids:
        return []
    shapes = shapes_by_annotation(session, annotation_ids)
    labels: dict[int, list[str]] = defaultdict(list)
    for annotation_id, key in session.execute(labels_of(annotation_ids)):
        labels[annotation_id].append(key)
    replies: dict[int, dict[str, bool]] = defaultdict(dict)
    for annotation_id, key, yes in session.execute(replies_of(annotation_ids)):
        replies[annotation_id][key] = yes
    rows = session.execute(
        select(Annotation, Access.login)
        .join(Access, Access.id == Annotation.author_id)
        .where(Annotation.id.in_(annotation_ids))
        .order_by(Annotation.id)
    )
    return [
        AnnotationView(
            id=annotation.id,
            media_id=annotation.media_id,
            number=annotation.number,
            author=author,
            created_at=annotation.created_at,
            origin=annotation.origin.value,
            content=annotation.content.value,
            based_on=annotation.based_on_id,
            comment=annotation.comment,
            shapes=shapes.get(annotation.id, []),
            label_classes=labels.get(annotation.id, []),
            replies=replies.get(annotation.id, {}),
            file_name=annotation.file_name,
        )
        for annotation, author in rows
    ]


def review_rows() -> AnySelect:
    addressee = aliased(Access)
    return (
        select(
            Review.id,
            Review.media_id,
            Review.decision,
            Review.comment,
            Access.login,
            Review.created_at,
            Review.annotation_id,
            Review.state_before,
            Review.state_after,
            addressee.login.label("sent_to"),
        )
        .join(Access, Access.id == Review.access_id)
        .outerjoin(addressee, addressee.id == Review.sent_to_id)
    )


def review_view(row: AnyRow) -> ReviewView:
    return ReviewView(
        id=row[0],
        media_id=row[1],
        decision=row[2].value,
        comment=row[3],
        author=row[4],
        created_at=row[5],
        annotation_id=row[6],
        state_before=row[7].value,
        state_after=row[8].value,
        sent_to=row[9],
    )


def own_review_view(review: Review, access: Access, sent_to: str | None = None) -> ReviewView:
    """A review that this access has just written, without asking the database for it."""
    return ReviewView(
        id=review.id,
        media_id=review.media_id,
        decision=review.decision.value,
        comment=review.comment,
        author=access.login,
        created_at=review.created_at,
        annotation_id=review.annotation_id,
        state_before=review.state_before.value,
        state_after=review.state_after.value,
        sent_to=sent_to,
    )


def get_visible_media(session: Session, access: Access, media_id: int, *, lock: bool = False) -> Media:
    """The media, when this access may see it: a device its own, nobody but admins a withdrawn one.

    With `lock` the row is held until the transaction ends, so that acts on one media come one by one; rows that
    only refer to it, such as leases and drafts, need not wait. Raises MediaNotFound, with the same words for
    foreign and for absent ids.
    """
    statement = select(Media).where(Media.id == media_id)
    media = session.scalar(statement.with_for_update(key_share=True) if lock else statement)
    hidden = media is None or (
        (access.scope == Scope.DEVICE and media.uploaded_by_id != access.id)
        or (media.state == State.WITHDRAWN and access.scope != Scope.ADMIN)
    )
    if media is None or hidden:
        raise MediaNotFound(f"There is no media {media_id}.")
    return media
