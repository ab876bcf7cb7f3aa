"""The audit trail as a list for admins, a page at a time, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from curation.accesses import find_access, require_scope
from curation.errors import UnknownFilter
from curation.paging import Section, decode_cursor, read_page
from db.models import Access, Event, Scope


@dataclass(frozen=True)
class EventView:
    """Who did what, when, to what, and from which address; nobody's login where the product did it by itself."""

    id: int
    name: str
    login: str | None
    media_id: int | None
    detail: dict[str, Any]
    address: str | None
    created_at: datetime


@dataclass(frozen=True)
class EventPage:
    items: list[EventView]
    next_cursor: str | None


def list_events(
    session: Session,
    access: Access,
    *,
    name: str | None = None,
    login: str | None = None,
    media_id: int | None = None,
    cursor: str | None = None,
    limit: int = 60,
) -> EventPage:
    """The trail, newest first: of one name, by one login, about one media. Raises NotAllowed, UnknownFilter."""
    require_scope(access, Scope.ADMIN)
    shown: list[ColumnElement[bool]] = []
    if name is not None:
        shown.append(Event.name == name)
    if media_id is not None:
        shown.append(Event.media_id == media_id)
    if login is not None:
        found = find_access(session, login)
        if found is None:
            raise UnknownFilter(f"There is no access “{login[:100]}”.")
        shown.append(Event.access_id == found.id)
    sections = [Section((Event.id,), descending=True, where=tuple(shown))]
    after = decode_cursor(cursor, sections) if cursor else None
    rows = select(
        Event.id, Event.name, Access.login, Event.media_id, Event.detail, Event.address, Event.created_at
    ).outerjoin(Access, Access.id == Event.access_id)
    page = read_page(session, [rows], sections, after, limit, lambda row, _section: (row.id,))
    return EventPage([EventView(**row._mapping) for row in page.rows], page.next_cursor)
