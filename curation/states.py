"""Which act leads from which state to which. The one place that knows.

Who may act, and what an act writes beside the state, is
the business of `annotations` and `reviews`.

A media becomes `disputed` by a blind answer that goes against somebody else's (`blind`), or by a rejection of what
another person has accepted where two must accept. It is left by settling for one of the answers, by accepting what
one has drawn oneself, by rejecting, sending back or parking. A blind answer moves nothing otherwise.
"""

from __future__ import annotations

from db.models import Decision, State

OPEN_STATES = frozenset(
    {
        State.NEW,
        State.ANNOTATED,
        State.SENT_BACK,
        State.UNSURE,
        State.DISPUTED,
        State.PARKED,
    }
)
LISTED_STATES = OPEN_STATES | {State.ACCEPTED, State.REJECTED}
# What is, or may come to be, in a dataset.
LIVE_STATES = tuple(state for state in State if state in OPEN_STATES | {State.ACCEPTED})
UNLISTED_STATES = tuple(state for state in State if state not in LISTED_STATES)

SUBMITTABLE = frozenset({State.NEW, State.ANNOTATED, State.SENT_BACK, State.UNSURE, State.PARKED})
# With accepting in the same act. A plain submission leaves no dispute: the two answers are to be looked at.
SUBMITTABLE_AND_ACCEPTED = SUBMITTABLE | {State.DISPUTED}
# Where an answer may be given once more, blind: it stands, and nothing else is being asked.
LOOKABLE = frozenset({State.ANNOTATED, State.ACCEPTED})

# decision -> the states it may start from. Where it leads to is said by `reviews.decide`, because some
# lead back to an earlier state and accepting may need more than one person.
DECIDABLE: dict[Decision, frozenset[State]] = {
    Decision.ACCEPTED: frozenset({State.ANNOTATED, State.UNSURE}),
    Decision.REJECTED: OPEN_STATES,
    Decision.SENT_BACK: frozenset({State.ANNOTATED, State.UNSURE, State.ACCEPTED, State.DISPUTED}),
    Decision.UNSURE: frozenset({State.NEW, State.ANNOTATED, State.SENT_BACK}),
    Decision.PARKED: OPEN_STATES - {State.PARKED},
    Decision.UNPARKED: frozenset({State.PARKED}),
    Decision.REOPENED: frozenset({State.ACCEPTED, State.REJECTED}),
    Decision.SETTLED: frozenset({State.DISPUTED}),
    Decision.WITHDRAWN: frozenset(State) - {State.WITHDRAWN},
    Decision.RESTORED: frozenset({State.WITHDRAWN}),
}

# What may be said of a media without having drawn anything, by somebody who is shown it as new.
BLIND_DECISIONS = frozenset({Decision.REJECTED, Decision.UNSURE, Decision.PARKED})

ADMIN_ONLY = (Decision.WITHDRAWN, Decision.RESTORED)

NEEDS_COMMENT = {
    Decision.SENT_BACK: "Say in a comment what should be done differently.",
    Decision.PARKED: "Say in a note why this one is set aside.",
    Decision.REOPENED: "Give a reason for reopening.",
}

STATE_NAMES = {
    State.AWAITING_CONTENT: "awaiting content",
    State.NEW: "new",
    State.ANNOTATED: "annotated",
    State.SENT_BACK: "sent back",
    State.UNSURE: "unsure",
    State.DISPUTED: "disputed",
    State.PARKED: "parked",
    State.ACCEPTED: "accepted",
    State.REJECTED: "rejected",
    State.WITHDRAWN: "withdrawn",
}


def done(decision: Decision) -> str:
    """What has happened to a media by a decision, in words that follow “cannot be”."""
    return {
        Decision.SENT_BACK: "sent back",
        Decision.UNSURE: "marked unsure",
    }.get(decision, decision.value)
