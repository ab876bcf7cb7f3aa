"""Bring the schema to the newest migration, and say whether it is there."""

from __future__ import annotations

import functools
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from db.session import get_engine

FOLDER = Path(__file__).parent / "migrations"

# Any number: what matters is that every replica that migrates takes the same lock.
MIGRATION_LOCK = 7_164_402


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine | None = None, revision: str = "head") -> None:
    """Apply what is missing. Two replicas that start at once wait for each other."""
    _migrate(engine or get_engine(), lambda config: command.upgrade(config, revision))


def downgrade(revision: str, engine: Engine | None = None) -> None:
    _migrate(engine or get_engine(), lambda config: command.downgrade(config, revision))


def _migrate(engine: Engine, act) -> None:  # type: ignore[no-untyped-def]
    config = _config(engine)
    # On SQLite the transaction that alembic/env.py opens is BEGIN IMMEDIATE: that is the lock.
    if engine.dialect.name != "postgresql":
        act(config)
        return
    with engine.connect() as connection:
        lift_time_limits(connection)
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        try:
            act(config)
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})


def lift_time_limits(connection: Connection) -> None:
    """A migration of a large table, or waiting for another replica's, may take longer than any request."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SET idle_in_transaction_session_timeout = 0"))


def check(engine: Engine | None = None) -> None:
    """Raise when the models and the migrated schema differ (alembic's own comparison)."""
    command.check(_config(engine or get_engine()))


def write(message: str, engine: Engine | None = None) -> None:
    """Write the next migration from the difference between models and schema (developers)."""
    command.revision(_config(engine or get_engine()), message=message, autogenerate=True)


def is_current(engine: Engine | None = None) -> bool:
    """Whether the database has the newest migration; cheap enough to be asked every few seconds."""
    engine = engine or get_engine()
    with engine.connect().execution_options(read_only=True) as connection:
        try:
            found = connection.scalar(text("SELECT version_num FROM alembic_version"))
        except (ProgrammingError, OperationalError) as error:
            if connection.invalidated or "alembic_version" not in str(error.orig):
                raise
            return False
    return bool(found == _head())


def knows(revision: str) -> bool:
    """Whether this code can bring a database of that revision to its own."""
    return any(known.revision == revision for known in ScriptDirectory(str(FOLDER)).walk_revisions())


@functools.cache
def _head() -> str | None:
    return ScriptDirectory(str(FOLDER)).get_current_head()
