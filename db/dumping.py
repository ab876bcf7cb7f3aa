"""All rows of a database as plain values, the same from SQLite and PostgreSQL, and back into an empty one of either.

Tables are taken as they stand in the database, not as the models say: so rows of an older version can be brought
into tables of that version, and those migrated afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Engine,
    MetaData,
    Table,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.schema import AddConstraint, DropConstraint

from db.migrate import lift_time_limits
from db.types import UtcDateTime

ROWS_AT_ONCE = 500
VERSION_TABLE = "alembic_version"
# Whose turn it is and who tried to sign in: true for minutes only. And whoever was signed in signs in again: among
# them might be one whose sign-in was ended since.
OF_THE_MOMENT = frozenset({"leases", "login_sessions", "rates", "sign_in_attempts", "turns"})

PlainRow = list[Any]


class StillTables:
    """Every table as of one moment, however long the reading takes and whatever is written meanwhile."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tables = _tables_of(connection)
        self.revision: str | None = None
        if inspect(connection).has_table(VERSION_TABLE):
            self.revision = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))
        self.names = [name for name in self._tables if name not in OF_THE_MOMENT]

    def columns_of(self, name: str) -> list[str]:
        return [column.name for column in self._tables[name].columns]

    def rows_of(self, name: str) -> Iterator[PlainRow]:
        """The rows in the order of their keys, as JSON bears them: a time is its ISO 8601 text in UTC."""
        table = self._tables[name]
        times = _times_of(table)
        asked = select(table).order_by(*table.primary_key.columns)
        with self._connection.execute(asked, execution_options={"yield_per": ROWS_AT_ONCE}) as result:
            for found in result:
                row = list(found)
                for place in times:
                    if row[place] is not None:
                        row[place] = row[place].isoformat()
                yield row


@contextmanager
def reading(engine: Engine) -> Iterator[StillTables]:
    """What the database holds now; on PostgreSQL by REPEATABLE READ, on SQLite by the snapshot of its WAL."""
    options: dict[str, Any] = {"read_only": True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection:
        lift_time_limits(connection)
        yield StillTables(connection)


class EmptyTables:
    """Tables that are being filled in one transaction: all rows become visible together, or none does."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tables = _tables_of(connection)

    def fill(self, name: str, columns: Sequence[str], rows: Iterable[PlainRow]) -> int:
        """Insert rows as `rows_of` gave them; returns how many. Raises KeyError for a table or column unknown here."""
        table = self._tables[name]
        times = [
            place for place, column in enumerate(columns) if isinstance(table.c[column].type, UtcDateTime)
        ]
        insert = table.insert()
        count = 0
        pending = iter(rows)
        while part := list(islice(pending, ROWS_AT_ONCE)):
            for row in part:
                for place in times:
                    if row[place] is not None:
                        row[place] = datetime.fromisoformat(row[place]).astimezone(UTC)
            self._connection.execute(insert, [dict(zip(columns, row, strict=True)) for row in part])
            count += len(part)
        return count


@contextmanager
def filling(engine: Engine) -> Iterator[EmptyTables]:
    """Empty tables to be filled in any order: what points where is checked at the end.

    Raises IntegrityError when a row then points at nothing.
    """
    with engine.begin() as connection:
        lift_time_limits(connection)
        tables = EmptyTables(connection)
        if connection.dialect.name != "postgresql":
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
            yield tables
            return
        keys = [key for table in _tables_of(connection).values() for key in table.foreign_key_constraints]
        for key in keys:
            connection.execute(DropConstraint(key))
        yield tables
        for key in keys:
            connection.execute(AddConstraint(key))
        _count_on(connection)


def _count_on(connection: Connection) -> None:
    """Let PostgreSQL's counters go on behind the ids that were given."""
    for table in _tables_of(connection).values():
        (column, *others) = table.primary_key.columns
        if others:
            continue
        counter = connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        highest = connection.scalar(select(func.max(column))) if counter else None
        if highest is not None:
            connection.execute(select(func.setval(counter, highest)))


def filled_tables(engine: Engine) -> list[str]:
    """The tables that hold a row; none for a database without tables."""
    with engine.connect().execution_options(read_only=True) as connection:
        return [
            name
            for name, table in _tables_of(connection).items()
            if connection.execute(select(1).select_from(table).limit(1)).first() is not None
        ]


def has_tables(engine: Engine) -> bool:
    return bool(inspect(engine).get_table_names())


def _tables_of(connection: Connection) -> dict[str, Table]:
    found = MetaData()
    found.reflect(connection)
    tables = {name: found.tables[name] for name in sorted(found.tables) if name != VERSION_TABLE}
    for table in tables.values():
        for column in table.columns:
            if isinstance(column.type, DateTime):
                column.type = UtcDateTime()
            elif isinstance(column.type, JSON):
                column.type = JSON(none_as_null=bool(column.nullable))
    return tables


def _times_of(table: Table) -> list[int]:
    return [place for place, column in enumerate(table.columns) if isinstance(column.type, UtcDateTime)]
