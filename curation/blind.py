"""Blind answers: given to a look, by somebody who was shown the media as if nobody had answered it.

They never count by themselves. One that goes against somebody else's answer makes the media disputed; any
other moves nothing. What its author is told is what would have been told about a new media.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from curation import comparisons, looks
from curation.acts import Standing, move, next_act
from curation.errors import AnswerIncomplete, WrongState
from curation.media_view import AnnotationView, ReviewView, annotation_views
from curation.states import BLIND_DECISIONS, NEEDS_COMMENT, STATE_NAMES, done
from curation.tallies import Tally, count_once_stored
from db.models import Access, Annotation, Decision, Look, LookKind, Media, Review, State


def answer_look(
    session: Session, access: Access, media: Media, look: Look, blind: Annotation, view: AnnotationView
) -> None:
    """Compare a blind annotation that was just written with the one that it was asked about."""
    first = annotation_views(session, [look.annotation_id])[0]
    agrees = comparisons.add_comparison(session, look, access, blind.act, first, view)
    if look.kind == LookKind.SECOND_OPINION and not agrees:
        blind.state_after = State.DISPUTED
    move(session, media, blind.act, blind.state_after, media.current_annotation_id, None)
    looks.close(look)


def decide_blind(
    session: Session,
    access: Access,
    media: Media,
    look_id: int,
    decision: Decision,
    comment: str | None,
    client_id: str | None,
) -> Review:
    """Answer a look by a decision alone. Raises what such a decision about a new media would raise."""
    look = looks.get_look(session, access, media, look_id)
    if decision == Decision.ACCEPTED:
        raise AnswerIncomplete("Draw shapes, or say that nothing is here.")
    if decision not in BLIND_DECISIONS:
        raise WrongState(
            f"This picture is {STATE_NAMES[State.NEW]}, so it cannot be {done(decision)}.",
            state=State.NEW.value,
        )
    if decision in NEEDS_COMMENT and comment is None:
        raise AnswerIncomplete(NEEDS_COMMENT[decision])
    disputes = decision == Decision.REJECTED and look.kind == LookKind.SECOND_OPINION
    review = Review(
        media_id=media.id,
        access_id=access.id,
        annotation_id=look.annotation_id,
        decision=decision,
        comment=comment,
        blind=True,
        client_id=client_id,
        act=next_act(media),
        state_before=media.state,
        state_after=State.DISPUTED if disputes else media.state,
    )
    session.add(review)
    count_once_stored(session, Tally.ACTS, decision.value)
    session.flush()
    move(session, media, review.act, review.state_after, media.current_annotation_id, None)
    if decision == Decision.REJECTED:
        comparisons.add_rejection(session, access, media, review, look)
    looks.close(look)
    session.flush()
    return review


def disguised_answer(view: AnnotationView) -> AnnotationView:
    """A blind annotation as the first one of its media."""
    return replace(view, number=1, based_on=None)


def disguised_decision(view: ReviewView) -> ReviewView:
    """A blind decision, or the undoing of a blind answer, as made about a media that was new before."""
    undone = view.decision == Decision.UNDONE
    return replace(
        view,
        annotation_id=None,
        state_before=(State.ANNOTATED if undone else State.NEW).value,
        state_after=State.NEW.value if undone else view.decision,
    )


def standing_after(blind: Annotation | Review) -> Standing:
    """Where the media stands for the author of this blind answer."""
    if isinstance(blind, Annotation):
        return Standing(blind.media_id, State.ANNOTATED, blind.id, blind.act)
    if blind.decision == Decision.UNDONE:
        return Standing(blind.media_id, State.NEW, None, 0)
    return Standing(blind.media_id, State(blind.decision.value), None, blind.act)
