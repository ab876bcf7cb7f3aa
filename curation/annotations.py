"""Submitting annotations: append-only, each naming the one it was based on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import func, literal_column, null, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from curation import jobs, looks
from curation.accesses import CURATORS, require_scope
from curation.acts import (
    ReviewPolicy,
    Standing,
    add_review,
    lock_media,
    move,
    next_act,
    require_current,
    require_unmoved,
    standing,
)
from curation.answers import ON_A_VIDEO, AnnotationDraft, clean_client_id, clean_comment
from curation.blind import answer_look, disguised_answer, standing_after
from curation.drafts import drop_draft
from curation.errors import AnswerIncomplete, Conflict, InvalidShape, WrongState
from curation.kill_points import reached
from curation.label_classes import require_compatible, resolve
from curation.media_view import (
    AnnotationView,
    ReviewView,
    ShapeView,
    annotation_views,
    own_review_view,
    review_rows,
    review_view,
)
from curation.origins import with_origins
from curation.questions import resolve_replies
from curation.reviews import state_after_accepting
from curation.states import STATE_NAMES, SUBMITTABLE, SUBMITTABLE_AND_ACCEPTED
from curation.tallies import Tally, count_once_stored
from db.afterwards import after_commit
from db.models import (
    Access,
    Annotation,
    AnnotationLabel,
    AnnotationReply,
    AppliesTo,
    Blob,
    Decision,
    Draft,
    LabelClass,
    Media,
    MediaType,
    Origin,
    Question,
    Review,
    Shape,
    State,
)

ANNOTATION_FILE = "annotation_file"


@dataclass(frozen=True)
class Submitted:
    """What is stored after a submission; `repeated` when its client id had been stored before."""

    annotation: AnnotationView
    review: ReviewView | None
    media: Standing
    act: int
    notes: tuple[str, ...] = ()
    repeated: bool = False


def submit_annotation(
    session: Session,
    access: Access,
    media_id: int,
    *,
    shapes: Sequence[Mapping[str, Any]] = (),
    label_classes: Sequence[str] = (),
    replies: Mapping[str, Any] | None = None,
    based_on: int | None = None,
    seen_acts: int | None = None,
    client_id: str | None = None,
    accept: bool = False,
    comment: str | None = None,
    answer_comment: str | None = None,
    look: int | None = None,
    batch_id: int | None = None,
    origin: Origin | None = None,
    policy: ReviewPolicy = ReviewPolicy(),
) -> Submitted:
    """Store one complete answer as the media's next annotation; with `accept` also accept it, as one act.

    No shapes and no label classes is the answer “nothing here”. Boxes and points are fractions of the
    upright picture; `replies` are true or false by the key of a question. Of a shape that names the `prediction` it was
    taken from, the origin is found out here (`origins.with_origins`); `origin` is that of the answer as a whole, unless
    it is to be told from its shapes. A `comment` is that of the decision where there is one; what is said of the answer
    whatever is decided is its `answer_comment`. A repeated `client_id` gives back what was stored. With `look` it is a
    blind answer: it is compared with the one that counts and never counts itself, and whoever gave it is told nothing
    of that.

    Raises StaleAnnotation when another annotation counts by now, MovedOn when `seen_acts` is given and somebody
    has acted since, WrongState when the media is closed, Conflict for a look that is not the caller's to answer,
    and Refused of several kinds.
    """
    require_scope(access, *CURATORS)
    client_id = clean_client_id(client_id)
    comment, answer_comment = clean_comment(comment), clean_comment(answer_comment)
    media = lock_media(session, access, media_id)
    known = _known(session, access, media, client_id)
    if known.same_client_id is not None:
        return _stored(session, access, media, known.same_client_id)
    if known.drafted:
        drop_draft(session, access, media.id)
    given = looks.get_look(session, access, media, look) if look is not None else None
    if given is not None:
        accept, based_on = False, given.annotation_id
    else:
        require_submittable(media, accept)
        require_current(media, based_on)
        require_unmoved(session, media, seen_acts)
    if known.width is None or known.height is None:
        raise WrongState("This media has no content yet, so it cannot be annotated.", state=media.state.value)
    draft = AnnotationDraft.from_payload(shapes, label_classes, known.width, known.height, replies)
    draft = replace(draft, shapes=with_origins(session, media.id, draft.shapes))
    resolved = resolve(session, [shape.label_class for shape in draft.shapes] + list(draft.label_classes))
    require_usable(session, media, draft, resolved)
    questions = resolve_replies(session, draft.replies)

    act = next_act(media)
    before = media.state
    after = State.ACCEPTED if policy.reviews_required == 0 else State.ANNOTATED
    if given is not None:
        after = before
    accepts = accept and policy.review_own and after != State.ACCEPTED
    annotation = Annotation(
        media_id=media.id,
        number=known.annotations + 1,
        author_id=access.id,
        based_on_id=based_on,
        client_id=client_id,
        batch_id=batch_id,
        # With a decision it belongs to that.
        comment=answer_comment or (None if accepts else comment),
        origin=origin or _origin(draft),
        blind=given is not None,
        act=act,
        state_before=before,
        state_after=after,
    )
    fill_answer(annotation, draft, resolved, questions)
    session.add(annotation)
    try:
        session.flush()
    except IntegrityError as error:
        # The row lock makes this all but impossible; the constraint is what guarantees it.
        raise Conflict("Someone answered this picture at the same moment. Try again.") from error
    count_once_stored(session, Tally.ACTS, "submitted")
    view = _view(annotation, access, draft)
    if given is not None:
        answer_look(session, access, media, given, annotation, view)
        _finish(session, annotation)
        return Submitted(disguised_answer(view), None, standing_after(annotation), act, draft.notes)
    review = None
    if accepts:
        review = Review(
            media_id=media.id,
            access_id=access.id,
            annotation_id=annotation.id,
            decision=Decision.ACCEPTED,
            comment=comment,
            client_id=client_id,
            act=act,
            state_before=before,
            state_after=state_after_accepting(session, access, annotation.id, policy),
        )
        add_review(session, media, review, annotation.id)
    else:
        move(session, media, act, after, annotation.id, None)
    looks.want_second_opinion(session, annotation, policy)
    _finish(session, annotation)
    notes = draft.notes
    if accept and not policy.review_own:
        notes = (*notes, "Submitted. Someone else has to accept it.")
    return Submitted(
        annotation=view,
        review=own_review_view(review, access) if review is not None else None,
        media=standing(media),
        act=act,
        notes=notes,
    )


def _finish(session: Session, annotation: Annotation) -> None:
    """Ask for the annotation's file and write what is left to write: only the commit comes after."""
    jobs.add(session, ANNOTATION_FILE, annotation.id)
    session.flush()
    reached("annotation.before_commit")
    after_commit(session, partial(reached, "annotation.committed"))


