"""Named questions: functions that return a `Select`. The caller pages it, counts it or takes the first."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, cast, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from db.models import (
    Access,
    Annotation,
    AnnotationLabel,
    Decision,
    LabelClass,
    Media,
    MediaTag,
    Review,
    Shape,
    Source,
    State,
    Tag,
)
from db.types import AnySelect

# Decisions that say: this annotation is right.
APPROVING = (Decision.ACCEPTED, Decision.SETTLED)


def media_in_states(states: Sequence[State]) -> ColumnElement[bool]:
    # One state is an equality, which lets an index on (state, ...) also give the order.
    return Media.state == states[0] if len(states) == 1 else Media.state.in_(states)


def media_of_uploader(login: str) -> ColumnElement[bool]:
    return Media.uploaded_by_id == select(Access.id).where(Access.login == login).scalar_subquery()


def media_annotated_by(login: str) -> ColumnElement[bool]:
    """Media whose current annotation is this login's."""
    author = select(Access.id).where(Access.login == login).scalar_subquery()
    return exists().where(Annotation.id == Media.current_annotation_id, Annotation.author_id == author)


def media_decided_by(login: str) -> ColumnElement[bool]:
    """Media whose last decision is this login's and stands."""
    reviewer = select(Access.id).where(Access.login == login).scalar_subquery()
    return exists().where(
        Review.id == Media.last_review_id,
        Review.access_id == reviewer,
        Review.decision != Decision.UNDONE,
    )


def media_of_sources(names: Sequence[str]) -> ColumnElement[bool]:
    if len(names) == 1:
        return Media.source_id == select(Source.id).where(Source.name == names[0]).scalar_subquery()
    return Media.source_id.in_(select(Source.id).where(Source.name.in_(names)))


def media_with_tags(names: Sequence[str]) -> ColumnElement[bool]:
    """Media that carry at least one of the tags."""
    return Media.id.in_(
        select(MediaTag.media_id).join(Tag, Tag.id == MediaTag.tag_id).where(Tag.name.in_(names))
    )


def media_with_label_classes(keys: Sequence[str]) -> ColumnElement[bool]:
    """Media whose current annotation uses at least one of the label classes, on a shape or as a whole."""
    classes = select(LabelClass.id).where(LabelClass.key.in_(keys))
    return or_(
        exists().where(
            Shape.annotation_id == Media.current_annotation_id,
            Shape.label_class_id.in_(classes),
        ),
        exists().where(
            AnnotationLabel.annotation_id == Media.current_annotation_id,
            AnnotationLabel.label_class_id.in_(classes),
        ),
    )


def media_has_shapes(wanted: bool) -> ColumnElement[bool]:
    """With shapes in the current annotation, or explicitly without (an annotation with none)."""
    any_shape = exists().where(Shape.annotation_id == Media.current_annotation_id)
    return any_shape if wanted else and_(Media.current_annotation_id.is_not(None), ~any_shape)


def media_named_like(part: str) -> ColumnElement[bool]:
    """File name contains, whatever the case; `%` and `_` are ordinary characters."""
    return func.lower(Media.file_name).contains(unicodedata.normalize("NFC", part).lower(), autoescape=True)


def media_between(column: Any, start: datetime | None, end: datetime | None) -> list[ColumnElement[bool]]:
    """From `start` (inclusive) to `end` (exclusive)."""
    limits: list[ColumnElement[bool]] = []
    if start is not None:
        limits.append(column >= start)
    if end is not None:
        limits.append(column < end)
    return limits


def media_acted_on_by(access_id: int) -> ColumnElement[bool]:
    """Media that this access has answered or decided about at any time, even if it was undone."""
    # Asked of each media who acted on it: asked for everything that this access did, it would take a second.
    who = literal(access_id)
    return or_(
        who.in_(select(Annotation.author_id).where(Annotation.media_id == Media.id).correlate(Media)),
        who.in_(select(Review.access_id).where(Review.media_id == Media.id).correlate(Media)),
    )


