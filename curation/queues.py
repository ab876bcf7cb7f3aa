"""Queues: what awaits an access, in order. Each is a filter, so its count and its list never differ.

Ready queues leave out what somebody else has before them at the moment (`leases`), and give some media once
more to be answered blind (`looks`), among those to annotate. What was sent back to its annotator waits for that
person, and for admins. A filter as a queue shows everything it matches.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from curation import leases, looks
from curation.accesses import CURATORS, require_scope
from curation.acts import ReviewPolicy
from curation.browse import Count, Page, conditions, count_matches, list_page
from curation.errors import UnknownFilter
from curation.media_filter import MediaFilter, Sort
from curation.states import LOOKABLE
from db.locks import lock_words
from db.media_queries import media_for_review_by, media_sent_to_others
from db.models import Access, Media, Scope, State


class Queue(enum.StrEnum):
    TO_ANNOTATE = "to_annotate"
    TO_REVIEW = "to_review"
    SENT_BACK = "sent_back"
    UNSURE = "unsure"
    DISAGREEMENTS = "disagreements"
    PARKED = "parked"
    FILTER = "filter"


# Each open state is in exactly one ready queue.
QUEUE_STATES: dict[Queue, tuple[State, ...]] = {
    Queue.TO_ANNOTATE: (State.NEW,),
    Queue.TO_REVIEW: (State.ANNOTATED,),
    Queue.SENT_BACK: (State.SENT_BACK,),
    Queue.UNSURE: (State.UNSURE,),
    Queue.DISAGREEMENTS: (State.DISPUTED,),
    Queue.PARKED: (State.PARKED,),
}
QUEUE_NAMES = {
    Queue.TO_ANNOTATE: "To annotate",
    Queue.TO_REVIEW: "To review",
    Queue.SENT_BACK: "Sent back",
    Queue.UNSURE: "Unsure",
    Queue.DISAGREEMENTS: "Disagreements",
    Queue.PARKED: "Parked",
    Queue.FILTER: "Filter",
}
DEFAULT_ORDER = Sort.CAPTURED_FIRST
QUEUE_LIMIT = 50
# Of so many items given at once, one at most is there to be answered blind.
ITEMS_PER_LOOK = 5


@dataclass(frozen=True)
class QueueTally:
    """How many media wait in a queue for one access."""

    queue: Queue
    count: Count


def queue_filter(queue: Queue, wanted: MediaFilter) -> MediaFilter:
    """The filter of a queue: its state, narrowed by whatever else is wanted."""
    if queue == Queue.FILTER:
        return wanted
    if wanted.state:
        raise UnknownFilter(
            "A queue has a state of its own: leave out the filter “state”, or use queue=filter."
        )
    return replace(wanted, state=QUEUE_STATES[queue])


@dataclass(frozen=True)
class _Waiting:
    """What a queue holds for one access: the matches of a filter that are `extra` too, and what is `also` in it."""

    wanted: MediaFilter
    extra: list[ColumnElement[bool]]
    also: list[ColumnElement[bool]]


def _waiting(
    session: Session,
    access: Access,
    queue: Queue,
    wanted: MediaFilter,
    policy: ReviewPolicy,
    *,
    held: bool = False,
) -> _Waiting:
    """What somebody else has before them is left out, or with `held` is all there is."""
    require_scope(access, *CURATORS)
    found = _Waiting(queue_filter(queue, wanted), [], [])
    if queue == Queue.FILTER:
        return found
    elsewhere = leases.held_by_others(session, access)
    found.extra.append(elsewhere if held else ~elsewhere)
    if queue == Queue.SENT_BACK and access.scope != Scope.ADMIN:
        found.extra.append(~media_sent_to_others(access.id))
    given = looks.open_looks(session, access) if queue in (Queue.TO_ANNOTATE, Queue.TO_REVIEW) else []
    if queue == Queue.TO_REVIEW:
        found.extra.extend(
            media_for_review_by(
                access.id, reviews_required=policy.reviews_required, review_own=policy.review_own
            )
        )
        if given:
            # Whoever shall answer it blind must not be shown the answer.
            found.extra.append(Media.id.not_in(given))
    elif given and wanted.is_about_pictures and not held:
        found.also.extend(conditions(access, replace(wanted, state=tuple(LOOKABLE))))
        found.also.append(Media.id.in_(given))
    return found


def next_media(
    session: Session,
    access: Access,
    queue: Queue,
    wanted: MediaFilter | None = None,
    *,
    cursor: str | None = None,
    limit: int = 10,
    start: int | None = None,
    answers: bool = True,
    policy: ReviewPolicy = ReviewPolicy(),
) -> Page:
    """The next items of a queue after the cursor, with tags and answers unless told otherwise. Raises NotAllowed."""
    waiting = _waiting(session, access, queue, wanted or MediaFilter(sort=DEFAULT_ORDER), policy)
    return list_page(
        session,
        access,
        waiting.wanted,
        cursor,
        min(limit, QUEUE_LIMIT),
        start=start,
        answers=answers,
        extra=waiting.extra,
        also=waiting.also,
    )


def take_media(
    session: Session,
    access: Access,
    queue: Queue,
    wanted: MediaFilter | None = None,
    *,
    lease_seconds: int,
    cursor: str | None = None,
    limit: int = 10,
    start: int | None = None,
    policy: ReviewPolicy = ReviewPolicy(),
) -> Page:
    """The next items of a queue, held for this access: nobody else is given them while they are.

    Of a filter nothing is held. Whoever asks at the same time waits for this transaction to end, so that it should
    end soon: the items come without tags and answers, to be added by `browse.complete` in the next one. Raises
    NotAllowed.
    """
    require_scope(access, *CURATORS)
    if queue == Queue.TO_ANNOTATE:
        looks.take(session, access, policy, max(1, min(limit, QUEUE_LIMIT) // ITEMS_PER_LOOK))
    if queue != Queue.FILTER:
        # One after the other: of many who ask at the same instant, all but one would look for others in vain.
        lock_words(session, f"queue {queue.value}")
    while True:
        page = next_media(
            session,
            access,
            queue,
            wanted,
            cursor=cursor,
            limit=limit,
            start=start,
            answers=False,
            policy=policy,
        )
        if queue == Queue.FILTER:
            return page
        # A look is given to one person by itself.
        asked = [item.id for item in page.items if item.look is None]
        with session.begin_nested() as attempt:
            held = set(leases.take(session, access, asked, seconds=lease_seconds).held)
            kept = [item for item in page.items if item.look is not None or item.id in held]
            if kept or not page.items:
                return replace(page, items=kept)
            # All were renewed a moment before, and are left out now. Lost rows stay locked too, until here.
            attempt.rollback()


def count_queue(
    session: Session,
    access: Access,
    queue: Queue,
    wanted: MediaFilter | None = None,
    *,
    policy: ReviewPolicy = ReviewPolicy(),
) -> Count:
    """How many wait, by the query that lists them."""
    waiting = _waiting(session, access, queue, wanted or MediaFilter(), policy)
    return count_matches(session, access, waiting.wanted, extra=waiting.extra, also=waiting.also)


def count_held(
    session: Session,
    access: Access,
    queue: Queue,
    wanted: MediaFilter | None = None,
    *,
    policy: ReviewPolicy = ReviewPolicy(),
) -> Count:
    """How many of a ready queue others have before them just now, so that they are not given to this access."""
    if queue == Queue.FILTER:
        return Count(0)
    waiting = _waiting(session, access, queue, wanted or MediaFilter(), policy, held=True)
    return count_matches(session, access, waiting.wanted, extra=waiting.extra)


def count_queues(
    session: Session, access: Access, *, policy: ReviewPolicy = ReviewPolicy()
) -> dict[Queue, QueueTally]:
    """The ready queues of a curator, each counted by the query that lists it; empty for anyone else."""
    if access.scope not in CURATORS:
        return {}
    return {
        queue: QueueTally(queue, count_queue(session, access, queue, policy=policy)) for queue in QUEUE_STATES
    }
