"""The rows of a question as lines of CSV, in the same few bytes of memory whatever their number.

PostgreSQL writes the lines itself (COPY is five times faster than anything that makes Python objects);
SQLite's rows go from its cursor into the csv module a few hundred at a time. Both write the same lines.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db.outages import strip_values
from db.types import AnyRow, AnySelect

CHUNK_BYTES = 64 * 1024
ROWS_AT_ONCE = 250  # of SQLite
# Longer than any download that moves: a client that stopped reading must not hold a connection for ever.
PATIENCE = ("statement_timeout = '6h'", "idle_in_transaction_session_timeout = '6h'")

# How PostgreSQL is to walk: along the index that gives the order, looking the rest up row by row. Left to
# itself it plans for the last row, not for the first: it hashes whole tables and sorts all rows on disk
# before it sends anything (at a million media 2.5 s and 400 MB, for the same time in all), and compiles.
ROW_BY_ROW = (
    "enable_sort = off",
    "enable_hashjoin = off",
    "enable_mergejoin = off",
    "max_parallel_workers_per_gather = 0",
    "jit = off",
)
_SETTINGS = "; ".join(f"SET LOCAL {setting}" for setting in (*PATIENCE, *ROW_BY_ROW))


def hold_still(session: Session) -> None:
    """Let everything this session reads be of one moment. To be called before it has read anything.

    SQLite's transactions are like that anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def be_patient(session: Session) -> None:
    """Let this session's transaction read for hours, each question walking row by row, until it ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(_SETTINGS))


def stream_rows(session: Session, statement: AnySelect, at_a_time: int) -> Iterator[Sequence[AnyRow]]:
    """The rows of a question so many at a time, never all of them; other questions may be asked in between."""
    # Without the size of a partition SQLAlchemy would read all rows there are.
    options = {"stream_results": True, "yield_per": at_a_time}
    with session.execute(statement, execution_options=options) as result:
        yield from result.partitions(at_a_time)


def stream_csv_lines(session: Session, statement: AnySelect) -> Iterator[tuple[bytes, int]]:
    """Chunks of CSV lines (UTF-8, `\\n`), each with the number of rows in it.

    On PostgreSQL the transaction keeps the settings made for this until it ends. Close the iterator to stop
    the database in the middle. Raises DBAPIError like any other question.
    """
    session.flush()  # what the session has not written yet is part of what it reads
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        return _copied_lines(connection, statement)
    return _written_lines(connection, statement)


def _copied_lines(connection: Connection, statement: AnySelect) -> Iterator[tuple[bytes, int]]:
    compiled = statement.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    values = {name: _plain(value) for name, value in compiled.params.items()}
    driver: Any = connection.connection.driver_connection
    lines: list[Any] = []
    size = 0
    with translated(connection, "export"), driver.cursor() as cursor:
        cursor.execute(_SETTINGS.encode())
        # COPY takes no parameters; psycopg writes them into the text, quoted.
        with cursor.copy(f"COPY ({compiled}) TO STDOUT (FORMAT csv)".encode(), values) as copy:
            while line := copy.read():  # one row each
                # A line with nothing on it is one empty cell, which readers would skip.
                lines.append(line if len(line) > 1 else b'""\n')
                size += len(line)
                if size >= CHUNK_BYTES:
                    yield b"".join(lines), len(lines)
                    lines.clear()
                    size = 0
    if lines:
        yield b"".join(lines), len(lines)


@contextmanager
def translated(connection: Connection, statement: str) -> Iterator[None]:
    """Errors of the driver as SQLAlchemy's, which is what everybody above knows."""
    # Asked for, not imported: who keeps rows in SQLite need not load psycopg to start.
    driver_error = connection.dialect.loaded_dbapi.Error
    try:
        yield
    except driver_error as error:
        wrapped = DBAPIError.instance(
            statement, None, error, driver_error, hide_parameters=True, dialect=connection.dialect
        )
        # What a statement is executed with goes through the engine's events; COPY does not.
        strip_values(wrapped, error)
        raise wrapped from error


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


class _Lines:
    """What csv.writer writes to: it hands over one whole line at a time."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, line: str) -> None:
        # The writer's line ends are \r\n so that it quotes cells which hold either; ours are \n, as COPY's.
        self.lines.append(line[:-2])


def _written_lines(connection: Connection, statement: AnySelect) -> Iterator[tuple[bytes, int]]:
    written = _Lines()
    writer = csv.writer(written, lineterminator="\r\n")
    with translated(connection, "export"), connection.execute(statement) as result:
        assert result.cursor is not None
        while rows := result.cursor.fetchmany(ROWS_AT_ONCE):  # as the driver gives them: text and numbers
            writer.writerows(rows)
            yield ("\n".join(written.lines) + "\n").encode(), len(rows)
            written.lines.clear()