def fill_answer(
    annotation: Annotation,
    draft: AnnotationDraft,
    resolved: Mapping[str, LabelClass],
    questions: Mapping[str, Question],
) -> None:
    """Give an annotation the rows of its answer: shapes, image-level label classes, replies."""
    annotation.shapes = [
        Shape(
            position=position,
            label_class_id=resolved[shape.label_class].id,
            x_min=shape.box.x_min,
            y_min=shape.box.y_min,
            x_max=shape.box.x_max,
            y_max=shape.box.y_max,
            points=[list(point) for point in shape.points] if shape.points else None,
            origin=shape.origin,
            confidence=shape.confidence,
            prediction_id=shape.prediction,
        )
        for position, shape in enumerate(draft.shapes)
    ]
    annotation.labels = [AnnotationLabel(label_class_id=resolved[key].id) for key in draft.label_classes]
    annotation.replies = [
        AnnotationReply(question_id=questions[key].id, yes=yes) for key, yes in draft.replies.items()
    ]


def require_submittable(media: Media, accept: bool) -> None:
    """Raise WrongState unless an answer may be added to the media as it stands."""
    if media.state in (SUBMITTABLE_AND_ACCEPTED if accept else SUBMITTABLE):
        return
    if media.state == State.DISPUTED:
        raise WrongState(
            "Two answers disagree about this picture. Choose one of them, or accept what you have drawn.",
            state=media.state.value,
        )
    raise WrongState(
        f"This picture is {STATE_NAMES[media.state]} by now, so no answer can be added. Reopen it first.",
        state=media.state.value,
    )


@dataclass(frozen=True)
class _Known:
    """What has to be known before an answer is read: one question to the database."""

    annotations: int
    same_client_id: int | None
    width: int | None
    height: int | None
    drafted: bool


