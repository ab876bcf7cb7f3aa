"""Decisions on a media as it stands: append-only rows, and undoing as one more of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

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
from curation.states import DECIDABLE, NEEDS_COMMENT, STATE_NAMES
from db.models import Access, Annotation, Blob, Decision, Media, Review, Scope, State, utc_now
from db.queries import accepters_of

UNDO_LIFE = timedelta(hours=24)
ADMIN_ONLY = (Decision.WITHDRAWN, Decision.RESTORED)
NOT_UNDONE_BUT_RESTORED = "Withdrawing is not undone but restored, from the list of withdrawn media."


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
    drop_draft(session, access, media.id)
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
    last = _last_standing_act(session, media)
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
    return Decided(own_review_view(review, access), standing(media), review.act)


@dataclass(frozen=True)
class StandingAct:
    """An act that no later undo has taken back: an annotation, a review, or both made as one."""

    number: int
    annotation: Annotation | None
    review: Review | None

    @property
    def made(self) -> Annotation | Review:
        made = self.review or self.annotation
        assert made is not None
        return made

    @property
    def media_id(self) -> int:
        return self.made.media_id

    @property
    def what(self) -> str:
        """As the history calls it; an answer that was accepted as it was handed in is an acceptance."""
        return self.review.decision.value if self.review is not None else "submitted"

    @property
    def access_id(self) -> int:
        return self.made.access_id if isinstance(self.made, Review) else self.made.author_id

    @property
    def created_at(self) -> datetime:
        return self.made.created_at

    @property
    def is_admins_only(self) -> bool:
        return self.review is not None and self.review.decision in ADMIN_ONLY


def take_back(
    session: Session,
    access: Access,
    media: Media,
    last: StandingAct,
    *,
    client_id: str | None = None,
    comment: str | None = None,
    batch_id: int | None = None,
) -> Review:
    """Undo the last standing act of a locked media, with everything it changed; who may is the caller's question."""
    before, pointer = last.made.state_before, media.current_annotation_id
    if last.annotation is not None:
        before, pointer = last.annotation.state_before, last.annotation.based_on_id
    review = Review(
        media_id=media.id,
        access_id=access.id,
        annotation_id=last.annotation.id if last.annotation is not None else media.current_annotation_id,
        decision=Decision.UNDONE,
        comment=comment,
        client_id=client_id,
        undoes_id=last.review.id if last.review is not None else None,
        undoes_act=last.number,
        batch_id=batch_id,
        act=next_act(media),
        state_before=media.state,
        state_after=before,
    )
    add_review(session, media, review, pointer)
    return review


def standing_acts(session: Session, media_ids: Sequence[int]) -> dict[int, list[StandingAct]]:
    """The acts of each media that no later undo has taken back, newest first; media without any are left out."""
    reviews: dict[tuple[int, int], Review] = {}
    undone: set[tuple[int, int | None]] = set()
    for review in session.scalars(select(Review).where(Review.media_id.in_(media_ids))):
        if review.decision == Decision.UNDONE:
            undone.add((review.media_id, review.undoes_act))
        else:
            reviews[review.media_id, review.act] = review
    annotations = {
        (annotation.media_id, annotation.act): annotation
        for annotation in session.scalars(select(Annotation).where(Annotation.media_id.in_(media_ids)))
    }
    found: dict[int, list[StandingAct]] = {}
    for key in sorted((reviews.keys() | annotations.keys()) - undone, reverse=True):
        media_id, number = key
        found.setdefault(media_id, []).append(StandingAct(number, annotations.get(key), reviews.get(key)))
    return found


def _last_standing_act(session: Session, media: Media) -> StandingAct:
    acts = standing_acts(session, [media.id]).get(media.id)
    if not acts:
        raise NothingToUndo("Nothing has been done to this picture that could be undone.")
    return acts[0]


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
