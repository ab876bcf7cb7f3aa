"""What happened, as lists over HTTP: decisions for everybody, the audit trail for admins."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.dependencies import AccessDep, ReadSessionDep
from api.fields import Body
from curation import audit_trail, review_list
from curation.audit_trail import EventView
from curation.media_view import ReviewView
from db.models import Decision

router = APIRouter()


class PageQuery(Body):
    """A name that is none of these is refused, as everywhere."""

    cursor: str | None = Field(default=None, max_length=1000, description="From the Link header.")
    limit: int = Field(default=60, ge=1, le=200)


class ReviewQuery(PageQuery):
    media_id: int | None = Field(default=None, ge=1, le=2**63 - 1)
    author: str | None = Field(default=None, max_length=200, description="A login.")
    decision: Decision | None = None


class EventQuery(PageQuery):
    name: str | None = Field(
        default=None, max_length=60, pattern="^[a-z_]+$", description="As in `media_registered`."
    )
    login: str | None = Field(default=None, max_length=200, description="Of whoever did it.")
    media_id: int | None = Field(default=None, ge=1, le=2**63 - 1)


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
    _link_next(request, response, asked, page.next_cursor)
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
    page = audit_trail.list_events(session, access, **asked.model_dump())
    _link_next(request, response, asked, page.next_cursor)
    return page.items


def _link_next(request: Request, response: Response, asked: PageQuery, cursor: str | None) -> None:
    if cursor is None:
        return
    given: dict[str, Any] = asked.model_dump(mode="json", exclude_none=True) | {"cursor": cursor}
    response.headers["Link"] = f'<{request.url.path}?{urlencode(given)}>; rel="next"'
