"""Many rows into one table at once, without an object for each of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, Connection, Enum, insert
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from db.models import Base
from db.streaming import translated


def add_rows(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns. Raises DBAPIError like any other statement.

    PostgreSQL takes them by COPY, which leaves out what SQLAlchemy makes of every value of every row.
    """
    if not rows:
        return
    session.flush()  # what they refer to may be among what the session has not written yet
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        connection.execute(insert(table), [dict(row) for row in rows])


def _copy(connection: Connection, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    names = list(rows[0])
    written = [_writer(table.__table__.columns[name].type) for name in names]
    statement = f"COPY {table.__tablename__} ({', '.join(names)}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    with (
        translated(connection, statement),
        driver.cursor() as cursor,
        cursor.copy(statement.encode()) as copy,
    ):
        for row in rows:
            copy.write_row([write(row[name]) for write, name in zip(written, names, strict=True)])


def _writer(kind: TypeEngine[Any]) -> Callable[[Any], Any]:
    """What makes of a value of this type one that COPY takes."""
    if isinstance(kind, JSON):
        return lambda value: None if value is None else json.dumps(value)
    if isinstance(kind, Enum):
        return lambda value: None if value is None else value.value
    return lambda value: value
