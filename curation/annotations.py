"""Submitting annotations: append-only, each naming the one it was based on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from curation import jobs
from curation.accesses import CURATORS, require_scope
from curation.acts import (
    ReviewPolicy,
    Standing,
    lock_media,
    move,
    next_act,
    require_current,
    require_unmoved,
    standing,
)
from curation.answers import AnnotationDraft, clean_client_id, clean_comment
from curation.errors import AnswerIncomplete, Conflict, InvalidShape, WrongState
from curation.label_classes import require_compatible, resolve
from curation.media_view import AnnotationView, ReviewView, annotation_views, review_rows, review_view
from curation.reviews import add_review, state_after_accepting
from curation.states import STATE_NAMES, SUBMITTABLE
from db.models import (
    Access,
    Annotation,
    AnnotationLabel,
    AppliesTo,
    Blob,
    Decision,
    LabelClass,
    Media,
    Origin,
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
    based_on: int | None = None,
    seen_acts: int | None = None,
    client_id: str | None = None,
    accept: bool = False,
    comment: str | None = None,
    policy: ReviewPolicy = ReviewPolicy(),
) -> Submitted:
    """Store one complete answer as the media's next annotation; with `accept` also accept it, as one act.

    No shapes and no label classes is the answer “nothing here”. Boxes and points are fractions of the
    upright picture. A repeated `client_id` gives back what was stored. Raises StaleAnnotation when another
    annotation counts by now, MovedOn when `seen_acts` is given and somebody has acted since, WrongState when the
    media is closed, and Refused of several kinds.
    """
    require_scope(access, *CURATORS)
    client_id = clean_client_id(client_id)
    comment = clean_comment(comment)
    media = lock_media(session, access, media_id)
    if client_id is not None and (stored := _stored(session, access, media, client_id)) is not None:
        return stored
    if media.state not in SUBMITTABLE:
        raise WrongState(
            f"This picture is {STATE_NAMES[media.state]} by now, so no answer can be added. Reopen it first.",
            state=media.state.value,
        )
    require_current(media, based_on)
    require_unmoved(media, seen_acts)
    draft = _read(session, media, shapes, label_classes)
    resolved = resolve(session, [shape.label_class for shape in draft.shapes] + list(draft.label_classes))
    _require_usable(session, media, draft, resolved)

    act = next_act(media)
    before = media.state
    after = State.ACCEPTED if policy.reviews_required == 0 else State.ANNOTATED
    annotation = Annotation(
        media_id=media.id,
        number=1
        + (session.scalar(select(func.max(Annotation.number)).where(Annotation.media_id == media.id)) or 0),
        author_id=access.id,
        based_on_id=based_on,
        client_id=client_id,
        comment=None if accept else comment,  # with a decision it belongs to that
        origin=_origin(draft),
        act=act,
        state_before=before,
        state_after=after,
    )
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
        )
        for position, shape in enumerate(draft.shapes)
    ]
    annotation.labels = [AnnotationLabel(label_class_id=resolved[key].id) for key in draft.label_classes]
    session.add(annotation)
    try:
        session.flush()
    except IntegrityError as error:
        # The row lock makes this all but impossible; the constraint is what guarantees it.
        raise Conflict("Someone answered this picture at the same moment. Try again.") from error
    move(session, media, after, annotation.id, None)

    review = None
    notes = draft.notes
    if accept and not policy.review_own:
        notes = (*notes, "Submitted. Someone else has to accept it.")
    elif accept and after != State.ACCEPTED:
        review = Review(
            media_id=media.id,
            access_id=access.id,
            annotation_id=annotation.id,
            decision=Decision.ACCEPTED,
            comment=comment,
            client_id=client_id,
            act=act,
            state_before=before,
            state_after=after,
        )
        review.state_after = state_after_accepting(session, access, media, policy)
        add_review(session, media, review, annotation.id)
    jobs.add(session, ANNOTATION_FILE, annotation.id)
    session.flush()
    return _submitted(session, access, media, annotation.id, review.id if review else None, notes)


def _read(
    session: Session, media: Media, shapes: Sequence[Mapping[str, Any]], label_classes: Sequence[str]
) -> AnnotationDraft:
    size = session.execute(select(Blob.width, Blob.height).where(Blob.id == media.blob_id)).first()
    if size is None:
        raise WrongState("This media has no content yet, so it cannot be annotated.", state=media.state.value)
    return AnnotationDraft.from_payload(shapes, label_classes, size.width, size.height)


def _require_usable(
    session: Session, media: Media, draft: AnnotationDraft, resolved: Mapping[str, LabelClass]
) -> None:
    kept = _keys_of_current(session, media)
    for key, found in resolved.items():
        if found.retired_at is not None and key not in kept:
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
    """A person who hands in an answer stands for it, whoever drew its shapes first."""
    origins = {shape.origin for shape in draft.shapes}
    return origins.pop() if len(origins) == 1 else Origin.HUMAN


def _stored(session: Session, access: Access, media: Media, client_id: str) -> Submitted | None:
    found = session.scalar(select(Annotation).where(Annotation.client_id == client_id))
    if found is None:
        return None
    if found.author_id != access.id or found.media_id != media.id:
        raise Conflict("This client id was used for another answer. Make a new one.")
    review_id = session.scalar(select(Review.id).where(Review.client_id == client_id))
    stored = _submitted(session, access, media, found.id, review_id, ())
    return replace(stored, repeated=True)


def _submitted(
    session: Session,
    access: Access,
    media: Media,
    annotation_id: int,
    review_id: int | None,
    notes: tuple[str, ...],
) -> Submitted:
    annotation = annotation_views(session, [annotation_id])[0]
    review = None
    if review_id is not None:
        review = review_view(session.execute(review_rows().where(Review.id == review_id)).one())
    act = session.scalars(select(Annotation.act).where(Annotation.id == annotation_id)).one()
    return Submitted(annotation, review, standing(media), act, notes)
