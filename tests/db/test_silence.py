"""A PostgreSQL server that falls silent, seen through a relay that stops passing bytes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from db.outages import OutcomeUnknown
from db.session import make_engine, open_session
from tests.faults.relay import Relay


@pytest.fixture
def relay(postgresql_url: str) -> Iterator[Relay]:
    url = make_url(postgresql_url)
    host = str(url.query.get("host") or "")
    relay = Relay(Path(host) / f".s.PGSQL.{url.port or 5432}" if host else url.port or 5432)
    yield relay
    relay.close()


@pytest.fixture
def engine(postgresql_url: str, relay: Relay) -> Iterator[Engine]:
    behind = make_url(postgresql_url).set(host="127.0.0.1", port=relay.port, query={})
    engine = make_engine(behind.render_as_string(hide_password=False))
    yield engine
    engine.dispose()


def ask(engine: Engine, question: str = "SELECT 1") -> object:
    with engine.connect() as connection:
        return connection.scalar(text(question))


def in_use(engine: Engine) -> int:
    assert isinstance(engine.pool, QueuePool)
    return engine.pool.checkedout()


def refused_after(engine: Engine) -> float:
    begun = time.monotonic()
    with pytest.raises(OperationalError):
        ask(engine)
    return time.monotonic() - begun


@pytest.mark.timeout(60)
def test_nobody_waits_for_a_server_that_has_fallen_silent(engine: Engine, relay: Relay) -> None:
    with ThreadPoolExecutor(15) as threads:
        list(threads.map(lambda _: ask(engine, "SELECT pg_sleep(0.2)"), range(15)))
        relay.hang = True
        waited = list(threads.map(lambda _: refused_after(engine), range(30)))
    assert max(waited) < 10
    assert refused_after(engine) < 10, "neither does a connection that is made anew"
    assert in_use(engine) == 0
    relay.hang = False
    time.sleep(1.1)  # what has just failed is not tried again for a second
    assert ask(engine) == 1


@pytest.mark.timeout(60)
def test_a_statement_under_way_is_given_up_with_the_server(engine: Engine, relay: Relay) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
        relay.hang = True
        with pytest.raises(OperationalError):
            connection.scalar(text("SELECT 2"))
        assert connection.invalidated
    relay.hang = False
    assert in_use(engine) == 0


@pytest.mark.timeout(60)
def test_a_slow_statement_is_waited_for_while_the_server_answers_others(engine: Engine, relay: Relay) -> None:
    before = relay.connections
    assert ask(engine, "SELECT 7 FROM pg_sleep(5)") == 7
    assert relay.connections > before + 1, "somebody knocked meanwhile"


@pytest.mark.timeout(60)
def test_a_server_that_refuses_is_told_at_once_and_found_again(engine: Engine, relay: Relay) -> None:
    assert ask(engine) == 1
    relay.refuse()
    assert refused_after(engine) < 10
    relay.accept()
    time.sleep(1.1)
    assert ask(engine) == 1


@pytest.mark.timeout(60)
def test_a_commit_whose_outcome_is_lost_says_so(engine: Engine, relay: Relay) -> None:
    with open_session(engine=engine) as session:
        session.execute(text("DROP TABLE IF EXISTS kept"))
        session.execute(text("CREATE TABLE kept (what text)"))
    relay.lose_answer_to = b"COMMIT"
    with pytest.raises(OutcomeUnknown), open_session(engine=engine) as session:
        session.execute(text("INSERT INTO kept VALUES ('the answer was lost')"))
    relay.lose_request = b"COMMIT"
    with pytest.raises(OutcomeUnknown), open_session(engine=engine) as session:
        session.execute(text("INSERT INTO kept VALUES ('the commit itself was lost')"))
    with engine.connect() as connection:
        assert connection.scalars(text("SELECT what FROM kept")).all() == ["the answer was lost"]


@pytest.mark.timeout(60)
def test_what_fails_before_its_commit_was_not_stored(engine: Engine, relay: Relay) -> None:
    relay.lose_request = b"SELECT 3"
    with pytest.raises(OperationalError) as raised, open_session(engine=engine) as session:
        session.execute(text("SELECT 3"))
    assert not isinstance(raised.value, OutcomeUnknown)