def media_shuffled_below(share: float, *, for_id: int) -> ColumnElement[bool]:
    """A share of all media, always the same ones for one id and others for another.

    Each media has a random place in the shuffled order; the id moves the start of the part that is taken.
    """
    start = for_id * 1_376_312_589 % 2**31
    # A place is 31 bits wide: a sum needs more.
    return (cast(Media.shuffle, BigInteger) + start) % 2**31 < int(share * 2**31)


def media_for_review_by(
    access_id: int, *, reviews_required: int, review_own: bool
) -> list[ColumnElement[bool]]:
    """What of the state `annotated` this access may still help to accept."""
    limits: list[ColumnElement[bool]] = []
    if not review_own:
        limits.append(
            ~exists().where(
                Annotation.id == Media.current_annotation_id,
                Annotation.author_id == access_id,
            )
        )
    if reviews_required > 1:
        limits.append(
            ~exists().where(
                Review.media_id == Media.id,
                Review.annotation_id == Media.current_annotation_id,
                Review.access_id == access_id,
                Review.decision.in_(APPROVING),
                ~is_undone(),
            )
        )
    return limits


def annotation_kept_from(access_id: int) -> ColumnElement[bool]:
    """Somebody else's answer to a picture that came back to them: only they see how true to themselves they are."""
    first = aliased(Annotation)
    return and_(
        Annotation.blind,
        Annotation.author_id != access_id,
        exists().where(first.id == Annotation.based_on_id, first.author_id == Annotation.author_id),
    )


def review_kept_from(access_id: int) -> ColumnElement[bool]:
    """As `annotation_kept_from`, where the answer was a decision alone."""
    return and_(
        Review.blind,
        Review.access_id != access_id,
        exists().where(Annotation.id == Review.annotation_id, Annotation.author_id == Review.access_id),
    )


def is_undone() -> ColumnElement[bool]:
    """Of a Review: a later one takes it back."""
    later = aliased(Review)
    return exists().where(later.undoes_id == Review.id)


def accepters_of(annotation_id: int, *, review_own: bool) -> Select[int]:
    """Ids of the accesses whose acceptance of this annotation stands; without its author's where own do not count."""
    found = (
        select(Review.access_id)
        .where(
            Review.annotation_id == annotation_id,
            Review.decision.in_(APPROVING),
            ~is_undone(),
        )
        .distinct()
    )
    if review_own:
        return found
    author = select(Annotation.author_id).where(Annotation.id == annotation_id).scalar_subquery()
    return found.where(Review.access_id != author)


def shapes_of(annotation_ids: Sequence[int]) -> AnySelect:
    """Rows of (annotation_id, key, corners, points, origin, confidence) in drawing order."""
    return (
        select(
            Shape.annotation_id,
            LabelClass.key,
            Shape.x_min,
            Shape.y_min,
            Shape.x_max,
            Shape.y_max,
            Shape.points,
            Shape.origin,
            Shape.confidence,
        )
        .join(LabelClass, LabelClass.id == Shape.label_class_id)
        .where(Shape.annotation_id.in_(annotation_ids))
        .order_by(Shape.annotation_id, Shape.position)
    )


def labels_of(annotation_ids: Sequence[int]) -> AnySelect:
    return (
        select(AnnotationLabel.annotation_id, LabelClass.key)
        .join(LabelClass, LabelClass.id == AnnotationLabel.label_class_id)
        .where(AnnotationLabel.annotation_id.in_(annotation_ids))
        .order_by(AnnotationLabel.annotation_id, LabelClass.position, LabelClass.id)
    )


def tags_of(media_ids: Sequence[int]) -> AnySelect:
    return (
        select(MediaTag.media_id, Tag.name)
        .join(Tag, Tag.id == MediaTag.tag_id)
        .where(MediaTag.media_id.in_(media_ids))
        .order_by(MediaTag.media_id, Tag.name)
    )
