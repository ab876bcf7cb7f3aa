"""Errors of the database as they may be written down: what happened, and never with which values."""

from __future__ import annotations

import logging
import traceback

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import PendingRollbackError, SQLAlchemyError
from sqlalchemy.orm import Session

from curation import jobs
from db.models import Comment, Job
from db.outages import OutcomeUnknown, cause, told, without_values
from db.session import get_engine, open_session
from tests.factories import a_media, an_access

VALUE = "a comment of confidence 4711"


def refuse(session, table):
    """Let the database refuse what is inserted from now on, in words of its own where it can."""
    if get_engine().dialect.name == "sqlite":
        session.execute(
            text(f"CREATE TRIGGER refuse BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, '{VALUE}'); END")
        )
    else:
        session.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT refuse CHECK (false) NOT VALID"))


def raised_by(act):
    with pytest.raises(SQLAlchemyError) as found, open_session() as session:
        act(session)
    return found.value


@pytest.fixture
def insert(installation):
    with open_session() as session:
        media_id, access_id = a_media(session).id, an_access(session).id
        refuse(session, "comments")

    def act(session):
        session.add(Comment(media_id=media_id, author_id=access_id, text=VALUE, client_id="client-0001"))
        session.flush()

    return act


def test_a_refused_row_is_told_by_class_and_code_and_without_its_values(insert):
    error = raised_by(insert)
    code = "SQLITE_CONSTRAINT_TRIGGER" if get_engine().dialect.name == "sqlite" else "23514"
    assert told(error).startswith(f"IntegrityError {code}: ")
    trace = "".join(traceback.format_exception(error))
    unknown = OutcomeUnknown.of(error)
    for written in (told(error), cause(error), str(error), repr(error), trace, str(unknown), told(unknown)):
        assert "4711" not in written
    assert "INSERT INTO comments" in trace, "which statement it was helps, and holds no value"


def test_a_session_that_goes_on_after_a_failure_does_not_quote_it(insert):
    with Session(get_engine()) as session:
        with pytest.raises(SQLAlchemyError):
            insert(session)
        with pytest.raises(PendingRollbackError) as found:
            session.execute(text("SELECT 1"))
    error = found.value
    assert "4711" not in str(error) and "rolled back" in without_values(error)


def test_a_job_that_fails_of_the_database_keeps_the_reason_and_no_value(insert, caplog):
    caplog.set_level(logging.DEBUG)
    with open_session() as session:
        jobs.add(session, "try", 7)

    def work(subject_id):
        with open_session() as session:
            insert(session)

    assert jobs.run_one(open_session, {"try": work})
    with open_session(read_only=True) as session:
        (reason,) = session.query(Job.error).one()
    assert reason.startswith("IntegrityError ")
    assert "IntegrityError" in caplog.text
    assert "4711" not in reason + caplog.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_is_told_without_what_found_no_room(installation):
    def act(session):
        pages = session.scalar(text("PRAGMA page_count"))
        session.execute(text(f"PRAGMA max_page_count = {pages}"))
        access = an_access(session)
        media = a_media(session)
        session.add(
            Comment(media_id=media.id, author_id=access.id, text=VALUE * 10_000, client_id="client-0001")
        )
        session.flush()

    error = raised_by(act)
    assert told(error) == "OperationalError SQLITE_FULL: database or disk is full"
    assert "4711" not in str(error)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_postgresql_could_not_read_is_not_quoted(installation):
    error = raised_by(
        lambda session: session.execute(text("SELECT CAST(:given AS integer)"), {"given": VALUE})
    )
    assert told(error) == "DataError 22P02: InvalidTextRepresentation"
    assert "4711" not in "".join(traceback.format_exception(error))


def test_what_helps_is_told():
    refused = psycopg.OperationalError("connection failed: Connection refused\n\tIs the server running?")
    assert told(refused) == "OperationalError: connection failed: Connection refused"
    twice = psycopg.errors.UniqueViolation(
        'duplicate key value violates unique constraint "uq_accesses_login"\nDETAIL:  Key (login)=(anna).'
    )
    assert told(twice).startswith("UniqueViolation 23505: duplicate key") and "anna" not in told(twice)
    assert told(OSError("the bucket is away")) == "OSError: the bucket is away"
