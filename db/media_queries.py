"""Which media: named conditions on them, and how many there are of a kind."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
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

from db.expressions import found_in
from db.models import (
    Access,
    Annotation,
    AnnotationContent,
    AnnotationLabel,
    AnnotationReply,
    Decision,
    LabelClass,
    Media,
    MediaTag,
    NearTwin,
    Prediction,
    Question,
    Review,
    Shape,
    Source,
    State,
    Tag,
    TwinDecision,
)
from db.queries import APPROVING, is_answer, is_undone
from db.types import AnyCompound, AnySelect

SAME_AZIMUTH = 5.0


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
    return _is_in_any(*acts_on_media(login, since))


def acts_on_media(
    login: str | None,
    since: datetime | None,
    until: datetime | None = None,
    *,
    among: Sequence[int] | None = None,
) -> tuple[AnySelect, AnySelect]:
    """The media of this login's, or anyone's, answers and reviews from a moment on; with `until`, as it was then."""
    annotated, reviewed = select(Annotation.media_id), select(Review.media_id)
    if until is None:
        annotated = annotated.where(is_answer())
    else:
        withdrawn_since = or_(Annotation.withdrawn_at.is_(None), Annotation.withdrawn_at > until)
        annotated = annotated.where(
            Annotation.content != AnnotationContent.NONE, withdrawn_since, Annotation.created_at <= until
        )
        reviewed = reviewed.where(Review.created_at <= until)
    if among is not None:
        annotated = annotated.where(Annotation.media_id.in_(among))
        reviewed = reviewed.where(Review.media_id.in_(among))
    if login is not None:
        person = select(Access.id).where(Access.login == login).scalar_subquery()
        annotated = annotated.where(Annotation.author_id == person)
        reviewed = reviewed.where(Review.access_id == person)
    if since is not None:
        annotated = annotated.where(Annotation.created_at >= since)
        reviewed = reviewed.where(Review.created_at >= since)
    return annotated, reviewed


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


def media_predicted(wanted: str, until: datetime | None = None) -> ColumnElement[bool]:
    """Media about which any model has said something (“yes”), none has (“no”), or the one of this name has; with
    `until`, had by then."""
    said = exists().where(Prediction.media_id == Media.id)
    if until is not None:
        said = said.where(Prediction.created_at <= until)
    if wanted == "no":
        return ~said
    return said if wanted == "yes" else said.where(Prediction.model == wanted)


def near_twin_groups(states: Sequence[State]) -> AnySelect:
    """Rows of (other_id, is_live, later): what several media in these states look like, as long as nobody has decided
    about them, and how many they are.

    Where the first is in none of these states itself, there are two of them at least: they look like each other.
    """
    first, later = aliased(Media), aliased(Media)
    is_live = first.state.in_(states)
    # Along the index of the firsts, so that whoever wants a few groups counts no others.
    return (
        select(NearTwin.other_id, is_live.label("is_live"), func.count().label("later"))
        .join(later, later.id == NearTwin.media_id)
        .join(first, first.id == NearTwin.other_id)
        .where(NearTwin.decision_id.is_(None), later.state.in_(states))
        .group_by(NearTwin.other_id, first.id)
        .having(or_(is_live, func.count() > 1))
    )


def near_twins_of(media_id: int, states: Sequence[State]) -> AnyCompound:
    """Rows of (id, distance, answer): what a media looks like in these states, decided about or not.

    Where the first of several is in none of these states, those that look like it stand in its place.
    """
    own, first, other = aliased(NearTwin), aliased(Media), aliased(Media)
    ways = ((NearTwin.media_id, NearTwin.other_id), (NearTwin.other_id, NearTwin.media_id))
    direct = (
        select(there.label("id"), NearTwin.distance, TwinDecision.answer)
        .join(other, other.id == there)
        .outerjoin(TwinDecision, TwinDecision.id == NearTwin.decision_id)
        .where(here == media_id, other.state.in_(states))
        for here, there in ways
    )
    # What was decided about the later one of two is decided about both.
    decided = case((NearTwin.media_id > own.media_id, NearTwin.decision_id), else_=own.decision_id)
    through = (
        select(NearTwin.media_id, NearTwin.distance, TwinDecision.answer)
        .join(own, own.other_id == NearTwin.other_id)
        .join(first, first.id == own.other_id)
        .join(other, other.id == NearTwin.media_id)
        .outerjoin(TwinDecision, TwinDecision.id == decided)
        .where(
            own.media_id == media_id,
            NearTwin.media_id != media_id,
            first.state.not_in(states),
            other.state.in_(states),
        )
    )
    return union_all(*direct, through)


def media_with_near_twins(wanted: bool, states: Sequence[State]) -> ColumnElement[bool]:
    """Media in these states that look like another one in them, as long as nobody has decided about it."""
    first, later, sibling = aliased(Media), aliased(Media), aliased(NearTwin)
    is_open = NearTwin.decision_id.is_(None)
    # Where the first of several has gone, they look like each other.
    stands_in = (
        select(sibling.id)
        .join(later, later.id == sibling.media_id)
        .where(
            sibling.other_id == NearTwin.other_id,
            sibling.media_id != NearTwin.media_id,
            sibling.decision_id.is_(None),
            later.state.in_(states),
        )
        .correlate(NearTwin)
        .exists()
    )
    as_later = (
        select(NearTwin.media_id)
        .join(first, first.id == NearTwin.other_id)
        .where(is_open, or_(first.state.in_(states), stands_in))
    )
    as_first = (
        select(NearTwin.other_id)
        .join(later, later.id == NearTwin.media_id)
        .where(is_open, later.state.in_(states))
    )
    found = and_(Media.state.in_(states), _is_in_any(as_later, as_first))
    return found if wanted else ~found


def _is_in_any(*lists: AnySelect) -> ColumnElement[bool]:
    """That a media is in one of these lists of media."""
    asked = (one.where(one.selected_columns[0] == Media.id).correlate(Media).exists() for one in lists)
    return found_in(Media.id.in_(union_all(*lists)), or_(*asked))


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
