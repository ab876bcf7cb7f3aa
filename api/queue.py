"""Queues over HTTP: what awaits the caller, and who has what before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from sqlalchemy.orm import Session

from api.dependencies import (
    AccessDep,
    CursorQuery,
    LeaseSecondsDep,
    PolicyDep,
    ReadSessionDep,
    SessionDep,
    read_filter,
)
from api.fields import Body, Id
from api.filter_parameters import FILTER_PARAMETERS
from curation import leases
from curation.accesses import CURATORS, require_scope
from curation.acts import ReviewPolicy
from curation.browse import Page, complete
from curation.media_filter import MediaFilter
from curation.media_view import MediaView
from curation.queues import (
    DEFAULT_ORDER,
    QUEUE_LIMIT,
    QUEUE_NAMES,
    Queue,
    count_held,
    count_queue,
    count_queues,
    next_media,
    take_media,
)
from db.models import Access
from db.session import open_session
from language import _

router = APIRouter(tags=["queues"])

LimitQuery = Annotated[int, Query(ge=1, le=QUEUE_LIMIT)]
StartQuery = Annotated[int | None, Query(ge=1, le=2**63 - 1, description="Begin at this media.")]


@dataclass(slots=True)
class QueueItem(MediaView):
    """A media of a queue; of `queue=filter`, which leaves nothing out, with the login of who else has it open."""

    leased_by: str | None = None


@dataclass(frozen=True)
class QueueOut:
    items: list[QueueItem]
    next_cursor: str | None
    count: int
    capped: bool
    # Of a page without items: how many others have before them just now.
    held: int = 0


@router.get("/queue", openapi_extra={"parameters": FILTER_PARAMETERS})
def read_queue(
    request: Request,
    session: ReadSessionDep,
    access: AccessDep,
    policy: PolicyDep,
    queue: Queue = Queue.TO_REVIEW,
    cursor: CursorQuery = None,
    limit: LimitQuery = 10,
    start: StartQuery = None,
) -> QueueOut:
    """What awaits this access, in order, with everything its screen needs. Nothing is taken: for looking only."""
    wanted = _wanted(request, queue)
    page = next_media(session, access, queue, wanted, cursor=cursor, limit=limit, start=start, policy=policy)
    return _answer(session, access, queue, wanted, policy, page)


@router.post("/queue", openapi_extra={"parameters": FILTER_PARAMETERS})
def take_from_queue(
    request: Request,
    access: AccessDep,
    policy: PolicyDep,
    lease_seconds: LeaseSecondsDep,
    queue: Queue = Queue.TO_REVIEW,
    cursor: CursorQuery = None,
    limit: LimitQuery = 10,
    start: StartQuery = None,
) -> QueueOut:
    """The same to work on: while the caller holds the items (`POST /leases`), nobody else is given them."""
    wanted = _wanted(request, queue)
    with open_session() as session:
        page = take_media(
            session,
            access,
            queue,
            wanted,
            lease_seconds=lease_seconds,
            cursor=cursor,
            limit=limit,
            start=start,
            policy=policy,
        )
    # What takes longer holds nobody up.
    with open_session(read_only=True) as session:
        complete(session, access, page.items)
        return _answer(session, access, queue, wanted, policy, page)


@dataclass(frozen=True)
class QueueCount:
    key: str
    name: str
    count: int
    capped: bool


@router.get("/queues")
def read_queues(session: ReadSessionDep, access: AccessDep, policy: PolicyDep) -> list[QueueCount]:
    """How much waits in each ready queue for this access."""
    require_scope(access, *CURATORS)
    return [
        QueueCount(queue.value, _(QUEUE_NAMES[queue]), tally.count.value, tally.count.capped)
        for queue, tally in count_queues(session, access, policy=policy).items()
    ]


class MediaIds(Body):
    media_ids: list[Id] = Field(max_length=leases.MAX_MEDIA)


@dataclass(frozen=True)
class LeasedOut:
    held: list[int]
    lost: list[int]
    seconds: int


@router.post("/leases")
def renew_leases(
    asked: MediaIds, session: SessionDep, access: AccessDep, lease_seconds: LeaseSecondsDep
) -> LeasedOut:
    """Hold media for `seconds` from now, whether they were held or are free; lost ones are somebody else's."""
    leased = leases.take(session, access, asked.media_ids, seconds=lease_seconds)
    return LeasedOut(leased.held, leased.lost, lease_seconds)


@router.post("/leases/release", status_code=204)
def release_leases(asked: MediaIds, session: SessionDep, access: AccessDep) -> None:
    """Give media back before their time."""
    leases.release(session, access, asked.media_ids)


def _wanted(request: Request, queue: Queue) -> MediaFilter:
    wanted = read_filter(request, "queue", "cursor", "limit", "start")
    if "sort" not in request.query_params and queue != Queue.FILTER:
        return MediaFilter.from_query({**wanted.to_query(), "sort": DEFAULT_ORDER.value})
    return wanted


def _answer(
    session: Session, access: Access, queue: Queue, wanted: MediaFilter, policy: ReviewPolicy, page: Page
) -> QueueOut:
    count = count_queue(session, access, queue, wanted, policy=policy)
    held = 0 if page.items else count_held(session, access, queue, wanted, policy=policy).value
    return QueueOut(
        _items(session, access, queue, page.items), page.next_cursor, count.value, count.capped, held
    )


def _items(session: Session, access: Access, queue: Queue, views: Sequence[MediaView]) -> list[QueueItem]:
    ids = [view.id for view in views]
    open_elsewhere = leases.holders(session, access, ids) if queue == Queue.FILTER else {}
    return [
        QueueItem(
            **{item.name: getattr(view, item.name) for item in fields(MediaView)},
            leased_by=open_elsewhere.get(view.id),
        )
        for view in views
    ]
