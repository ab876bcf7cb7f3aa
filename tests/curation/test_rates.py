"""How often an access may send, counted by everybody together."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from curation.errors import TooFast
from curation.rates import Rates, count_prediction, count_upload
from db.models import Access, Rate, Scope
from db.session import open_session
from tests.factories import an_access

NOON = datetime(2026, 8, 12, 12, 0, 15, tzinfo=UTC)
FEW = Rates(people=4, devices=3)


def count(access: Access, now: datetime = NOON, rates: Rates = FEW) -> None:
    with open_session() as session:
        count_upload(session, access, rates, now)


@pytest.fixture
def device(installation) -> Access:
    with open_session() as session:
        return an_access(session, Scope.DEVICE)


@pytest.fixture
def curator(installation) -> Access:
    with open_session() as session:
        return an_access(session)


def test_a_device_is_told_how_long_to_wait_and_may_go_on_in_the_next_minute(device):
    for _ in range(3):
        count(device)
    with pytest.raises(TooFast) as refused:
        count(device)
    assert refused.value.extra == {"retry_after": 45}
    count(device, NOON + timedelta(seconds=45))


def test_what_is_refused_is_not_counted(device):
    for _ in range(3):
        count(device)
    for _ in range(5):
        with pytest.raises(TooFast):
            count(device)
    with open_session(read_only=True) as session:
        assert session.scalars(select(Rate.count)).all() == [3]


def test_people_and_devices_have_limits_of_their_own_and_nobody_uses_up_anothers(device, curator):
    for _ in range(3):
        count(device)
    for _ in range(4):
        count(curator)
    for access in (device, curator):
        with pytest.raises(TooFast):
            count(access)


def test_uploads_leave_room_for_predictions(device):
    for _ in range(3):
        count(device)
    with open_session() as session:
        count_prediction(session, device, FEW, NOON)


def test_zero_is_without_a_limit_and_writes_nothing(device):
    for _ in range(20):
        count(device, rates=Rates(people=0, devices=0))
    with open_session(read_only=True) as session:
        assert session.scalars(select(Rate)).all() == []


def test_of_many_at_the_same_moment_exactly_the_limit_goes_through(device):
    barrier, outcomes = threading.Barrier(8), []

    def send() -> None:
        barrier.wait(30)
        try:
            count(device)
        except TooFast:
            outcomes.append("refused")
        else:
            outcomes.append("taken")

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["refused"] * 5 + ["taken"] * 3
