"""One clock for all replicas, where what is due must not depend on which of them looks."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Interval, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from db.models import utc_now
from db.types import UtcDateTime


def database_now(session: Session) -> datetime:
    """The time by the database's clock; SQLite has none but that of its host, which is ours."""
    if session.get_bind().dialect.name == "postgresql":
        return session.execute(select(func.clock_timestamp(type_=UtcDateTime()))).scalar_one()
    return utc_now()


def from_now(session: Session, after: timedelta = timedelta()) -> ColumnElement[datetime]:
    """The same clock so much later, or earlier, to stand inside a statement: it costs no question of its own."""
    if session.get_bind().dialect.name == "postgresql":
        # The moment at which the statement came: one value throughout, so that an index can be searched for it.
        now = func.statement_timestamp(type_=UtcDateTime())
        return type_coerce(now + literal(after, Interval()), UtcDateTime())
    return literal(utc_now() + after, UtcDateTime())
