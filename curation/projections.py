"""What the history of a media says about where it stands: the projections on its row, made anew from its acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from curation.undoing import StandingAct, pointer_once_undone
from db.models import Annotation, Decision, Media, Review, State


@dataclass(frozen=True)
class Projection:
    """What stands on the row of a media and follows from its history."""

    state: State
    current_annotation_id: int | None
    last_review_id: int | None
    act_count: int


@dataclass(frozen=True)
class History:
    """Everything that was done to one media, and what the numbers of it should be but are not."""

    media: Media
    annotations: Mapping[int, Annotation]  # by id, those without content and withdrawn ones among them
    reviews: Sequence[Review]

    @property
    def on_row(self) -> Projection:
        """As the row of the media has it."""
        media = self.media
        return Projection(media.state, media.current_annotation_id, media.last_review_id, media.act_count)

    @property
    def numbers_broken(self) -> bool:
        """Whether an annotation or an act is missing from the middle, or stands there twice."""
        numbers = sorted(annotation.number for annotation in self.annotations.values())
        acts = {act.number for act in self._acts()}
        return numbers != list(range(1, len(numbers) + 1)) or acts != set(range(1, len(acts) + 1))

    @property
    def broken_references(self) -> list[str]:
        """Annotations that acts of this media name, and that are none of its own."""
        named = {
            f"annotation {number}"
            for number in (
                self.media.current_annotation_id,
                *(annotation.based_on_id for annotation in self.annotations.values()),
                *(review.annotation_id for review in self.reviews),
            )
            if number is not None and number not in self.annotations
        }
        last_review = self.media.last_review_id
        if last_review is not None and last_review not in {review.id for review in self.reviews}:
            named.add(f"review {last_review}")
        return sorted(named)

    def project(self) -> Projection:
        """Replay all acts in their order, by the rules of `acts.move` and `undoing.take_back`.

        An annotation that counted was taken back before it was withdrawn, so that it is enough to know which are
        withdrawn by now.
        """
        counts: int | None = None
        last_review: int | None = None
        state = State.AWAITING_CONTENT
        made: dict[int, StandingAct] = {}  # by number, whether undone or not
        standing: dict[int, StandingAct] = {}
        acts = self._acts()
        for act in acts:
            review = act.review
            moves_review = review is not None and not act.is_blind
            if review is not None and review.decision == Decision.UNDONE:
                undone = made.get(review.undoes_act or 0)
                if undone is not None:
                    moves_review = not undone.is_blind
                    counts = pointer_once_undone(undone, counts, lambda: _newest_first(standing), self._find)
                    standing.pop(undone.number, None)
            else:
                made[act.number] = standing[act.number] = act
                if act.annotation is not None and not act.annotation.blind:
                    counts = act.annotation.id
                elif review is not None and review.decision == Decision.SETTLED:
                    counts = review.annotation_id
            if review is not None and moves_review:
                last_review = review.id
            state = act.made.state_after
        if state == State.AWAITING_CONTENT and self.media.blob_id is not None:
            state = State.NEW  # being filled is no act
        return Projection(state, counts, last_review, acts[-1].number if acts else 0)

    def _find(self, annotation_id: int) -> Annotation:
        # What is not there counts as withdrawn long ago: `broken_references` tells of it.
        return self.annotations.get(annotation_id) or Annotation(withdrawn_at=self.media.created_at)

    def _acts(self) -> list[StandingAct]:
        annotations = {found.act: found for found in self.annotations.values() if found.act > 0}
        reviews = {found.act: found for found in self.reviews}
        return [
            StandingAct(number, annotations.get(number), reviews.get(number))
            for number in sorted(annotations.keys() | reviews.keys())
        ]


def _newest_first(standing: Mapping[int, StandingAct]) -> list[StandingAct]:
    found = [standing[number] for number in sorted(standing, reverse=True)]
    return [act for act in found if act.annotation is None or act.annotation.withdrawn_at is None]


def read_histories(session: Session, media_ids: Sequence[int], *, lock: bool = False) -> list[History]:
    """The histories of these media, in the order of their ids; with `lock` nobody can act on them meanwhile."""
    rows = select(Media).where(Media.id.in_(media_ids)).order_by(Media.id)
    rows = rows.options(
        load_only(
            Media.state,
            Media.blob_id,
            Media.current_annotation_id,
            Media.last_review_id,
            Media.act_count,
            Media.created_at,
        )
    )
    media = session.scalars(rows.with_for_update(key_share=True) if lock else rows).all()
    annotations: dict[int, dict[int, Annotation]] = {found.id: {} for found in media}
    for annotation in session.scalars(
        select(Annotation)
        .where(Annotation.media_id.in_(media_ids))
        .options(
            load_only(
                Annotation.media_id,
                Annotation.number,
                Annotation.act,
                Annotation.blind,
                Annotation.based_on_id,
                Annotation.state_before,
                Annotation.state_after,
                Annotation.withdrawn_at,
            )
        )
    ):
        annotations.setdefault(annotation.media_id, {})[annotation.id] = annotation
    reviews: dict[int, list[Review]] = {found.id: [] for found in media}
    for review in session.scalars(
        select(Review)
        .where(Review.media_id.in_(media_ids))
        .options(
            load_only(
                Review.media_id,
                Review.act,
                Review.blind,
                Review.decision,
                Review.undoes_act,
                Review.annotation_id,
                Review.state_before,
                Review.state_after,
            )
        )
    ):
        reviews.setdefault(review.media_id, []).append(review)
    return [History(found, annotations[found.id], reviews[found.id]) for found in media]
