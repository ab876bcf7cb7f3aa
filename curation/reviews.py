"""Decisions on a media as it stands: append-only rows, and undoing as one more of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from curation import comparisons, looks
from curation.accesses import CURATORS, require_scope
from curation.acts import (
    ReviewPolicy,
    Standing,
    add_review,
    lock_media,
    next_act,
    require_current,
    require_unmoved,
    standing,
)
from curation.answers import clean_client_id, clean_comment
from curation.blind import decide_blind, disguised_decision, standing_after
from curation.disputes import choose
from curation.drafts import drop_draft
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
from curation.states import ADMIN_ONLY, DECIDABLE, NEEDS_COMMENT, STATE_NAMES, done
from curation.undoing import NOT_UNDONE_BUT_RESTORED, UNDO_LIFE, act_to_undo, take_back
from db.models import Access, Annotation, Blob, Decision, Event, Media, Review, Scope, State, utc_now
from db.queries import accepters_of, is_undone


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
    chooses: int | None = None,
    comment: str | None = None,
    client_id: str | None = None,
    look: int | None = None,
    to_annotator: bool = False,
    policy: ReviewPolicy = ReviewPolicy(),
) -> Decided:
    """Record one decision. `annotation_id` is the annotation that was on the screen.

    `seen_acts` is how many acts the media had then; `undoes`, for an undo, the number of the act to take back;
    `chooses`, for settling a dispute, the annotation that shall count. With `look` it is a blind decision: it
    moves nothing, unless it goes against somebody else's answer, and whoever made it is told nothing of that.
    With `to_annotator` what is sent back waits for the author of that annotation alone, otherwise for anyone.

    Raises StaleAnnotation when another one counts by now, WrongState when the media has moved on,
    AnswerIncomplete when something is needed first, Conflict for a look that is not the caller's, NotAllowed.
    """
    require_scope(access, *((Scope.ADMIN,) if decision in ADMIN_ONLY else CURATORS))
    client_id = clean_client_id(client_id)
    comment = clean_comment(comment)
    if to_annotator and decision != Decision.SENT_BACK:
        raise AnswerIncomplete("Only what is sent back can be for its annotator.")
    media = lock_media(session, access, media_id)
    if client_id is not None and (stored := _stored(session, access, media, client_id)) is not None:
        return stored
    if decision == Decision.UNDONE:
        return _undo(session, access, media, undoes, client_id, comment)
    if decision in (Decision.ACCEPTED, Decision.SETTLED):
        drop_draft(session, access, media.id)
    if look is not None:
        review = decide_blind(session, access, media, look, decision, comment, client_id)
        return _told(session, access, media, review, own_review_view(review, access))
    if decision == Decision.ACCEPTED and media.state == State.NEW:
        raise AnswerIncomplete("Draw shapes, or say that nothing is here.")
    if media.state not in DECIDABLE[decision]:
        raise WrongState(
            f"This picture is {STATE_NAMES[media.state]} by now, so it cannot be {done(decision)}.",
            state=media.state.value,
        )
    if decision == Decision.RESTORED and media.purged_at is not None:
        raise WrongState(
            f"The content of media {media.id} was deleted on {media.purged_at:%Y-%m-%d}, so it cannot be restored."
            " Upload the picture again.",
            state=media.state.value,
        )
    if decision not in ADMIN_ONLY:
        require_current(media, annotation_id)
        require_unmoved(session, media, seen_acts)
    if decision in NEEDS_COMMENT and comment is None:
        raise AnswerIncomplete(NEEDS_COMMENT[decision])
    counts = media.current_annotation_id
    if decision == Decision.SETTLED:
        counts = choose(session, media, chooses)
    addressee = _annotator(session, counts) if to_annotator else None
    review = Review(
        media_id=media.id,
        access_id=access.id,
        annotation_id=counts,
        decision=decision,
        comment=comment,
        sent_to_id=addressee.id if addressee is not None else None,
        client_id=client_id,
        act=0,
        state_before=media.state,
        state_after=_state_after(session, access, media, decision, counts, policy),
    )
    review.act = next_act(media)
    add_review(session, media, review, counts)
    if decision == Decision.REJECTED and review.state_after == State.DISPUTED:
        comparisons.add_rejection(session, access, media, review, None)
    if decision == Decision.WITHDRAWN:
        # The same content may be registered anew from now on.
        media.upload_sha256 = None
    if decision == Decision.RESTORED:
        _claim_content(session, media)
    if decision in ADMIN_ONLY:
        record(session, access, f"media_{decision.value}", {"comment": comment}, media_id=media.id)
    session.flush()
    view = own_review_view(review, access, addressee.login if addressee is not None else None)
    return Decided(view, standing(media), review.act)


def _claim_content(session: Session, media: Media) -> None:
    """Make a restored media the one that its content leads to. Raises Conflict when another one is.

    One that was created before its content never was: two of those may share it.
    """
    created = select(Event.id).where(Event.media_id == media.id, Event.name == "media_created").limit(1)
    if media.blob_id is None or session.scalar(created) is not None:
        return
    sha256 = session.scalars(select(Blob.sha256).where(Blob.id == media.blob_id)).one()
    twin = session.scalar(select(Media.id).where(Media.upload_sha256 == sha256))
    if twin is not None:
        raise Conflict(
            f"The same picture was registered again meanwhile, as media {twin}. Withdraw that one first.",
            media_id=twin,
        )
    media.upload_sha256 = sha256


def state_after_accepting(
    session: Session, access: Access, annotation_id: int, policy: ReviewPolicy
) -> State:
    """Accepted when enough different people have accepted this annotation, this access counted in."""
    if policy.reviews_required <= 1:
        return State.ACCEPTED
    found = accepters_of(annotation_id, review_own=policy.review_own)
    accepters = set(session.scalars(found)) | {access.id}
    return State.ACCEPTED if len(accepters) >= policy.reviews_required else State.ANNOTATED


def _state_after(
    session: Session,
    access: Access,
    media: Media,
    decision: Decision,
    counts: int | None,
    policy: ReviewPolicy,
) -> State:
    match decision:
        case Decision.ACCEPTED | Decision.SETTLED:
            if counts is None:
                raise AnswerIncomplete("Draw shapes, or say that nothing is here.")
            if not policy.review_own and _author_of(session, counts) == access.id:
                if decision == Decision.SETTLED:
                    # The dispute is over, but one's own answer still waits for somebody else.
                    return State.ANNOTATED
                raise OwnWork("This answer is your own. Someone else has to accept it.")
            require_replied(session, counts)
            return state_after_accepting(session, access, counts, policy)
        case Decision.REJECTED:
            return State.DISPUTED if _others_accepted(session, access, media, policy) else State.REJECTED
        case Decision.UNPARKED:
            return _state_before(session, media, Decision.PARKED)
        case Decision.RESTORED:
            return _state_before(session, media, Decision.WITHDRAWN)
        case Decision.REOPENED:
            return State.NEW if media.current_annotation_id is None else State.ANNOTATED
        case _:
            return State(decision.value)


def _annotator(session: Session, annotation_id: int | None) -> Access:
    """Whom an answer is sent back to. Raises AnswerIncomplete when nobody has answered."""
    if annotation_id is None:
        raise AnswerIncomplete("Nobody has answered this picture, so there is no annotator to send it to.")
    return session.get_one(Access, _author_of(session, annotation_id))


def _author_of(session: Session, annotation_id: int) -> int:
    return session.scalars(select(Annotation.author_id).where(Annotation.id == annotation_id)).one()


def _others_accepted(session: Session, access: Access, media: Media, policy: ReviewPolicy) -> bool:
    """Whether rejecting now goes against somebody who has accepted, where more than one person must accept."""
    if policy.reviews_required < 2 or media.current_annotation_id is None:
        return False
    if media.state not in (State.ANNOTATED, State.UNSURE):
        return False
    found = accepters_of(media.current_annotation_id, review_own=policy.review_own)
    return bool(set(session.scalars(found)) - {access.id})


def _state_before(session: Session, media: Media, decision: Decision) -> State:
    """The state that the last such decision left, of those that stand."""
    before = session.scalar(
        select(Review.state_before)
        .where(Review.media_id == media.id, Review.decision == decision, ~Review.blind, ~is_undone())
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
    """Take back the media's last act that still stands, with everything it changed.

    Blind answers that moved nothing stand in nobody's way, and can be taken back whatever came after them.
    """
    last = act_to_undo(session, access, media, wanted)
    if wanted is not None and wanted != last.number:
        raise MovedOn(
            "Someone has acted on this picture since, or this was undone already. Look again.",
            media_id=media.id,
            state=media.state.value,
            acts=media.act_count,
            current_annotation_id=media.current_annotation_id,
        )
    if last.is_admins_only:
        raise NothingToUndo(NOT_UNDONE_BUT_RESTORED)
    if access.scope != Scope.ADMIN:
        if last.access_id != access.id:
            raise NotAllowed("The last act on this picture is someone else's. Only an admin can undo it.")
        if utc_now() - last.created_at > UNDO_LIFE:
            raise NotAllowed("This act is more than a day old. Reopen the picture instead.")
    review = take_back(session, access, media, last, client_id=client_id, comment=comment)
    session.flush()
    return _told(session, access, media, review, own_review_view(review, access))


def _stored(session: Session, access: Access, media: Media, client_id: str) -> Decided | None:
    found = session.scalar(select(Review).where(Review.client_id == client_id))
    if found is None:
        return None
    if found.access_id != access.id or found.media_id != media.id:
        raise Conflict("This client id was used for another decision. Make a new one.")
    return replace(_told(session, access, media, found, _view(session, found.id)), repeated=True)


def _told(session: Session, access: Access, media: Media, review: Review, view: ReviewView) -> Decided:
    """What the author of a decision is told: of a blind one, as if the media had been new before."""
    undone = review.decision == Decision.UNDONE
    if review.blind and (not undone or media.id in looks.given_looks(session, access)):
        return Decided(disguised_decision(view), standing_after(review), review.act)
    return Decided(view, standing(media), review.act)


def _view(session: Session, review_id: int) -> ReviewView:
    return review_view(session.execute(review_rows().where(Review.id == review_id)).one())
