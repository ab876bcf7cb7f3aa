"""A replica whose clock is wrong: what is due, held, fresh or old is said by the database's, for all of them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.rates import _count_upload
from curation import deliveries, drafts, jobs, leases, looks, two_step
from curation.acts import ReviewPolicy
from curation.annotations import submit_annotation
from curation.announcements import write_delivery
from curation.errors import TooManyAttempts
from curation.sign_in import FAILURES_PER_LOGIN_AND_ADDRESS, require_not_throttled, reserve_attempt
from db.clock import database_now, from_now
from db.models import (
    Access,
    Delivery,
    Draft,
    Job,
    JobState,
    Lease,
    Media,
    Rate,
    Scope,
    SignInAttempt,
    Webhook,
    utc_now,
)
from db.session import open_session
from tests.factories import a_box, a_media, an_access, an_admin

DAY = timedelta(days=1)
HERE = "192.0.2.7"
# SQLite is on the host of its only replica, and has that one's clock.
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
a_day_off = pytest.mark.parametrize("off", [-DAY, DAY], ids=["behind", "ahead"])


def clock(off: timedelta) -> time_machine.travel:
    return time_machine.travel(utc_now() + off, tick=True)


def test_the_clock_inside_a_statement_is_the_one_that_is_asked(session: Session) -> None:
    for after in (timedelta(), timedelta(minutes=-15), timedelta(days=400, microseconds=1)):
        before = database_now(session)
        said = session.scalars(select(from_now(session, after))).one()
        assert before + after <= said <= database_now(session) + after


@on_postgresql
@a_day_off
def test_no_fresh_media_is_swept_whoever_made_it_and_whoever_sweeps(session, off):
    curator = an_access(session)
    with clock(off):
        elsewhere = two_step.create_media(session, curator, {})
        two_step.sweep(session)
    here = two_step.create_media(session, curator, {})
    with clock(off):
        two_step.sweep(session)
    two_step.sweep(session)
    assert set(session.scalars(select(Media.id))) == {elsewhere, here}


@on_postgresql
def test_work_that_somebody_does_is_not_taken_by_a_clock_that_is_ahead(installation):
    taken = []

    def work(subject_id: int) -> None:
        taken.append(subject_id)
        with clock(DAY), jobs.kept_alive(open_session, "try", subject_id):
            assert not jobs.run_one(open_session, {"try": taken.append})

    with open_session() as session:
        jobs.add(session, "try", 7)
    assert jobs.run_one(open_session, {"try": work})
    assert taken == [7]


@on_postgresql
def test_a_job_waits_as_long_as_it_was_told_whatever_the_clock_of_who_looks(installation):
    def later(_: int) -> None:
        raise jobs.NotYet(60, "not yet")

    with clock(DAY), open_session() as session:
        jobs.add(session, "try", 7)
    assert jobs.run_one(open_session, {"try": later}), "what a clock that is ahead asks for is due at once"
    for off in (-DAY, DAY):
        with clock(off):
            assert not jobs.run_one(open_session, {"try": later})
    with open_session(read_only=True) as session:
        job = session.scalars(select(Job)).one()
        assert job.state == JobState.WAITING
        assert timedelta(seconds=50) < job.run_after - database_now(session) <= timedelta(seconds=60)


@on_postgresql
def test_what_somebody_holds_is_held_for_a_clock_that_is_ahead_too(session):
    holder, other, media = an_access(session), an_access(session), a_media(session)
    leases.take(session, holder, [media.id], seconds=60)
    with clock(DAY):
        leases.sweep(session)
        assert leases.holders(session, other, [media.id]) == {media.id: holder.login}
        assert leases.take(session, other, [media.id], seconds=60).lost == [media.id]
    with clock(-DAY):
        leases.take(session, holder, [media.id], seconds=60)
    assert leases.take(session, other, [media.id], seconds=60).lost == [media.id]
    assert session.scalar(select(func.count()).select_from(Lease)) == 1


@on_postgresql
def test_a_look_that_was_given_stays_with_whom_it_was_given_to(session):
    author, first, second = (an_access(session) for _ in range(3))
    media = a_media(session)
    submit_annotation(
        session, author, media.id, shapes=[a_box()], policy=(policy := ReviewPolicy(second_opinion_share=1))
    )
    given = looks.take(session, first, policy, 1)
    assert given == [media.id]
    with clock(looks.GIVEN_FOR + DAY):
        assert looks.take(session, second, policy, 1) == []
        assert looks.take(session, first, policy, 1) == given


def keep(session: Session, access: Access, media_id: int, count: int, made_at: datetime) -> None:
    drafts.keep_draft(
        session,
        access,
        media_id,
        shapes=[a_box()] * count,
        labels=[],
        replies={},
        based_on=None,
        made_at=made_at,
    )


@on_postgresql
@a_day_off
def test_a_draft_lasts_as_long_as_others_and_is_not_outdone_by_an_older_one(session, off):
    curator, media = an_access(session), a_media(session)
    first, second = utc_now() - timedelta(seconds=2), utc_now()
    keep(session, curator, media.id, 1, first)
    with clock(off):
        keep(session, curator, media.id, 2, second)
    with clock(drafts.DRAFT_LIFE - timedelta(hours=1) + off):
        drafts.sweep(session)
        assert len(drafts.list_drafts(session, curator)) == 1
    kept = session.scalars(select(Draft)).one()
    assert len(kept.drawing["shapes"]) == 2
    assert abs(kept.saved_at - database_now(session)) < timedelta(minutes=1)


@on_postgresql
@a_day_off
def test_failed_sign_ins_are_neither_forgotten_nor_counted_for_longer(session, off):
    with clock(off):
        reserve_attempt(session, "ada", HERE)
    for _ in range(FAILURES_PER_LOGIN_AND_ADDRESS - 1):
        reserve_attempt(session, "ada", HERE)
    with clock(off):
        reserve_attempt(session, "grace", HERE)  # sweeps
        with pytest.raises(TooManyAttempts) as refused:
            require_not_throttled(session, "ada", HERE)
    assert 0 < refused.value.extra["retry_after"] <= 15 * 60
    assert (
        session.scalar(select(func.count()).select_from(SignInAttempt)) == FAILURES_PER_LOGIN_AND_ADDRESS + 1
    )


@on_postgresql
def test_uploads_of_one_minute_are_counted_together(installation, configure):
    configure(DEVICE_UPLOADS_PER_MINUTE="1000")
    with open_session() as session:
        device = an_access(session, Scope.DEVICE)
        minute = int(database_now(session).timestamp()) // 60
    for off in (-DAY, DAY):
        with clock(off):
            _count_upload(device)
    with open_session(read_only=True) as session:
        assert set(session.scalars(select(Rate.minute))) <= {minute, minute + 1}


@on_postgresql
def test_messages_that_arrived_are_kept_for_days_by_any_clock(session):
    hook = Webhook(
        name="alerts", url="https://alerts.example", events=[], secret="", made_by_id=an_admin(session).id
    )
    session.add(hook)
    session.flush()
    write_delivery(session, hook.id, "test", {}).delivered_at = utc_now()
    session.flush()
    with clock(DAY + deliveries.KEPT):
        deliveries.sweep(session)
    assert session.scalar(select(func.count()).select_from(Delivery)) == 1