def _known(session: Session, access: Access, media: Media, client_id: str | None) -> _Known:
    highest = select(func.max(Annotation.number)).where(Annotation.media_id == media.id).scalar_subquery()
    # An absent client id is nobody's: compared with NULL it would be everybody's.
    same = (
        select(Annotation.id).where(Annotation.client_id == client_id).scalar_subquery()
        if client_id is not None
        else null()
    )
    draft = select(Draft.id).where(Draft.access_id == access.id, Draft.media_id == media.id).exists()
    size = select(Blob.width, Blob.height).where(Blob.id == media.blob_id).subquery()
    row = session.execute(
        select(highest, same, size.c.width, size.c.height, draft).select_from(
            select(literal_column("1")).subquery().outerjoin(size, true())
        )
    ).one()
    return _Known(row[0] or 0, row[1], row[2], row[3], bool(row[4]))


def _view(annotation: Annotation, access: Access, draft: AnnotationDraft) -> AnnotationView:
    """The answer as it stands now, without asking the database for what was just written."""
    return AnnotationView(
        id=annotation.id,
        media_id=annotation.media_id,
        number=annotation.number,
        author=access.login,
        created_at=annotation.created_at,
        origin=annotation.origin.value,
        content=annotation.content.value,
        based_on=annotation.based_on_id,
        comment=annotation.comment,
        shapes=[
            ShapeView(
                label_class=shape.label_class,
                box=(shape.box.x_min, shape.box.y_min, shape.box.x_max, shape.box.y_max),
                points=[list(point) for point in shape.points] if shape.points else None,
                origin=shape.origin.value,
                confidence=shape.confidence,
                prediction=shape.prediction,
                model=shape.model,
            )
            for shape in draft.shapes
        ],
        label_classes=list(draft.label_classes),
        replies=dict(draft.replies),
    )


def require_usable(
    session: Session, media: Media, draft: AnnotationDraft, resolved: Mapping[str, LabelClass]
) -> None:
    """Raise InvalidShape, AnswerIncomplete unless every label class may stand where the answer puts it."""
    if media.type == MediaType.VIDEO and draft.shapes:
        raise InvalidShape(ON_A_VIDEO)
    retired = {key: found for key, found in resolved.items() if found.retired_at is not None}
    kept = _keys_of_current(session, media) if retired else set()
    for key, found in retired.items():
        if key not in kept:
            raise AnswerIncomplete(f"The label class “{found.name}” is retired. Choose another one.")
    for shape in draft.shapes:
        if resolved[shape.label_class].applies_to == AppliesTo.MEDIA:
            name = resolved[shape.label_class].name
            raise InvalidShape(f"“{name}” says something about a whole picture and cannot label a shape.")
    for key in draft.label_classes:
        if resolved[key].applies_to == AppliesTo.SHAPE:
            raise InvalidShape(f"“{resolved[key].name}” labels shapes and cannot stand for a whole picture.")
    require_compatible(resolved[key] for key in draft.label_classes)


def _keys_of_current(session: Session, media: Media) -> set[str]:
    """Label classes of the answer at hand: a retired one may stay where it already stands."""
    if media.current_annotation_id is None:
        return set()
    current = annotation_views(session, [media.current_annotation_id])[0]
    return {shape.label_class for shape in current.shapes} | set(current.label_classes)


def _origin(draft: AnnotationDraft) -> Origin:
    """A person who hands in an answer stands for it, whoever drew its shapes first.

    Also where all of them were taken from predictions: that is what a second opinion is wanted about.
    """
    origins = {Origin.HUMAN if shape.prediction is not None else shape.origin for shape in draft.shapes}
    return origins.pop() if len(origins) == 1 else Origin.HUMAN


def _stored(session: Session, access: Access, media: Media, annotation_id: int) -> Submitted:
    """What an earlier submission with the same client id left. Raises Conflict when it was another's."""
    found = session.get_one(Annotation, annotation_id)
    if found.author_id != access.id or found.media_id != media.id:
        raise Conflict("This client id was used for another answer. Make a new one.")
    view = annotation_views(session, [annotation_id])[0]
    if found.blind:
        return Submitted(disguised_answer(view), None, standing_after(found), found.act, repeated=True)
    row = session.execute(review_rows().where(Review.client_id == found.client_id)).first()
    return Submitted(
        annotation=view,
        review=review_view(row) if row is not None else None,
        media=standing(media),
        act=found.act,
        repeated=True,
    )
