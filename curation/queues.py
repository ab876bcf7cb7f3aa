"""Queues: what awaits an access, in order. Each is a filter, so its count and its list never differ."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from curation.accesses import CURATORS, require_scope
from curation.acts import ReviewPolicy
from curation.browse import Count, Page, count_matches, list_page
from curation.errors import UnknownFilter
from curation.media_filter import MediaFilter, Sort
from db.models import Access, State
from db.queries import media_for_review_by


class Queue(enum.StrEnum):
    TO_ANNOTATE = "to_annotate"
    TO_REVIEW = "to_review"
    SENT_BACK = "sent_back"
    UNSURE = "unsure"
    PARKED = "parked"
    FILTER = "filter"


# Each open state is in exactly one default queue (disputed comes with second opinions).
QUEUE_STATES: dict[Queue, tuple[State, ...]] = {
    Queue.TO_ANNOTATE: (State.NEW,),
    Queue.TO_REVIEW: (State.ANNOTATED,),
    Queue.SENT_BACK: (State.SENT_BACK,),
    Queue.UNSURE: (State.UNSURE,),
    Queue.PARKED: (State.PARKED,),
}
QUEUE_NAMES = {
    Queue.TO_ANNOTATE: "To annotate",
    Queue.TO_REVIEW: "To review",
    Queue.SENT_BACK: "Sent back",
    Queue.UNSURE: "Unsure",
    Queue.PARKED: "Parked",
    Queue.FILTER: "Filter",
}
DEFAULT_ORDER = Sort.CAPTURED_FIRST
QUEUE_LIMIT = 50


@dataclass(frozen=True)
class QueuePage:
    page: Page
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


def _extra(access: Access, queue: Queue, policy: ReviewPolicy) -> list[ColumnElement[bool]]:
    if queue != Queue.TO_REVIEW:
        return []
    return media_for_review_by(
        access.id, reviews_required=policy.reviews_required, review_own=policy.review_own
    )


def next_media(
    session: Session,
    access: Access,
    queue: Queue,
    wanted: MediaFilter | None = None,
    *,
    cursor: str | None = None,
    limit: int = 10,
    start: int | None = None,
    policy: ReviewPolicy = ReviewPolicy(),
) -> Page:
    """The next items of a queue after the cursor, with tags and answers. Raises NotAllowed."""
    require_scope(access, *CURATORS)
    wanted = queue_filter(queue, wanted or MediaFilter(sort=DEFAULT_ORDER))
    return list_page(
        session,
        access,
        wanted,
        cursor,
        min(limit, QUEUE_LIMIT),
        start=start,
        answers=True,
        extra=_extra(access, queue, policy),
    )


def count_queue(
    session: Session,
    access: Access,
    queue: Queue,
    wanted: MediaFilter | None = None,
    *,
    policy: ReviewPolicy = ReviewPolicy(),
) -> Count:
    """How many wait, by the query that lists them."""
    wanted = queue_filter(queue, wanted or MediaFilter())
    return count_matches(session, access, wanted, extra=_extra(access, queue, policy))
