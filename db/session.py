"""One tap: `open_session` gives a database session that is one transaction.

SQLite is opened in WAL mode with `synchronous=FULL` (a commit survives power loss). A writing
transaction takes its lock at once (`BEGIN IMMEDIATE`): one that began by reading and then wanted to
write would be refused without waiting when someone else had written meanwhile.
"""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from db.afterwards import do_afterwards
from db.outages import OutcomeUnknown, forget_values
from settings import get_settings

STATEMENT_SECONDS = 15
CONNECT_SECONDS = 3
POOL_SECONDS = 4
BUSY_MILLISECONDS = 5_000


@functools.cache
def get_engine() -> Engine:
    """The engine of the configured database, made at first use."""
    return make_engine(get_settings().database_url)


def make_engine(database_url: str) -> Engine:
    """An engine of our own, whose errors quote no value of a row or a statement."""
    is_sqlite = make_url(database_url).get_backend_name() == "sqlite"
    engine = (_make_sqlite_engine if is_sqlite else _make_postgresql_engine)(database_url)
    event.listen(engine, "handle_error", forget_values)
    return engine


def _make_postgresql_engine(database_url: str) -> Engine:
    from db.pulse import watch  # with psycopg: who keeps rows in SQLite need not load it

    engine = create_engine(
        database_url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=10,
        pool_timeout=POOL_SECONDS,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            # A machine that is gone does not even acknowledge; TCP alone would hope for hours.
            "keepalives_idle": 10,
            "keepalives_interval": 3,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
            "options": f"-c statement_timeout={STATEMENT_SECONDS * 1000} -c synchronous_commit=on "
            "-c idle_in_transaction_session_timeout=60000 -c timezone=UTC",
        },
    )
    watch(engine)
    return engine


def _make_sqlite_engine(database_url: str) -> Engine:
    engine = create_engine(
        database_url,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": BUSY_MILLISECONDS / 1000},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # SQLite's own knows ASCII only: É would never find é.
        connection.create_function("lower", 1, _lower, deterministic=True)
        connection.isolation_level = None  # the driver must not begin transactions by itself
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        connection.execute("PRAGMA mmap_size=268435456")
        connection.execute("PRAGMA cache_size=-16000")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("read_only", False)
        connection.exec_driver_sql("BEGIN DEFERRED" if reading else "BEGIN IMMEDIATE")

    return engine


def _lower(text: str | None) -> str | None:
    return text.lower() if isinstance(text, str) else text


@functools.cache
def _makers(engine: Engine) -> tuple[sessionmaker[Session], sessionmaker[Session]]:
    reading = engine.execution_options(read_only=True, postgresql_readonly=True)
    return sessionmaker(engine, expire_on_commit=False), sessionmaker(reading, expire_on_commit=False)


@contextmanager
def open_session(*, read_only: bool = False, engine: Engine | None = None) -> Iterator[Session]:
    """A session that commits at the end and rolls back on any error.

    With `read_only` nothing can be written, and on SQLite nobody is made to wait. What was handed to
    `db.afterwards.after_commit` meanwhile is done once everything is stored. Raises OutcomeUnknown when the connection
    ends with the commit under way.
    """
    writing, reading = _makers(engine or get_engine())
    with (reading if read_only else writing)() as session:
        committing = False
        try:
            with session.begin():
                yield session
                session.flush()
                committing = not read_only
        except DBAPIError as error:
            if committing and error.connection_invalidated:
                raise OutcomeUnknown.of(error) from error
            raise
        do_afterwards(session)


def forget_engine() -> None:
    """Close every connection and read the settings anew at the next use (tests, forks)."""
    if get_engine.cache_info().currsize:
        get_engine().dispose()
    get_engine.cache_clear()
    _makers.cache_clear()
