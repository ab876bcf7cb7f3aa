"""Undoing: which acts of a media still stand, and taking back the last of them as one more review."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from curation import comparisons, looks
from curation.acts import add_review, move, next_act
from curation.errors import NothingToUndo
from curation.states import ADMIN_ONLY
from curation.tallies import Tally, count_once_stored
from db.models import Access, Annotation, Decision, Media, Review, State
from db.queries import is_answer

UNDO_LIFE = timedelta(hours=24)
# States in which an answer stands.
ANSWERED = (State.ANNOTATED, State.SENT_BACK, State.ACCEPTED, State.DISPUTED)
NOT_UNDONE_BUT_RESTORED = "Withdrawing is not undone but restored, from the list of withdrawn media."


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
    def about(self) -> int | None:
        """The annotation that was looked at, or for a blind answer the one it was compared with."""
        return self.made.annotation_id if isinstance(self.made, Review) else self.made.based_on_id

    @property
    def created_at(self) -> datetime:
        return self.made.created_at

    @property
    def is_blind(self) -> bool:
        return self.made.blind

    @property
    def is_quiet(self) -> bool:
        """A blind answer that moved nothing."""
        return self.is_blind and self.made.state_before == self.made.state_after

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
    before, about = last.made.state_before, media.current_annotation_id
    if last.is_blind:
        before = media.state if last.is_quiet else before
        about = last.about
        looks.reopen(session, last.about, last.access_id)
    elif last.annotation is not None:
        about, before = last.annotation.id, last.annotation.state_before

    def standing() -> Sequence[StandingAct]:
        return standing_acts(session, [media.id])[media.id]

    def find(annotation_id: int) -> Annotation:
        return session.get_one(Annotation, annotation_id)

    pointer = pointer_once_undone(last, media.current_annotation_id, standing, find)
    if last.annotation is not None and not last.is_blind and pointer is None and before in ANSWERED:
        before = State.NEW  # what it was based on has been withdrawn
    comparisons.take_away(session, media.id, last.number, last.annotation.id if last.annotation else None)
    review = Review(
        media_id=media.id,
        access_id=access.id,
        annotation_id=about,
        decision=Decision.UNDONE,
        comment=comment,
        blind=last.is_blind and last.access_id == access.id,
        client_id=client_id,
        undoes_id=last.review.id if last.review is not None else None,
        undoes_act=last.number,
        batch_id=batch_id,
        act=next_act(media),
        state_before=media.state,
        state_after=before,
    )
    if last.is_blind:
        session.add(review)
        count_once_stored(session, Tally.ACTS, review.decision.value)
        move(session, media, review.act, before, pointer, None)
    else:
        add_review(session, media, review, pointer)
    return review


def standing_acts(
    session: Session, media_ids: Sequence[int], *, quiet: bool = False
) -> dict[int, list[StandingAct]]:
    """The acts of each media that no later undo has taken back, newest first; media without any are left out.

    Blind answers that moved nothing are among them only when asked for (`quiet`).
    """
    reviews: dict[tuple[int, int], Review] = {}
    undone: set[tuple[int, int | None]] = set()
    for review in session.scalars(select(Review).where(Review.media_id.in_(media_ids))):
        if review.decision == Decision.UNDONE:
            undone.add((review.media_id, review.undoes_act))
        else:
            reviews[review.media_id, review.act] = review
    annotations = {
        (annotation.media_id, annotation.act): annotation
        for annotation in session.scalars(
            select(Annotation).where(Annotation.media_id.in_(media_ids), is_answer())
        )
    }
    found: dict[int, list[StandingAct]] = {}
    for key in sorted((reviews.keys() | annotations.keys()) - undone, reverse=True):
        media_id, number = key
        act = StandingAct(number, annotations.get(key), reviews.get(key))
        if quiet or not act.is_quiet:
            found.setdefault(media_id, []).append(act)
    return found


def act_to_undo(session: Session, access: Access, media: Media, wanted: int | None) -> StandingAct:
    """The act that an undo is about: the one `wanted` if it is a quiet one, else the last. Raises NothingToUndo."""
    acts = standing_acts(session, [media.id], quiet=True).get(media.id, [])
    for act in acts:
        if act.is_quiet and act.number == wanted:
            return act
    own = access.id if wanted is None else None
    last = next((act for act in acts if not act.is_quiet or act.access_id == own), None)
    if last is None:
        raise NothingToUndo("Nothing has been done to this picture that could be undone.")
    return last


def pointer_once_undone(
    last: StandingAct,
    counts: int | None,
    standing: Callable[[], Sequence[StandingAct]],
    find: Callable[[int], Annotation],
) -> int | None:
    """Which annotation counts once the last act is taken back, while `counts` does.

    `standing` gives the acts that stand, newest first, and `find` an annotation of the media by its id.
    """
    if last.is_blind:
        return counts
    if last.annotation is not None:
        return _nearest_answer(last.annotation.based_on_id, find)
    if last.review is not None and last.review.decision == Decision.SETTLED:
        return _pointer_before(standing(), last.number, find)
    return counts


def _pointer_before(
    standing: Sequence[StandingAct], number: int, find: Callable[[int], Annotation]
) -> int | None:
    """Which annotation counted before an act that chose another one."""
    for act in standing:
        if act.number >= number or act.is_blind:
            continue
        if act.annotation is not None:
            return act.annotation.id
        if act.review is not None and act.review.decision == Decision.SETTLED:
            return _nearest_answer(act.review.annotation_id, find)
    return None


def _nearest_answer(annotation_id: int | None, find: Callable[[int], Annotation]) -> int | None:
    """This annotation, or where it was withdrawn the last one before it that was not."""
    while annotation_id is not None:
        found = find(annotation_id)
        if found.withdrawn_at is None:
            return found.id
        annotation_id = found.based_on_id
    return None
