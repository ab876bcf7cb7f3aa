"""The audit trail for admins: as a list, a page at a time, newest first, and as CSV."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, select
from sqlalchemy.orm import Session

from curation.accesses import find_access, require_scope
from curation.csv_columns import text_cell
from curation.errors import UnknownFilter
from curation.exports import UTF8_BOM, CsvStream
from curation.paging import Section, decode_cursor, read_page
from db.expressions import iso_utc
from db.models import Access, Event, Scope
from db.streaming import stream_csv_lines

COLUMNS = ("event_id", "at", "login", "name", "media_id", "address", "detail")


@dataclass(frozen=True)
class EventFilter:
    """Which part of the trail: of one name, by one login, about one media, from one moment on and before another."""

    name: str | None = None
    login: str | None = None
    media_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    def to_query(self) -> dict[str, str]:
        """What narrows it, as it stands in an address."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else str(value)
            for name, value in asdict(self).items()
            if value is not None
        }


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
    session: Session, access: Access, wanted: EventFilter, cursor: str | None = None, limit: int = 60
) -> EventPage:
    """The trail, newest first. Raises NotAllowed, UnknownFilter."""
    require_scope(access, Scope.ADMIN)
    sections = [Section((Event.id,), descending=True, where=_conditions(session, wanted))]
    after = decode_cursor(cursor, sections) if cursor else None
    rows = select(
        Event.id, Event.name, Access.login, Event.media_id, Event.detail, Event.address, Event.created_at
    ).outerjoin(Access, Access.id == Event.access_id)
    page = read_page(session, [rows], sections, after, limit, lambda row, _section: (row.id,))
    return EventPage([EventView(**row._mapping) for row in page.rows], page.next_cursor)


def list_event_names(session: Session, access: Access) -> list[str]:
    """What things in the trail are called, each once. Raises NotAllowed."""
    require_scope(access, Scope.ADMIN)
    names: list[str] = []
    # One step along the index for each name: a DISTINCT would walk over millions of uploads.
    while found := session.scalar(
        select(func.min(Event.name)).where(Event.name > (names[-1] if names else ""))
    ):
        names.append(found)
    return names


def export_events(session: Session, access: Access, wanted: EventFilter) -> CsvStream:
    """The same as CSV, all of it, newest first; no cell runs as a formula. Raises NotAllowed, UnknownFilter."""
    require_scope(access, Scope.ADMIN)
    lines = (
        select(
            Event.id,
            iso_utc(Event.created_at),
            text_cell(func.coalesce(Access.login, ""), raw=False),
            Event.name,
            Event.media_id,
            Event.address,
            cast(Event.detail, Text),
        )
        .outerjoin(Access, Access.id == Event.access_id)
        .where(*_conditions(session, wanted))
        .order_by(Event.id.desc())
    )
    header = UTF8_BOM + ",".join(COLUMNS).encode() + b"\n"
    return CsvStream(header, stream_csv_lines(session, lines))


def _conditions(session: Session, wanted: EventFilter) -> tuple[ColumnElement[bool], ...]:
    shown: list[ColumnElement[bool]] = []
    if wanted.name is not None:
        shown.append(Event.name == wanted.name)
    if wanted.media_id is not None:
        shown.append(Event.media_id == wanted.media_id)
    if wanted.login is not None:
        found = find_access(session, wanted.login)
        if found is None:
            raise UnknownFilter(f"There is no access “{wanted.login[:100]}”.")
        shown.append(Event.access_id == found.id)
    if wanted.since is not None:
        shown.append(Event.created_at >= wanted.since)
    if wanted.until is not None:
        shown.append(Event.created_at < wanted.until)
    return tuple(shown)
