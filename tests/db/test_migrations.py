"""Migrations lead to what the models say, and back, also on a filled database and with everybody migrating at once."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from db import migrate
from db.models import Base
from db.session import get_engine, make_engine
from tests.db.every_table import ROWS, fill_every_table, rows_as_they_stand, shared

ROOT = Path(__file__).parent.parent.parent
# From the newest to the first.
REVISIONS = [script.revision for script in ScriptDirectory(str(migrate.FOLDER)).walk_revisions()]


def test_the_schema_is_what_the_models_say(engine):
    assert migrate.is_current(engine)
    migrate.check(engine)


def test_migrating_twice_changes_nothing(engine):
    migrate.upgrade(engine)
    assert migrate.is_current(engine)


def test_down_and_up_again_on_a_filled_database(engine):
    fill_every_table(engine)
    migrate.downgrade("base", engine)
    assert not migrate.is_current(engine)
    assert set(inspect(get_engine()).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(engine)
    migrate.check(engine)


def test_each_step_down_and_up_again_keeps_every_row_and_every_value_that_both_sides_know(engine):
    fill_every_table(engine)
    filled = rows_as_they_stand(engine)
    assert {name: len(rows) >= ROWS for name, rows in filled.items()} == dict.fromkeys(
        Base.metadata.tables, True
    )
    for newer, older in itertools.pairwise(REVISIONS):
        migrate.downgrade(older, engine)
        without = rows_as_they_stand(engine)
        assert shared(without, filled) == shared(filled, without), f"going back from {newer}"
    assert len(REVISIONS) > 1 and without["media"]
    for revision in reversed(REVISIONS[:-1]):
        migrate.upgrade(engine, revision)
        again = rows_as_they_stand(engine)
        assert shared(again, without) == shared(without, again), f"going on to {revision}"
    migrate.check(engine)


def test_replicas_that_start_at_once_on_an_old_filled_database_migrate_it_once(installation, tmp_path):
    engine = make_engine(installation.database_url)
    fill_every_table(engine)
    filled = rows_as_they_stand(engine)
    migrate.downgrade(REVISIONS[-1], engine)
    without = rows_as_they_stand(engine)
    engine.dispose()
    starting = [
        subprocess.Popen(
            [sys.executable, ROOT / "manage.py", "migrate"],
            env=os.environ | {"DATA_DIR": str(tmp_path / f"replica-{number}")},
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    for replica in starting:
        _, said = replica.communicate(timeout=60)
        assert replica.returncode == 0, said
    engine = make_engine(installation.database_url)
    try:
        assert migrate.is_current(engine)
        migrate.check(engine)
        assert shared(rows_as_they_stand(engine), without) == shared(filled, without)
    finally:
        engine.dispose()
