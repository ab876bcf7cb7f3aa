"""Decisions on a media as it stands: append-only rows, and undoing as one more of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

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
from curation.answers import clean_client_id, clean_comment
from curation.errors import (
    AnswerIncomplete,
    Conflict,
    MovedOn,
    NotAllowed,
    NothingToUndo,
    OwnWork,
    WrongState,
)
from curation.events import record
from curation.media_view import ReviewView, own_review_view, review_rows, review_view
from curation.questions import require_replied
from curation.states import DECIDABLE, NEEDS_COMMENT, STATE_NAMES
from db.models import Access, Annotation, Blob, Decision, Media, Review, Scope, State, utc_now
from db.queries import accepters_of

UNDO_LIFE = timedelta(hours=24)
ADMIN_ONLY = (Decision.WITHDRAWN, Decision.RESTORED)


@dataclass(frozen=True)
class Decided:
    """What is stored after a decision; `repeated` when its client id had been stored before."""

    review: ReviewView
    media: Standing
    act: int
    repeated: bool = False


def decide(
    session: Session,
    access: Access,
    media_id: int,
    decision: Decision,
    *,
    annotation_id: int | None = None,
    seen_acts: int | None = None,
    undoes: int | None = None,
    comment: str | None = None,
    client_id: str | None = None,
    policy: ReviewPolicy = ReviewPolicy(),
) -> Decided:
    """Record one decision. `annotation_id` is the annotation that was on the screen.

    `seen_acts` is how many acts the media had then; `undoes`, for an undo, the number of the act to take back.
    Raises StaleAnnotation when another one counts by now, WrongState when the media has moved on,
    AnswerIncomplete when something is needed first, NotAllowed.
    """
    require_scope(access, *((Scope.ADMIN,) if decision in ADMIN_ONLY else CURATORS))
    client_id = clean_client_id(client_id)
    comment = clean_comment(comment)
    media = lock_media(session, access, media_id)
    if client_id is not None and (stored := _stored(session, access, media, client_id)) is not None:
        return stored
    if decision == Decision.UNDONE:
        return _undo(session, access, media, undoes, client_id, comment)
    if decision == Decision.ACCEPTED and media.state == State.NEW:
        raise AnswerIncomplete("Draw shapes, or say that nothing is here.")
    if media.state not in DECIDABLE[decision]:
        raise WrongState(
            f"This picture is {STATE_NAMES[media.state]} by now, so it cannot be {_done(decision)}.",
            state=media.state.value,
        )
    if decision not in ADMIN_ONLY:
        require_current(media, annotation_id)
        require_unmoved(media, seen_acts)
    if decision in NEEDS_COMMENT and comment is None:
        raise AnswerIncomplete(NEEDS_COMMENT[decision])
    review = Review(
        media_id=media.id,
        access_id=access.id,
        annotation_id=media.current_annotation_id,
        decision=decision,
        comment=comment,
        client_id=client_id,
        act=0,
        state_before=media.state,
        state_after=_state_after(session, access, media, decision, policy),
    )
    review.act = next_act(media)
    add_review(session, media, review, media.current_annotation_id)
    if decision == Decision.WITHDRAWN:
        # The same content may be registered anew from now on.
        media.upload_sha256 = None
    if decision == Decision.RESTORED:
        _claim_content(session, media)
    if decision in ADMIN_ONLY:
        record(session, access, f"media_{decision.value}", {"comment": comment}, media_id=media.id)
    session.flush()
    return Decided(own_review_view(review, access), standing(media), review.act)


def _claim_content(session: Session, media: Media) -> None:
    """Make a restored media the one that its content leads to. Raises Conflict when another one is."""
    if media.blob_id is None:
        return
    sha256 = session.scalars(select(Blob.sha256).where(Blob.id == media.blob_id)).one()
    twin = session.scalar(select(Media.id).where(Media.upload_sha256 == sha256))
    if twin is not None:
        raise Conflict(
            f"The same picture was registered again meanwhile, as media {twin}. Withdraw that one first.",
            media_id=twin,
        )
    media.upload_sha256 = sha256


def add_review(session: Session, media: Media, review: Review, annotation_id: int | None) -> None:
    """Write a review whose states are settled, and move the media to where it leads."""
    session.add(review)
    move(session, media, review.act, review.state_after, annotation_id, review)


def state_after_accepting(
    session: Session, access: Access, annotation_id: int, policy: ReviewPolicy
) -> State:
    """Accepted when enough different people have accepted this annotation, this access counted in."""
    if policy.reviews_required <= 1:
        return State.ACCEPTED
    accepters = set(session.scalars(accepters_of(annotation_id))) | {access.id}
    return State.ACCEPTED if len(accepters) >= policy.reviews_required else State.ANNOTATED


def _state_after(
    session: Session, access: Access, media: Media, decision: Decision, policy: ReviewPolicy
) -> State:
    match decision:
        case Decision.ACCEPTED:
            if media.current_annotation_id is None:
                raise AnswerIncomplete("Draw shapes, or say that nothing is here.")
            author_id = session.scalar(
                select(Annotation.author_id).where(Annotation.id == media.current_annotation_id)
            )
            if author_id == access.id and not policy.review_own:
                raise OwnWork("This answer is your own. Someone else has to accept it.")
            require_replied(session, media.current_annotation_id)
            return state_after_accepting(session, access, media.current_annotation_id, policy)
        case Decision.UNPARKED:
            return _state_before(session, media, Decision.PARKED)
        case Decision.RESTORED:
            return _state_before(session, media, Decision.WITHDRAWN)
        case Decision.REOPENED:
            return State.NEW if media.current_annotation_id is None else State.ANNOTATED
        case _:
            return State(decision.value)


def _state_before(session: Session, media: Media, decision: Decision) -> State:
    """The state that the last such decision left."""
    before = session.scalar(
        select(Review.state_before)
        .where(Review.media_id == media.id, Review.decision == decision)
        .order_by(Review.act.desc())
        .limit(1)
    )
    return before or (State.NEW if media.current_annotation_id is None else State.ANNOTATED)


def _undo(
    session: Session,
    access: Access,
    media: Media,
    wanted: int | None,
    client_id: str | None,
    comment: str | None,
) -> Decided:
    """Take back the media's last act that still stands, with everything it changed."""
    act, annotation, undone = _last_standing_act(session, media)
    if wanted is not None and wanted != act:
        raise MovedOn(
            "Someone has acted on this picture since, or this was undone already. Look again.",
            media_id=media.id,
            state=media.state.value,
            acts=media.act_count,
            current_annotation_id=media.current_annotation_id,
        )
    if undone is not None and undone.decision in ADMIN_ONLY:
        raise NothingToUndo("Withdrawing is not undone but restored, from the list of withdrawn media.")
    who, when, before = (
        (undone.access_id, undone.created_at, undone.state_before)
        if undone is not None
        else (annotation.author_id, annotation.created_at, annotation.state_before)  # type: ignore[union-attr]
    )
    if access.scope != Scope.ADMIN:
        if who != access.id:
            raise NotAllowed("The last act on this picture is someone else's. Only an admin can undo it.")
        if utc_now() - when > UNDO_LIFE:
            raise NotAllowed("This act is more than a day old. Reopen the picture instead.")
    pointer = media.current_annotation_id
    if annotation is not None:
        before, pointer = annotation.state_before, annotation.based_on_id
    review = Review(
        media_id=media.id,
        access_id=access.id,
        annotation_id=annotation.id if annotation is not None else media.current_annotation_id,
        decision=Decision.UNDONE,
        comment=comment,
        client_id=client_id,
        undoes_id=undone.id if undone is not None else None,
        undoes_act=act,
        act=next_act(media),
        state_before=media.state,
        state_after=before,
    )
    add_review(session, media, review, pointer)
    session.flush()
    return Decided(own_review_view(review, access), standing(media), review.act)


