"""The acts by which a media comes from one state to another, where there is a way that a person could go."""

from __future__ import annotations

from dataclasses import dataclass

from curation.errors import AnswerIncomplete, WrongState
from curation.states import DECIDABLE, NEEDS_COMMENT, STATE_NAMES, SUBMITTABLE, done
from db.models import Decision, State

# The decision that leads to a state from wherever it may be taken.
LEADS_TO = {
    State.ACCEPTED: Decision.ACCEPTED,
    State.REJECTED: Decision.REJECTED,
    State.SENT_BACK: Decision.SENT_BACK,
    State.UNSURE: Decision.UNSURE,
    State.PARKED: Decision.PARKED,
}
CLOSED = (State.ACCEPTED, State.REJECTED)
# Their reasons are read by whoever does the picture again; reopening here has its reason in the table itself.
NEEDS_REASON = (Decision.SENT_BACK, Decision.PARKED)


@dataclass(frozen=True)
class Step:
    """One act: a decision, or without one a submission, accepted at once or not. The last one `ends` the way."""

    decision: Decision | None
    accept: bool = False
    ends: bool = False


def wanted_after(state: State, said: State | None, *, submits: bool) -> State | None:
    """The state that a media is to come to: the one that is said, else for a new answer the closed one it has."""
    if said is not None:
        return said
    return state if submits and state in CLOSED else None


def next_step(
    state: State, wanted: State | None, *, has_answer: bool, submits: bool, opened: bool
) -> Step | None:
    """What to do next with a media in this state that is wanted in another; None when it is there.

    `submits` while a new answer is still to be handed in, `opened` once it was reopened or unparked for this. Raises
    WrongState and AnswerIncomplete when no act leads there.
    """
    if submits:
        if state in CLOSED:
            return Step(Decision.REOPENED)
        accept = wanted == State.ACCEPTED
        if state not in SUBMITTABLE and not (accept and state == State.DISPUTED):
            raise WrongState(
                "Two answers disagree about this picture. Settle that on the Review page first.",
                state=state.value,
            )
        return Step(None, accept, ends=accept)
    if wanted is None or state == wanted:
        return None
    if wanted in (State.ANNOTATED, State.ACCEPTED) and not has_answer:
        raise AnswerIncomplete("Draw shapes, or say that nothing is here.")
    decision = LEADS_TO.get(wanted)
    if decision is not None and state in DECIDABLE[decision]:
        return Step(decision, ends=True)
    if not opened and state in CLOSED:
        return Step(Decision.REOPENED)
    if not opened and state == State.PARKED:
        return Step(Decision.UNPARKED)
    if decision is None:
        raise WrongState(
            f"This picture is {STATE_NAMES[state]}, so it cannot be {STATE_NAMES[wanted]} again.",
            state=state.value,
        )
    raise WrongState(
        f"This picture is {STATE_NAMES[state]}, so it cannot be {done(decision)}.", state=state.value
    )


def require_path(
    state: State, wanted: State | None, *, has_answer: bool, submits: bool, comment: str | None
) -> bool:
    """Whether a decision, which can have a reason, is among the acts that lead from one state to the other.

    Raises WrongState or AnswerIncomplete unless there are such acts, and they have the reasons that they need. Where a
    parked media was before is not known here: from there on it is tried.
    """
    opened = decides = False
    while True:
        step = next_step(state, wanted, has_answer=has_answer, submits=submits, opened=opened)
        if step is None:
            return decides
        decides = decides or step.accept or step.decision is not None
        unparks = step.decision == Decision.UNPARKED
        decision = LEADS_TO.get(wanted) if unparks and wanted is not None else step.decision
        if decision in NEEDS_REASON and comment is None:
            raise AnswerIncomplete(
                f"{NEEDS_COMMENT[decision]} A new one belongs in the column decision_comment."
            )
        if step.ends or unparks:
            return decides
        if step.decision is None:
            state, submits, has_answer = State.ANNOTATED, False, True
        else:
            state, opened = State.ANNOTATED if has_answer else State.NEW, True
