"""Turns: one process at a time, by the clock, on both databases."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from db.models import Turn, utc_now
from db.session import open_session
from db.turns import give_back_turn, held_turn, new_holder, renew_turn, take_turn, turn_until


def test_a_turn_is_one_holders_until_it_is_given_back(session):
    assert take_turn(session, "clean-up", "one", 60)
    assert not take_turn(session, "clean-up", "two", 60)
    assert take_turn(session, "storage-check", "two", 60), "another kind of work"
    give_back_turn(session, "clean-up", "two")
    assert not take_turn(session, "clean-up", "two", 60), "nobody gives back what is another's"
    give_back_turn(session, "clean-up", "one")
    assert turn_until(session, "clean-up") is None
    assert take_turn(session, "clean-up", "two", 60)


def test_who_has_a_turn_takes_and_renews_it_again_and_nobody_else_does(session):
    assert take_turn(session, "clean-up", "one", 60)
    assert take_turn(session, "clean-up", "one", 120)
    assert renew_turn(session, "clean-up", "one", 600)
    until = turn_until(session, "clean-up")
    assert until is not None and until > utc_now() + timedelta(seconds=500)
    assert not renew_turn(session, "clean-up", "two", 600)
    assert not renew_turn(session, "storage-check", "one", 600), "never taken"


def test_a_turn_whose_time_is_over_is_free(session):
    assert take_turn(session, "clean-up", "killed", 60)
    session.execute(update(Turn).values(expires_at=utc_now() - timedelta(seconds=1)))
    assert turn_until(session, "clean-up") is None
    assert take_turn(session, "clean-up", "next", 60)
    assert not renew_turn(session, "clean-up", "killed", 60)


@pytest.mark.parametrize("over", [False, True])
def test_of_many_at_once_one_gets_the_turn(installation, over):
    if over:
        with open_session() as session:
            session.add(Turn(name="clean-up", holder="killed", expires_at=utc_now() - timedelta(1)))
    start = threading.Barrier(8)
    got: list[str] = []

    def come(holder: str) -> None:
        start.wait(30)
        with open_session() as session:
            if take_turn(session, "clean-up", holder, 60):
                got.append(holder)

    threads = [threading.Thread(target=come, args=(new_holder(),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with open_session(read_only=True) as session:
        assert session.scalars(select(Turn.holder)).all() == got
    assert len(got) == 1


def test_a_turn_that_is_held_lasts_as_long_as_the_work_and_no_longer(installation):
    with held_turn(open_session, "clean-up", seconds=0.4) as turn:
        assert turn is not None
        assert not turn.lost.wait(1.2), "renewed meanwhile"
        with held_turn(open_session, "clean-up", seconds=0.4) as second:
            assert second is None
    with open_session(read_only=True) as session:
        assert session.scalars(select(Turn)).all() == []


def test_who_lost_a_turn_is_told_and_leaves_it_to_the_other(installation):
    with held_turn(open_session, "clean-up", seconds=0.4) as turn:
        with open_session() as session:
            session.execute(update(Turn).values(holder="other", expires_at=utc_now() + timedelta(1)))
        assert turn.lost.wait(30)
    with open_session(read_only=True) as session:
        assert session.scalars(select(Turn.holder)).all() == ["other"]


def test_a_turn_is_lost_when_the_database_is_away_for_too_long(installation):
    away = threading.Event()

    @contextmanager
    def sessions(*, read_only=False):
        if away.is_set():
            raise OperationalError("SELECT 1", {}, OSError("it does not answer"))
        with open_session(read_only=read_only) as session:
            yield session

    with held_turn(sessions, "clean-up", seconds=0.4) as turn:
        away.set()
        assert turn.lost.wait(30)
        away.clear()
