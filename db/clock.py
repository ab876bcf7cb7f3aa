"""One clock for all replicas, where what is due must not depend on which of them looks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import utc_now
from db.types import UtcDateTime


def database_now(session: Session) -> datetime:
    """The time by the database's clock; SQLite has none but that of its host, which is ours."""
    if session.get_bind().dialect.name == "postgresql":
        return session.execute(select(func.clock_timestamp(type_=UtcDateTime()))).scalar_one()
    return utc_now()
