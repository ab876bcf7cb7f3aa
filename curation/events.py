"""The audit trail: one row per thing that somebody may later ask about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from curation.addresses import calling_address
from db.models import Access, Event


def record(
    session: Session,
    access: Access | None,
    name: str,
    detail: dict[str, Any] | None = None,
    *,
    media_id: int | None = None,
    address: str | None = None,
) -> Event:
    """Write one event in the caller's transaction: it stands exactly when the act stands.

    Its address is that of the request at hand, unless another is given; what the product does by itself has none.
    """
    event = Event(
        access_id=access.id if access is not None else None,
        media_id=media_id,
        name=name,
        detail=detail or {},
        address=address or calling_address(),
    )
    session.add(event)
    return event


def latest_events(session: Session, limit: int = 200) -> Sequence[tuple[Event, str | None]]:
    """The newest events with the login of who caused them."""
    rows = session.execute(
        select(Event, Access.login)
        .outerjoin(Access, Access.id == Event.access_id)
        .order_by(Event.id.desc())
        .limit(limit)
    )
    return [(event, login) for event, login in rows]
