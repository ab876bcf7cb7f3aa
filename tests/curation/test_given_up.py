"""Imports, exports and releases whose job has failed again and again: who asked is told, and may go on."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from api.startup import GIVE_UP
from curation import jobs
from curation.datasets.asking import MAKE_EXPORT, get_export
from curation.datasets.freezing import freeze_release
from curation.errors import NameTaken
from curation.imports.asking import (
    IMPORT,
    LIGHT_IMPORT,
    ask_for_reading,
    cancel_import,
    commit_import,
    undo_import,
)
from curation.imports.running import run_import
from curation.releases import FREEZE_RELEASE, create_release, get_release
from db.models import Export, ExportState, Job, JobState, utc_now
from db.session import open_session
from storage import open_bucket
from storage.errors import BucketUnreachable
from tests.conftest import Installation
from tests.curation.importing import Importer
from tests.exported import ask
from tests.factories import a_jpeg, an_access, an_admin

LONG_AGO = utc_now().replace(year=2020)


def away(*given: Any, **more: Any) -> Any:
    raise BucketUnreachable("the bucket is away")


def locked(*given: Any, **more: Any) -> Any:
    raise OperationalError("UPDATE", {}, Exception("database is locked"))


def fail_for_the_last_time(name: str, work: jobs.Work) -> None:
    with open_session() as session:
        session.execute(
            update(Job).where(Job.name == name).values(run_after=LONG_AGO, attempts=jobs.MAX_ATTEMPTS - 1)
        )
    assert jobs.run_one(open_session, {name: work}, GIVE_UP)
    assert jobs_of(name) == []


def jobs_of(name: str) -> list[tuple[JobState, int]]:
    with open_session(read_only=True) as session:
        return [(job.state, job.attempts) for job in session.scalars(select(Job).where(Job.name == name))]


@pytest.fixture
def curator(installation: Installation) -> Importer:
    with open_session() as session:
        return Importer(an_access(session), installation.data_dir / "spool")


def give_import_up(curator: Importer, job: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as outage:
        outage.setattr("curation.imports.running._do", away)
        work = partial(run_import, open_session, open_bucket(), curator.place)
        fail_for_the_last_time(job, work)


def test_an_import_goes_on_in_each_of_its_steps(curator: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = curator.begin()
    curator.send(import_id, {"one.jpg": a_jpeg()})
    for step, job, over in (
        (ask_for_reading, IMPORT, "ready"),
        (commit_import, IMPORT, "done"),
        (undo_import, LIGHT_IMPORT, "undone"),
    ):
        with open_session() as session:
            step(session, curator.access, import_id)
        give_import_up(curator, job, monkeypatch)
        failed = curator.view(import_id)
        assert (failed.state, failed.error) == ("failed", jobs.AWAY_TOO_LONG)
        with open_session() as session:
            step(session, curator.access, import_id)
        assert jobs_of(job) == [(JobState.WAITING, 0)]
        done = curator.run(import_id)
        assert (done.state, done.error) == (over, None)
        with open_session() as session:
            session.execute(update(Job).values(run_after=LONG_AGO))
        work = partial(run_import, open_session, open_bucket(), curator.place)
        assert jobs.run_one(open_session, {job: work}, GIVE_UP)


def test_an_import_that_waits_for_an_outage_to_end_is_tried_at_once(curator: Importer) -> None:
    import_id = curator.begin()
    curator.send(import_id, {"one.jpg": a_jpeg()})
    for step, name in (
        (ask_for_reading, IMPORT),
        (commit_import, IMPORT),
        (cancel_import, LIGHT_IMPORT),
        (undo_import, LIGHT_IMPORT),
    ):
        for _asked in range(2):
            with open_session() as session:
                step(session, curator.access, import_id)
            with open_session() as session:
                (job,) = session.scalars(select(Job).where(Job.name == name))
                assert job.run_after <= utc_now()
                job.run_after = utc_now().replace(year=2100)
        if step == ask_for_reading:
            curator.run(import_id)


@pytest.mark.parametrize("state", [ExportState.WAITING, ExportState.RUNNING])
def test_an_export_ends_with_a_sentence(curator: Importer, state: ExportState) -> None:
    asked = ask(curator.access)
    with open_session() as session:
        session.get_one(Export, asked.id).state = state
    fail_for_the_last_time(MAKE_EXPORT, locked)
    with open_session(read_only=True) as session:
        view = get_export(session, curator.access, asked.id)
    assert (view.state, view.error) == ("failed", jobs.AWAY_TOO_LONG)
    assert view.finished_at is not None


def test_a_release_ends_with_a_sentence_and_its_name_is_free_again(curator: Importer) -> None:
    with open_session() as session:
        other = an_access(session, login="other")
        release = create_release(session, curator.access, "v1", note="first")
    fail_for_the_last_time(FREEZE_RELEASE, locked)
    with open_session(read_only=True) as session:
        view = get_release(session, other, release.id)
    assert (view.state, view.error) == ("failed", jobs.AWAY_TOO_LONG)
    with open_session() as session, pytest.raises(NameTaken):
        create_release(session, other, "v1")
    with open_session() as session:
        again = create_release(session, curator.access, "v1", note="second")
    assert (again.id, again.state, again.note, again.error) == (release.id, "making", "second", None)
    assert jobs_of(FREEZE_RELEASE) == [(JobState.WAITING, 0)]
    with open_session() as session, pytest.raises(NameTaken):
        create_release(session, curator.access, "v1")
    freeze_release(open_session, release.id)
    with open_session() as session, pytest.raises(NameTaken):
        create_release(session, an_admin(session), "v1")
    with open_session(read_only=True) as session:
        assert get_release(session, other, release.id).state == "ready"
