"""What every act on a media shares: the lock, the number, and the one place that writes `media.state`.

Acts are submissions and reviews. They are numbered per media (`act`) under the lock of its row, so their
order never depends on a clock. `media.state`, `current_annotation_id` and `last_review_id` are
projections of that history, written here in the transaction that writes the history. A blind answer is an act like
any other, but neither becomes the current annotation nor the last review.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from curation.announcements import Announced, announce_media
from curation.errors import MovedOn, StaleAnnotation
from curation.media_view import get_visible_media
from curation.states import STATE_NAMES
from curation.tallies import Tally, count_once_stored
from db.models import Access, Annotation, Decision, Media, Review, State


class ReviewSettings(Protocol):
    """What of the settings says how reviews go."""

    @property
    def reviews_required(self) -> int: ...
    @property
    def review_own(self) -> bool: ...
    @property
    def second_opinion_share(self) -> float: ...
    @property
    def self_check_share(self) -> float: ...


@dataclass(frozen=True)
class ReviewPolicy:
    """How many people must accept, whether one's own acceptance counts, and how much is answered twice (settings)."""

    reviews_required: int = 1
    review_own: bool = True
    # Shares of media, 0 to 1: answered blind by somebody else; coming back to the same person.
    second_opinion_share: float = 0.0
    self_check_share: float = 0.0

    @classmethod
    def of(cls, settings: ReviewSettings) -> ReviewPolicy:
        return cls(
            settings.reviews_required,
            settings.review_own,
            settings.second_opinion_share,
            settings.self_check_share,
        )


@dataclass(frozen=True)
class Standing:
    """Where a media stands after an act; `acts` is that act's number, and how many there have been."""

    id: int
    state: State
    current_annotation_id: int | None
    acts: int


def lock_media(session: Session, access: Access, media_id: int) -> Media:
    """The media, held until the transaction ends. Raises MediaNotFound."""
    return get_visible_media(session, access, media_id, lock=True)


def require_current(media: Media, seen_annotation_id: int | None) -> None:
    """Raise StaleAnnotation unless the annotation that was on the screen is still the one that counts."""
    if media.current_annotation_id != seen_annotation_id:
        raise StaleAnnotation(
            "Someone answered this picture a moment ago. Look at both answers, then keep yours or drop it.",
            media_id=media.id,
            current_annotation_id=media.current_annotation_id,
            acts=media.act_count,
        )


def require_unmoved(session: Session, media: Media, seen_acts: int | None) -> None:
    """Raise MovedOn when somebody has acted since the caller looked, even if the annotation still stands.

    Blind answers that moved nothing are no reason: who did not see them has missed nothing that counts.
    """
    if seen_acts is not None and has_moved(session, media, seen_acts):
        raise MovedOn(
            f"Someone was faster: this picture is {STATE_NAMES[media.state]} now. Look again, then answer.",
            media_id=media.id,
            state=media.state.value,
            acts=media.act_count,
            current_annotation_id=media.current_annotation_id,
        )


def has_moved(session: Session, media: Media, seen_acts: int) -> bool:
    """Whether somebody has acted on a held media since it had so many acts, but for what is no reason to stop."""
    if media.act_count == seen_acts:
        return False
    return seen_acts > media.act_count or _anything_moved_since(session, media, seen_acts)


def _anything_moved_since(session: Session, media: Media, seen_acts: int) -> bool:
    tables: tuple[type[Annotation] | type[Review], ...] = (Annotation, Review)
    for table in tables:
        quiet = and_(table.blind, table.state_before == table.state_after)
        moved = select(table.id).where(table.media_id == media.id, table.act > seen_acts, ~quiet).limit(1)
        if session.scalar(moved) is not None:
            return True
    return False


def next_act(media: Media) -> int:
    """The number of the act that is being written; `move` notes it on the media."""
    return media.act_count + 1


def move(
    session: Session, media: Media, act: int, state: State, annotation_id: int | None, review: Review | None
) -> None:
    """Write the projections after an act. Nothing else writes them, so that nothing is accepted unannounced."""
    if review is not None:
        session.flush()  # the review's id
        media.last_review_id = review.id
    accepted = _is_acceptance(media, state, annotation_id, review)
    media.act_count = act
    media.state = state
    media.current_annotation_id = annotation_id
    if accepted:
        _announce_acceptance(session, media, annotation_id, review)


def _is_acceptance(media: Media, state: State, annotation_id: int | None, review: Review | None) -> bool:
    """Whether somebody accepts now what was not accepted; undoing and restoring only give back a state."""
    if state != State.ACCEPTED or media.state == State.ACCEPTED:
        return False
    if review is None:
        # An answer that needs no review. A blind one that is taken back leaves the answer that counts in its place.
        return annotation_id != media.current_annotation_id
    return review.decision in (Decision.ACCEPTED, Decision.SETTLED)


def _announce_acceptance(
    session: Session, media: Media, annotation_id: int | None, review: Review | None
) -> None:
    author = select(Annotation.author_id).where(Annotation.id == annotation_id).scalar_subquery()
    by = review.access_id if review is not None else author
    announce_media(session, Announced.MEDIA_ACCEPTED, media.id, by=by, annotation_id=annotation_id)


def add_review(session: Session, media: Media, review: Review, annotation_id: int | None) -> None:
    """Write a review whose states are settled, and move the media to where it leads."""
    session.add(review)
    count_once_stored(session, Tally.ACTS, review.decision.value)
    move(session, media, review.act, review.state_after, annotation_id, review)


def standing(media: Media) -> Standing:
    return Standing(media.id, media.state, media.current_annotation_id, media.act_count)
