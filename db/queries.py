"""Named questions: functions that return a `Select`. The caller pages it, counts it or takes the first."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

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
    Source,
    State,
    Tag,
    Token,
)
from db.types import AnySelect

SAME_AZIMUTH = 5.0
# Decisions that say: this annotation is right.
APPROVING = (Decision.ACCEPTED, Decision.SETTLED)


def is_answer() -> ColumnElement[bool]:
    """Of an Annotation: somebody has given it content, and no admin has withdrawn it."""
    return and_(Annotation.content != AnnotationContent.NONE, Annotation.withdrawn_at.is_(None))


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


def media_acted_on(login: str | None, since: datetime | None) -> ColumnElement[bool]:
    """Media that this login, or anyone, has acted on from a moment on, whatever came of it since."""
    annotated, reviewed = select(Annotation.media_id).where(is_answer()), select(Review.media_id)
    if login is not None:
        person = select(Access.id).where(Access.login == login).scalar_subquery()
        annotated = annotated.where(Annotation.author_id == person)
        reviewed = reviewed.where(Review.access_id == person)
    if since is not None:
        annotated = annotated.where(Annotation.created_at >= since)
        reviewed = reviewed.where(Review.created_at >= since)
    return Media.id.in_(union_all(annotated, reviewed))


def media_of_sources(names: Sequence[str]) -> ColumnElement[bool]:
    if len(names) == 1:
        return Media.source_id == select(Source.id).where(Source.name == names[0]).scalar_subquery()
    return Media.source_id.in_(select(Source.id).where(Source.name.in_(names)))


def media_of_view(source_id: int | None, azimuth: float | None) -> list[ColumnElement[bool]]:
    """Media that look where this one looks: the same source, and the same azimuth within 5 degrees or none either."""
    same_source = Media.source_id == source_id
    if azimuth is None:
        return [same_source, Media.azimuth.is_(None)]
    turned = func.abs(Media.azimuth - azimuth)
    return [same_source, or_(turned <= SAME_AZIMUTH, turned >= 360 - SAME_AZIMUTH)]


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


def media_with_replies(replies: Sequence[tuple[str, bool]]) -> ColumnElement[bool]:
    """Media whose current annotation replies to at least one of these questions in this way."""
    return exists().where(
        AnnotationReply.annotation_id == Media.current_annotation_id,
        or_(
            *(
                and_(
                    AnnotationReply.question_id
                    == select(Question.id).where(Question.key == key).scalar_subquery(),
                    AnnotationReply.yes == yes,
                )
                for key, yes in replies
            )
        ),
    )


def media_has_shapes(wanted: bool) -> ColumnElement[bool]:
    """With shapes in the current annotation, or explicitly without: an annotation with none.

    One that is a file nobody here can read is neither.
    """
    any_shape = exists().where(Shape.annotation_id == Media.current_annotation_id)
    if wanted:
        return any_shape
    read = exists().where(
        Annotation.id == Media.current_annotation_id, Annotation.content == AnnotationContent.SHAPES
    )
    return and_(read, ~any_shape)


def media_predicted(wanted: str) -> ColumnElement[bool]:
    """Media about which any model has said something (“yes”), none has (“no”), or the one of this name has."""
    said = exists().where(Prediction.media_id == Media.id)
    if wanted == "no":
        return ~said
    return said if wanted == "yes" else said.where(Prediction.model == wanted)


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
    """Media that this access has answered or decided about at any time, even if it was undone or withdrawn."""
    # Asked of each media who acted on it: asked for everything that this access did, it would take a second.
    who = literal(access_id)
    return or_(
        who.in_(
            select(Annotation.author_id)
            .where(Annotation.media_id == Media.id, Annotation.content != AnnotationContent.NONE)
            .correlate(Media)
        ),
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


def media_sent_to_others(access_id: int) -> ColumnElement[bool]:
    """Of media in the state `sent_back`: those that were sent to one person alone, who is not this access."""
    later = aliased(Review)
    is_last = ~exists().where(
        later.media_id == Review.media_id,
        later.decision == Decision.SENT_BACK,
        later.act > Review.act,
        ~is_undone(later),
    )
    # Not the media's last review: what was set aside and taken up again waits for the same person as before.
    return exists().where(
        Review.media_id == Media.id,
        Review.decision == Decision.SENT_BACK,
        Review.sent_to_id != access_id,
        ~is_undone(),
        is_last,
    )


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


def listed_media_per(column: InstrumentedAttribute[int | None], unlisted: Sequence[State]) -> AnySelect:
    """Rows of (owner, media): how many media are listed of each source, or of each uploader.

    All are counted along the column's index, which is a tenth of the table, and those in states that no list shows,
    which are few and have an index of their own, are taken away again.
    """

    def counted(*where: ColumnElement[bool]) -> Subquery:
        return (
            select(column.label("owner"), func.count().label("media"))
            .where(column.is_not(None), *where)
            .group_by(column)
            .subquery()
        )

    every, hidden = counted(), counted(media_in_states(unlisted))
    return select(every.c.owner, (every.c.media - func.coalesce(hidden.c.media, 0)).label("media")).outerjoin(
        hidden, hidden.c.owner == every.c.owner
    )
