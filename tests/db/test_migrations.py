"""Migrations lead to what the models say, and back, also on a filled database."""

from __future__ import annotations

from sqlalchemy import inspect

from db import migrate
from db.session import get_engine, open_session
from tests.factories import a_media


def test_the_schema_is_what_the_models_say(engine):
    assert migrate.is_current(engine)
    migrate.check(engine)


def test_migrating_twice_changes_nothing(engine):
    migrate.upgrade(engine)
    assert migrate.is_current(engine)


def test_down_and_up_again_on_a_filled_database(engine):
    with open_session() as session:
        a_media(session, source="north", tags=["night"])
    migrate.downgrade("base", engine)
    assert not migrate.is_current(engine)
    assert set(inspect(get_engine()).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(engine)
    migrate.check(engine)
