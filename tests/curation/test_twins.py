"""Near twins that come, and go, at the same moment; and how those of many media are found."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from curation import twin_decisions
from curation.browse import conditions
from curation.media_filter import MediaFilter
from curation.spool import Spool
from curation.states import LIVE_STATES
from curation.twins import list_groups
from curation.uploads import register_media
from db.models import Access, Media, NearTwin, State, TwinAnswer, TwinDecision
from db.session import get_engine, open_session
from db.streaming import be_patient
from db.types import Sessions
from storage import open_bucket
from tests.conftest import Installation
from tests.factories import a_media, an_access
from tests.views import a_view

BLOCKED_AFTER = 1.0  # seconds


class Late:
    """Sessions of somebody who has written what makes a media visible, and has yet to commit it."""

    def __init__(self) -> None:
        self.written, self.go_on = threading.Event(), threading.Event()

    @contextmanager
    def sessions(self, *, read_only: bool = False) -> Iterator[Session]:
        with open_session(read_only=read_only) as session:
            yield session
            if not read_only and session.scalar(select(Media.id)) is not None:
                self.written.set()
                self.go_on.wait(10)


@pytest.fixture
def access(installation: Installation) -> Access:
    with open_session() as session:
        return an_access(session)


@pytest.fixture
def send(installation: Installation, access: Access):
    """Upload a picture beside whatever else is done."""
    begun: list[threading.Thread] = []

    def upload(content: bytes, sessions: Sessions = open_session) -> threading.Thread:
        def register() -> None:
            with Spool(installation.data_dir / "spool", limit=2**25) as spool:
                spool.write(content)
                register_media(sessions, open_bucket(), access, spool.finish(), file_name="a.jpg")

        begun.append(threading.Thread(target=register))
        begun[-1].start()
        return begun[-1]

    yield upload
    for thread in begun:
        thread.join(10)


def test_two_that_are_stored_at_the_same_moment_are_paired(send) -> None:
    late = Late()
    first = send(a_view(1), late.sessions)
    assert late.written.wait(10)
    second = send(a_view(1, quality=60))
    second.join(BLOCKED_AFTER)
    late.go_on.set()
    first.join(10)
    second.join(10)
    with open_session(read_only=True) as session:
        ids = session.scalars(select(Media.id).order_by(Media.id)).all()
        pairs = [(pair.other_id, pair.media_id) for pair in session.scalars(select(NearTwin))]
    assert pairs == [tuple(ids)]


def test_what_looks_otherwise_waits_for_nobody(send) -> None:
    if get_engine().dialect.name != "postgresql":
        pytest.skip("on SQLite one writes at a time")
    late = Late()
    send(a_view(1), late.sessions)
    assert late.written.wait(10)
    other = send(a_view(2))
    other.join(10)
    waits = other.is_alive()
    late.go_on.set()
    assert not waits


@pytest.fixture
def led_by_one_that_is_gone(access: Access) -> list[int]:
    """The ids of a media that was rejected, and of two that look like it and came later."""
    with open_session() as session:
        media = [a_media(session, uploaded_by=access) for _ in range(3)]
        session.flush()
        media[0].state = State.REJECTED
        for later in media[1:]:
            session.add(NearTwin(media_id=later.id, other_id=media[0].id, distance=1))
        return [one.id for one in media]


def reject(media_ids: list[int]) -> None:
    with open_session() as session:
        session.execute(update(Media).where(Media.id.in_(media_ids)).values(state=State.REJECTED))


def test_a_group_whose_last_go_while_it_is_listed_is_left_out(access, led_by_one_that_is_gone) -> None:
    with open_session(read_only=True) as session:
        asked = session.execute

        def execute(*given, **options):
            found = asked(*given, **options).freeze()()
            session.execute = asked
            reject(led_by_one_that_is_gone[1:])
            return found

        session.execute = execute
        groups = list_groups(session, access).groups
        is_still_there = session.get_one(Media, led_by_one_that_is_gone[1]).state in LIVE_STATES
    # SQLite's transactions see one moment throughout.
    assert len(groups) == is_still_there == (get_engine().dialect.name == "sqlite")


def test_a_group_whose_last_go_while_it_is_decided_about_is_left_out(
    access, led_by_one_that_is_gone, monkeypatch
) -> None:
    if get_engine().dialect.name == "sqlite":
        pytest.skip("nobody else writes while somebody decides")
    asked = twin_decisions._first_and_last

    def first_and_last(*given):
        reject(led_by_one_that_is_gone[1:])
        return asked(*given)

    monkeypatch.setattr(twin_decisions, "_first_and_last", first_and_last)
    with open_session() as session:
        first = led_by_one_that_is_gone[0]
        assert twin_decisions._open_pairs(session, [first]) == []


@pytest.fixture
def many(access: Access) -> list[int]:
    """The ids of media of which some are gone, and some look like each other."""
    chance = random.Random(7)
    with open_session() as session:
        media = [a_media(session, uploaded_by=access) for _ in range(60)]
        decision = TwinDecision(access_id=access.id, answer=TwinAnswer.KEPT, detail={})
        session.add(decision)
        session.flush()
        for later in range(1, 60):
            for first in chance.sample(range(later), k=min(later, chance.choice((0, 0, 1, 2)))):
                decided = decision.id if chance.random() < 0.3 else None
                session.add(
                    NearTwin(
                        media_id=media[later].id, other_id=media[first].id, distance=1, decision_id=decided
                    )
                )
        for one in media:
            one.state = chance.choice((State.NEW, State.ACCEPTED, State.REJECTED))
        return [one.id for one in media]


def test_the_filter_finds_those_with_one_they_look_like_or_stand_in_for_the_first_with(access, many) -> None:
    with open_session(read_only=True) as session:
        state = {media.id: media.state for media in session.scalars(select(Media))}
        pairs = session.execute(
            select(NearTwin.media_id, NearTwin.other_id).where(NearTwin.decision_id.is_(None))
        ).all()
        expected = set()
        for later, first in pairs:
            others = [one for one, of in pairs if of == first and one != later and state[one] in LIVE_STATES]
            if state[later] in LIVE_STATES and (state[first] in LIVE_STATES or others):
                expected |= {one for one in (later, first) if state[one] in LIVE_STATES}
        found, left = (
            set(session.scalars(select(Media.id).where(*conditions(access, MediaFilter(near_twins=wanted)))))
            for wanted in (True, False)
        )
    assert 10 < len(expected) < 50
    assert found == expected
    assert left == set(many) - expected


@pytest.mark.parametrize("wanted", [MediaFilter(near_twins=True), MediaFilter(acted_by="somebody")])
def test_where_an_export_walks_no_list_is_gone_through_for_each_media(access, many, wanted) -> None:
    """PostgreSQL would compare each of a million media with each of a hundred thousand pairs."""
    engine = get_engine()
    if engine.dialect.name == "sqlite":
        pytest.skip("it walks as it always does")
    walk = select(Media.id).where(*conditions(access, wanted)).order_by(Media.id)
    literal = walk.compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True})
    with open_session(read_only=True) as session:
        be_patient(session)
        plan = "\n".join(session.scalars(text(f"EXPLAIN {literal}")))
    assert "SubPlan" in plan and "Semi Join" not in plan
