"""Insert what is not there yet, on either database, without an error to roll back from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.models import Base

AnyInsert = postgresql.Insert | sqlite.Insert


def insert_into(session: Session, table: type[Base]) -> AnyInsert:
    """An INSERT of the session's database, which can say what becomes of a row that is there already."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def insert_or_ignore(
    session: Session, table: type[Base], rows: Sequence[dict[str, Any]], *, unique: Sequence[str]
) -> int:
    """Insert rows; those that meet the unique columns of another row are left out. Returns how many stand."""
    if not rows:
        return 0
    statement = insert_into(session, table).on_conflict_do_nothing(index_elements=list(unique))
    inserted = 0
    for row in rows:
        result = session.execute(statement.values(**row).returning(*table.__table__.primary_key))
        inserted += 1 if result.first() is not None else 0
    return inserted
