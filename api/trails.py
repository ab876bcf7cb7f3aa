"""What happened, as lists over HTTP: decisions for everybody, the audit trail for admins."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from starlette.responses import StreamingResponse

from api.dependencies import AccessDep, AddressDep, ReadSessionDep
from api.downloads import Download, DownloadResponse
from api.fields import Body, Moment
from api.paging import say_next
from curation import audit_trail, review_list
from curation.audit_trail import EventFilter, EventView
from curation.media_view import ReviewView
from db.models import Access, Decision, utc_now
from db.session import open_session
from db.streaming import hold_still

router = APIRouter()

# As with exports of media, each holds a connection for as long as its client reads.
TRAILS_AT_ONCE = 2
_places = threading.BoundedSemaphore(TRAILS_AT_ONCE)
ALL_TAKEN = "Several exports are being written at this moment. Try again in a minute."


class PageQuery(Body):
    """A name that is none of these is refused, as everywhere."""

    cursor: str | None = Field(default=None, max_length=1000, description="From the Link header.")
    limit: int = Field(default=60, ge=1, le=200)


class ReviewQuery(PageQuery):
    media_id: int | None = Field(default=None, ge=1, le=2**63 - 1)
    author: str | None = Field(default=None, max_length=200, description="A login.")
    decision: Decision | None = None


class EventFilterQuery(Body):
    """Which part of the trail."""

    name: str | None = Field(
        default=None, max_length=60, pattern="^[a-z_]+$", description="As in `media_registered`."
    )
    login: str | None = Field(default=None, max_length=200, description="Of whoever did it.")
    media_id: int | None = Field(default=None, ge=1, le=2**63 - 1)
    since: Moment | None = None
    until: Moment | None = Field(default=None, description="Of events before this moment.")

    def wanted(self) -> EventFilter:
        return EventFilter(self.name, self.login, self.media_id, self.since, self.until)


class EventQuery(PageQuery, EventFilterQuery):
    pass


@router.get("/reviews", tags=["reviews"], responses={404: {}})
def list_reviews(
    asked: Annotated[ReviewQuery, Query()],
    request: Request,
    response: Response,
    session: ReadSessionDep,
    access: AccessDep,
) -> list[ReviewView]:
    """Decisions, newest first; the `Link` header holds the next page."""
    page = review_list.list_reviews(session, access, **asked.model_dump())
    say_next(request, response, page.next_cursor)
    return page.items


@router.get("/events", tags=["events"], responses={404: {}})
def list_events(
    asked: Annotated[EventQuery, Query()],
    request: Request,
    response: Response,
    session: ReadSessionDep,
    access: AccessDep,
) -> list[EventView]:
    """The audit trail, newest first; the `Link` header holds the next page. For admins."""
    page = audit_trail.list_events(session, access, asked.wanted(), asked.cursor, asked.limit)
    say_next(request, response, page.next_cursor)
    return page.items


@router.get(
    "/exports/events.csv",
    tags=["exports"],
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}}}, 404: {}},
)
def export_events(
    asked: Annotated[EventFilterQuery, Query()], access: AccessDep, address: AddressDep
) -> Response:
    """The audit trail as CSV: the whole of it, or of what is asked for, newest first. For admins."""
    headers = {
        "Content-Disposition": f'attachment; filename="vigie-audit-trail-{utc_now():%Y%m%d-%H%M%S}.csv"',
        "Cache-Control": "private, no-store",
    }
    download = EventsDownload(access, address, asked.wanted())
    return DownloadResponse(download, media_type="text/csv", headers=headers)


class EventsDownload(Download):
    """The lines of the trail, with a database session while they are sent."""

    event = "audit_trail_exported"
    announced = False

    def __init__(self, access: Access, address: str, wanted: EventFilter) -> None:
        super().__init__(access, address)
        self._wanted = wanted
        with ExitStack() as opened:
            self._take_a_place(opened, _places, ALL_TAKEN)
            session = opened.enter_context(open_session(read_only=True))
            hold_still(session)
            self._lines = audit_trail.export_events(session, access, wanted)
            opened.callback(self._lines.close)
            self._begin(opened, self._lines)

    def _detail(self) -> dict[str, Any]:
        return {"filter": self._wanted.to_query(), "rows": self._lines.rows}
