"""Work that nobody waits for: done once, repeated after failures, safe to be killed."""

from __future__ import annotations

import json
import threading
import time
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from curation import jobs
from curation.annotation_files import write_annotation_file
from curation.annotations import ANNOTATION_FILE, submit_annotation
from db.models import Annotation, Job, JobState, utc_now
from db.session import open_session
from storage import open_bucket
from tests.factories import a_box, a_media, an_access


def all_jobs():
    with open_session(read_only=True) as session:
        return session.scalars(select(Job).order_by(Job.id)).all()


def test_a_submitted_annotation_gets_its_file_in_the_bucket(installation):
    with open_session() as session:
        media = a_media(session)
        annotation = submit_annotation(session, an_access(session), media.id, shapes=[a_box()]).annotation
    works = {
        ANNOTATION_FILE: lambda id: write_annotation_file(open_session, open_bucket(), id, "annotations")
    }
    assert jobs.run_one(open_session, works)
    assert not jobs.run_one(open_session, works)
    with open_session(read_only=True) as session:
        key = session.scalars(select(Annotation.bucket_key).where(Annotation.id == annotation.id)).one()
    document = json.loads(open_bucket().read(key))
    assert document["shapes"][0]["box"] == [0.1, 0.2, 0.3, 0.4]
    assert document["media"]["sha256"] and document["number"] == 1


def test_a_job_that_fails_waits_and_is_tried_again(installation):
    seen = []

    def work(subject_id):
        seen.append(subject_id)
        if len(seen) == 1:
            raise OSError("the bucket is away")

    with open_session() as session:
        jobs.add(session, "try", 7)
    assert jobs.run_one(open_session, {"try": work})
    (failed,) = all_jobs()
    assert (failed.state, failed.attempts, "away" in (failed.error or "")) == (JobState.WAITING, 1, True)
    assert not jobs.run_one(open_session, {"try": work}), "it is not due yet"
    with open_session() as session:
        session.execute(update(Job).values(run_after=utc_now()))
    assert jobs.run_one(open_session, {"try": work})
    assert (seen, all_jobs()) == ([7, 7], [])


def test_to_wait_is_no_attempt(installation):
    seen = []

    def work(subject_id):
        seen.append(subject_id)
        raise jobs.NotYet(0, "somebody else is at it") if len(seen) < 3 else OSError("the bucket is away")

    with open_session() as session:
        jobs.add(session, "try", 7)
    for attempts in (0, 0, 1):
        assert jobs.run_one(open_session, {"try": work})
        (waiting,) = all_jobs()
        assert (waiting.state, waiting.attempts) == (JobState.WAITING, attempts)


def at_its_last_attempt():
    with open_session() as session:
        session.add(
            Job(
                name="try",
                subject_id=7,
                attempts=jobs.MAX_ATTEMPTS - 1,
                run_after=utc_now().replace(year=2020),
            )
        )


def fail(subject_id):
    raise OSError("the bucket is away")


@pytest.mark.parametrize("somebody_waits", [True, False])
def test_whoever_waits_is_told_of_a_job_that_is_tried_no_more(installation, somebody_waits):
    told = []

    def give_up(session, subject_id, error):
        told.append((subject_id, str(error)))
        return somebody_waits

    at_its_last_attempt()
    assert jobs.run_one(open_session, {"try": fail}, {"try": give_up})
    assert told == [(7, "the bucket is away")]
    assert [job.state for job in all_jobs()] == ([] if somebody_waits else [JobState.FAILED])


def test_a_job_that_is_asked_for_at_its_last_attempt_begins_anew(installation):
    def work(subject_id):
        with open_session() as session:
            jobs.add_again(session, "try", 7)
        fail(subject_id)

    at_its_last_attempt()
    assert jobs.run_one(open_session, {"try": work})
    (waiting,) = all_jobs()
    assert (waiting.state, waiting.attempts) == (JobState.WAITING, 0)


