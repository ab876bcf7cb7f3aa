"""Whose turn it is: which imports wait for which, and what another process, or the same one again, goes on with."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from api.startup import start_jobs, stop_jobs
from curation.imports import dataset_reading, running
from curation.imports.asking import IMPORT, ask_for_reading, cancel_import, undo_import
from curation.imports.readers import measuring
from curation.imports.readers.picture_size import picture_layout
from curation.imports.running import MOST_READINGS, run_import
from curation.imports.work import ImportWork
from curation.jobs import JobLoop
from db.models import Import, ImportKind, Job, JobState, Turn
from db.session import open_session
from settings import get_settings
from storage import open_bucket
from tests.curation.importing import Importer, coco
from tests.factories import a_jpeg

AT_MOST = 20.0  # seconds


def test_tables_and_what_is_taken_back_wait_for_no_pictures(
    curator: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = curator.bring({"one.jpg": a_jpeg()}).id
    begun, over = threading.Event(), threading.Event()

    def read(*given: Any) -> dict[str, Any]:
        begun.set()
        over.wait(3 * AT_MOST)
        return {}

    monkeypatch.setattr("curation.imports.dataset_steps.DatasetSteps.read", read)
    pictures, table = curator.begin(), curator.begin(ImportKind.TABLE)
    curator.send(pictures, {"two.jpg": a_jpeg()})
    curator.send(table, {"table.csv": "tags\nnorth\n"})
    loops = start_jobs(get_settings())
    try:
        with open_session() as session:
            ask_for_reading(session, curator.access, pictures)
        assert begun.wait(AT_MOST)
        with open_session() as session:
            ask_for_reading(session, curator.access, table)
            undo_import(session, curator.access, done)
        until = time.monotonic() + AT_MOST
        while time.monotonic() < until and curator.view(done).state != "undone":
            time.sleep(0.1)
        assert curator.view(done).state == "undone"
        assert "no column media_id" in (curator.view(table).error or "")
        assert curator.view(pictures).state == "reading"
    finally:
        over.set()
        stop_jobs(loops)


def test_outages_while_it_is_read_are_no_deaths(curator: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    away = threading.Event()

    @contextmanager
    def sessions(*, read_only: bool = False) -> Iterator[Session]:
        if away.is_set():
            raise OperationalError("SELECT", {}, Exception("the database is away"))
        with open_session(read_only=read_only) as session:
            yield session

    def read(*given: Any) -> Any:
        away.set()
        with sessions():
            raise AssertionError("it is away")

    import_id = curator.begin()
    curator.send(import_id, {"one.jpg": a_jpeg()})
    with open_session() as session:
        ask_for_reading(session, curator.access, import_id)
    with monkeypatch.context() as outage:
        outage.setattr("curation.imports.dataset_steps.DatasetSteps.read", read)
        for _ in range(MOST_READINGS + 1):
            with pytest.raises(OperationalError):
                run_import(sessions, open_bucket(), curator.place, import_id)
            away.clear()
            with open_session() as session:
                session.execute(delete(Turn))  # it ends by itself within a minute
    assert curator.run(import_id).state == "ready"


def test_a_process_that_ends_leaves_a_reading_to_the_next(
    curator: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def read(_steps: Any, work: ImportWork) -> Any:
        begun.set()
        while True:
            work.still_wanted()

    import_id = curator.begin()
    curator.send(import_id, {"one.jpg": a_jpeg()})
    with open_session() as session:
        ask_for_reading(session, curator.access, import_id)
    with monkeypatch.context() as long:
        long.setattr("curation.imports.dataset_steps.DatasetSteps.read", read)
        work = partial(run_import, open_session, open_bucket(), curator.place)
        loop = JobLoop(open_session, {IMPORT: work})
        loop.start()
        assert begun.wait(10)
        loop.stop()
    with open_session(read_only=True) as session:
        job = session.scalars(select(Job).where(Job.name == IMPORT)).one()
        assert (job.state, session.get_one(Import, import_id).options) == (JobState.WAITING, {})
    assert curator.run(import_id).state == "ready"


def test_once_it_is_cancelled_no_more_pictures_are_looked_at(
    curator: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, cancelled = threading.Lock(), threading.Event()
    looked: list[Any] = []

    def look(file: Any) -> Any:
        looked.append(file)
        if first.acquire(blocking=False):
            with open_session() as session:
                cancel_import(session, curator.access, import_id)
            cancelled.set()
        assert cancelled.wait(AT_MOST)
        return picture_layout(file)

    monkeypatch.setattr(running, "ASKED_EVERY", 0.0)
    monkeypatch.setattr(measuring, "picture_layout", look)
    pictures = [f"{number}.jpg" for number in range(30)]
    import_id = curator.begin()
    box = ("smoke", (0.0, 0.0, 50.0, 50.0))
    curator.send(import_id, {"a.json": coco({name: [box] for name in pictures}, (200, 100))})
    curator.send(import_id, {name: a_jpeg(200, 100) for name in pictures})
    assert curator.look(import_id).state == "cancelled"
    assert 1 <= len(looked) <= dataset_reading.AT_ONCE