def _last_standing_act(session: Session, media: Media) -> tuple[int, Annotation | None, Review | None]:
    """The newest act that no later undo has taken back: its number, its annotation, its review."""
    reviews = session.scalars(
        select(Review).where(Review.media_id == media.id).order_by(Review.act.desc())
    ).all()
    annotations = session.scalars(select(Annotation).where(Annotation.media_id == media.id)).all()
    undone = {review.undoes_act for review in reviews if review.decision == Decision.UNDONE}
    standing_reviews = {
        review.act: review
        for review in reviews
        if review.decision != Decision.UNDONE and review.act not in undone
    }
    standing_annotations = {found.act: found for found in annotations if found.act not in undone}
    acts = standing_reviews.keys() | standing_annotations.keys()
    if not acts:
        raise NothingToUndo("Nothing has been done to this picture that could be undone.")
    last = max(acts)
    return last, standing_annotations.get(last), standing_reviews.get(last)


def _stored(session: Session, access: Access, media: Media, client_id: str) -> Decided | None:
    found = session.scalar(select(Review).where(Review.client_id == client_id))
    if found is None:
        return None
    if found.access_id != access.id or found.media_id != media.id:
        raise Conflict("This client id was used for another decision. Make a new one.")
    return Decided(_view(session, found.id), standing(media), found.act, repeated=True)


def _view(session: Session, review_id: int) -> ReviewView:
    return review_view(session.execute(review_rows().where(Review.id == review_id)).one())


def _done(decision: Decision) -> str:
    return {
        Decision.SENT_BACK: "sent back",
        Decision.UNSURE: "marked unsure",
    }.get(decision, decision.value)