def test_a_job_whose_worker_was_killed_is_taken_again_when_its_lease_ends(installation):
    with open_session() as session:
        jobs.add(session, "try", 7)
        session.flush()
        session.execute(update(Job).values(state=JobState.RUNNING, lease_until=utc_now().replace(year=2100)))
    done = []
    assert not jobs.run_one(open_session, {"try": done.append})
    with open_session() as session:
        session.execute(update(Job).values(lease_until=utc_now().replace(year=2020)))
    assert jobs.run_one(open_session, {"try": done.append})
    assert done == [7]


@pytest.mark.parametrize("ending", [None, jobs.NotYet(1, "later"), OSError("the bucket is away")])
def test_a_job_that_somebody_else_has_taken_is_theirs(installation, ending):
    def work(subject_id):
        with open_session() as session:
            session.execute(update(Job).values(lease_until=utc_now() - timedelta(seconds=1)))
            assert jobs._take(session, ["try"])
        if ending is not None:
            raise ending

    with open_session() as session:
        jobs.add(session, "try", 7)
    assert jobs.run_one(open_session, {"try": work})
    (running,) = all_jobs()
    assert (running.state, running.attempts, running.error) == (JobState.RUNNING, 2, None)
    assert running.lease_until > utc_now()


def test_a_lease_is_renewed_until_the_work_ends(installation, monkeypatch):
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=0.4))
    renewed = []

    def work(subject_id):
        (begun,) = all_jobs()
        with jobs.kept_alive(open_session, "try", subject_id):
            until = time.monotonic() + 30
            while not renewed and time.monotonic() < until:
                (now,) = all_jobs()
                renewed.extend([now] if now.lease_until > begun.lease_until else [])

    with open_session() as session:
        jobs.add(session, "try", 7)
    assert jobs.run_one(open_session, {"try": work})
    assert renewed


def test_a_lease_of_somebody_else_is_not_renewed(installation, monkeypatch):
    """The process was halted, and its job taken; theirs must end when they are killed."""
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=0.04))
    asked = threading.Event()

    def watched(**options):
        asked.set()
        return open_session(**options)

    def work(subject_id):
        with jobs.kept_alive(watched, "try", subject_id):
            with open_session() as session:
                theirs = session.scalars(select(Job)).one()
                theirs.attempts, theirs.lease_until = theirs.attempts + 1, until
            for _ in range(3):
                asked.clear()
                assert asked.wait(30)

    until = utc_now() + timedelta(days=1)
    with open_session() as session:
        jobs.add(session, "try", 7)
    assert jobs.run_one(open_session, {"try": work})
    (running,) = all_jobs()
    assert running.lease_until == until


def test_the_loop_stops_when_asked(installation):
    with open_session() as session:
        jobs.add(session, "try", 7)
    done = []
    loop = jobs.JobLoop(open_session, {"try": done.append})
    loop.start()
    while all_jobs():
        pass
    loop.stop()
    assert done == [7]


def test_work_knows_when_its_loop_is_to_end(installation):
    begun, seen = threading.Event(), []

    def work(subject_id):
        seen.append(jobs.is_ending())
        begun.set()
        while not jobs.is_ending():
            pass
        raise jobs.NotYet(0, "this process ends")

    with open_session() as session:
        jobs.add(session, "try", 7)
    loop = jobs.JobLoop(open_session, {"try": work})
    loop.start()
    assert begun.wait(10)
    loop.stop()
    (waiting,) = all_jobs()
    assert (seen, waiting.state, waiting.attempts, jobs.is_ending()) == ([False], JobState.WAITING, 0, False)


def test_chores_are_done_by_the_loop(installation):
    done = threading.Event()
    loop = jobs.JobLoop(open_session, {}, [done.set])
    loop.start()
    assert done.wait(10)
    loop.stop()


def test_a_repeated_file_is_the_same_file(installation):
    with open_session() as session:
        submit_annotation(session, an_access(session), a_media(session).id)
        annotation_id = session.scalars(select(Annotation.id)).one()
    write = partial(write_annotation_file, open_session, open_bucket(), annotation_id, "annotations")
    assert open_bucket().read(write()) == open_bucket().read(write())
