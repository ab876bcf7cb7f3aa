"""Named questions: functions that return a `Select`. The caller pages it, counts it or takes the first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    select,
)
from sqlalchemy.orm import aliased

from db.models import (
    Access,
    Annotation,
    AnnotationContent,
    AnnotationLabel,
    AnnotationReply,
    Comment,
    Decision,
    LabelClass,
    Media,
    MediaTag,
    Mention,
    PredictedShape,
    Prediction,
    Question,
    Review,
    Shape,
    State,
    Tag,
    Token,
)
from db.types import AnySelect

# Decisions that say: this annotation is right.
APPROVING = (Decision.ACCEPTED, Decision.SETTLED)


def is_answer() -> ColumnElement[bool]:
    """Of an Annotation: somebody has given it content, and no admin has withdrawn it."""
    return and_(Annotation.content != AnnotationContent.NONE, Annotation.withdrawn_at.is_(None))


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


def is_undone(review: type[Review] = Review) -> ColumnElement[bool]:
    """Of a Review, or an alias of it: a later one takes it back."""
    later = aliased(Review)
    return exists().where(later.undoes_id == review.id)


def standing_annotations_by(access_id: int, start: datetime, end: datetime) -> AnySelect:
    """Rows of (media_id, act, created_at): what this access submitted in a span of time and nobody has undone."""
    return select(Annotation.media_id, Annotation.act, Annotation.created_at).where(
        Annotation.author_id == access_id,
        is_answer(),
        Annotation.created_at >= start,
        Annotation.created_at < end,
        ~_act_is_undone(Annotation.media_id, Annotation.act),
    )


def standing_reviews_by(access_id: int, start: datetime, end: datetime) -> AnySelect:
    """As `standing_annotations_by`, for what this access decided; undoing is no decision."""
    return select(Review.media_id, Review.act, Review.created_at).where(
        Review.access_id == access_id,
        Review.created_at >= start,
        Review.created_at < end,
        Review.decision != Decision.UNDONE,
        ~_act_is_undone(Review.media_id, Review.act),
    )


def _act_is_undone(media_id: Any, act: Any) -> ColumnElement[bool]:
    later = aliased(Review)
    return exists().where(
        later.media_id == media_id, later.undoes_act == act, later.decision == Decision.UNDONE
    )


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
    """Rows of (annotation_id, key, corners, points, origin, confidence, prediction_id) in drawing order."""
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
            Shape.prediction_id,
        )
        .join(LabelClass, LabelClass.id == Shape.label_class_id)
        .where(Shape.annotation_id.in_(annotation_ids))
        .order_by(Shape.annotation_id, Shape.position)
    )


def shapes_of_class_on(label_class_id: int, media_ids: Sequence[int]) -> AnySelect:
    """Rows of (media_id, corners): the shapes of a label class in the current annotations of these media."""
    return (
        select(Media.id, Shape.x_min, Shape.y_min, Shape.x_max, Shape.y_max)
        .join(Shape, Shape.annotation_id == Media.current_annotation_id)
        .where(Media.id.in_(media_ids), Shape.label_class_id == label_class_id)
        .order_by(Media.id, Shape.position)
    )


def newest_shapes_of_class(label_class_id: int, looked_through: int, state: State) -> AnySelect:
    """Rows of (media_id, corners), newest annotation first: of so many shapes, those that count for such media."""
    newest = (
        select(Shape.annotation_id, Shape.x_min, Shape.y_min, Shape.x_max, Shape.y_max)
        .where(Shape.label_class_id == label_class_id)
        .order_by(Shape.annotation_id.desc())
        .limit(looked_through)
        .subquery("newest")
    )
    return (
        select(Media.id, newest.c.x_min, newest.c.y_min, newest.c.x_max, newest.c.y_max)
        .join(Media, Media.current_annotation_id == newest.c.annotation_id)
        .where(Media.state == state)
        .order_by(newest.c.annotation_id.desc())
    )


def newest_labelled(label_class_id: int, looked_through: int, state: State) -> AnySelect:
    """Ids of media whose current annotation uses a label class for the whole picture, newest annotation first."""
    newest = (
        select(AnnotationLabel.annotation_id)
        .where(AnnotationLabel.label_class_id == label_class_id)
        .order_by(AnnotationLabel.annotation_id.desc())
        .limit(looked_through)
        .subquery("newest")
    )
    return (
        select(Media.id)
        .join(newest, Media.current_annotation_id == newest.c.annotation_id)
        .where(Media.state == state)
        .order_by(newest.c.annotation_id.desc())
    )


def newest_predictions_of(media_ids: Sequence[int]) -> AnySelect:
    """Of these media the newest prediction by each model: rows of (media_id, id, model, score, created_at)."""
    newest = (
        select(func.max(Prediction.id))
        .where(Prediction.media_id.in_(media_ids))
        .group_by(Prediction.media_id, Prediction.model)
    )
    return (
        select(Prediction.media_id, Prediction.id, Prediction.model, Prediction.score, Prediction.created_at)
        .where(Prediction.id.in_(newest))
        .order_by(Prediction.media_id, Prediction.model)
    )


def predicted_shapes_of(prediction_ids: Sequence[int]) -> AnySelect:
    """Rows of (prediction_id, key, corners, points, confidence) as the models gave them."""
    return (
        select(
            PredictedShape.prediction_id,
            LabelClass.key,
            PredictedShape.x_min,
            PredictedShape.y_min,
            PredictedShape.x_max,
            PredictedShape.y_max,
            PredictedShape.points,
            PredictedShape.confidence,
        )
        .join(LabelClass, LabelClass.id == PredictedShape.label_class_id)
        .where(PredictedShape.prediction_id.in_(prediction_ids))
        .order_by(PredictedShape.prediction_id, PredictedShape.position)
    )


def labels_of(annotation_ids: Sequence[int]) -> AnySelect:
    return (
        select(AnnotationLabel.annotation_id, LabelClass.key)
        .join(LabelClass, LabelClass.id == AnnotationLabel.label_class_id)
        .where(AnnotationLabel.annotation_id.in_(annotation_ids))
        .order_by(AnnotationLabel.annotation_id, LabelClass.position, LabelClass.id)
    )


def replies_of(annotation_ids: Sequence[int]) -> AnySelect:
    """Rows of (annotation_id, key of the question, yes)."""
    return (
        select(AnnotationReply.annotation_id, Question.key, AnnotationReply.yes)
        .join(Question, Question.id == AnnotationReply.question_id)
        .where(AnnotationReply.annotation_id.in_(annotation_ids))
        .order_by(AnnotationReply.annotation_id, Question.position, Question.id)
    )


def tags_of(media_ids: Sequence[int]) -> AnySelect:
    return (
        select(MediaTag.media_id, Tag.name)
        .join(Tag, Tag.id == MediaTag.tag_id)
        .where(MediaTag.media_id.in_(media_ids))
        .order_by(MediaTag.media_id, Tag.name)
    )


def comments_of(media_id: int) -> AnySelect:
    """Rows of (id, login, text, created_at), first to last."""
    return (
        select(Comment.id, Access.login, Comment.text, Comment.created_at)
        .join(Access, Access.id == Comment.author_id)
        .where(Comment.media_id == media_id)
        .order_by(Comment.id)
    )


def mentions_of(access_id: int) -> AnySelect:
    """Rows of (comment_id, media_id, file_name, login of the author, text, created_at, seen_at)."""
    return (
        select(
            Comment.id,
            Comment.media_id,
            Media.file_name,
            Access.login,
            Comment.text,
            Comment.created_at,
            Mention.seen_at,
        )
        .join(Comment, Comment.id == Mention.comment_id)
        .join(Media, Media.id == Comment.media_id)
        .join(Access, Access.id == Comment.author_id)
        .where(Mention.access_id == access_id)
    )


def token_seen_at() -> ColumnElement[datetime | None]:
    """When a token was last shown to us; one given for an hour was seen when it was given."""
    given_at = case((Token.made_by_id.is_(None), Token.created_at))
    return func.coalesce(Token.last_seen_at, given_at)
