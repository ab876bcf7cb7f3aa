"""Storage checks over HTTP, and what strangers are told about the storage."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import update

from api import readiness
from api.readiness import FRESH_SECONDS
from curation.jobs import run_one
from curation.storage_checks.asking import STORAGE_CHECK, make_asked_check
from curation.storage_checks.due import check_if_due
from curation.storage_checks.looking import Place
from curation.storage_checks.marker import MARKER_KEY, settle
from db.models import Installation, Scope, StorageCheck, utc_now
from db.session import get_engine, open_session
from db.turns import held_turn
from storage import open_bucket
from tests.factories import a_jpeg


@pytest.fixture
def place(installation) -> Place:
    settle(open_session, open_bucket())
    return Place("media", "annotations", installation.data_dir / "spool")


def work(place):
    return run_one(
        open_session,
        {STORAGE_CHECK: lambda check_id: make_asked_check(open_session, open_bucket(), place, check_id)},
    )


def test_a_check_is_asked_for_made_in_the_background_and_read(client, caller, place, installation):
    admin = caller(Scope.ADMIN)
    media = [
        client.post("/uploads", headers=caller(), files={"file": ("a.jpg", a_jpeg())}).json()["media"]
        for _ in range(2)
    ]
    asked = client.post("/storage/checks", headers=admin, json={"deep": True, "repair": True})
    assert (asked.status_code, asked.json()["outcome"]) == (202, "running")
    again = client.post("/storage/checks", headers=admin, json={})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")

    (installation.data_dir / "bucket" / media[0]["bucket_key"]).unlink()
    assert work(place)
    check = client.get(f"/storage/checks/{asked.json()['id']}", headers=admin).json()
    assert check["outcome"] == "drift"
    assert check["found"] == {"object_missing": 1}
    assert check["examples"]["object_missing"][0]["media"] == [media[0]["id"]]
    assert client.get("/storage/checks", headers=admin).json() == [check]

    gone = client.get(f"/media/{media[0]['id']}/picture", headers=caller())
    assert (gone.status_code, gone.json()["code"]) == (410, "content_gone")
    assert client.get(f"/media/{media[1]['id']}/picture", headers=caller()).status_code == 200


def test_lists_of_checks_are_paged(client, caller, place):
    admin = caller(Scope.ADMIN)
    for _ in range(3):
        client.post("/storage/checks", headers=admin, json={})
        assert work(place)
    first = client.get("/storage/checks?limit=2", headers=admin)
    assert len(first.json()) == 2
    rest = client.get(first.links["next"]["url"], headers=admin)
    assert len(rest.json()) == 1 and "next" not in rest.links


@pytest.mark.parametrize("scope", [Scope.VIEWER, Scope.USER, Scope.DEVICE])
def test_checks_are_for_admins(client, caller, place, scope):
    headers = caller(scope)
    assert client.get("/storage/checks", headers=headers).status_code == 403
    assert client.get("/storage/checks/1", headers=headers).status_code == 403
    assert client.post("/storage/checks", headers=headers, json={}).status_code == 403


def test_while_another_process_checks_none_is_asked_for(client, caller, place):
    with held_turn(open_session, "storage-check", seconds=30):
        answer = client.post("/storage/checks", headers=caller(Scope.ADMIN), json={})
    assert answer.status_code == 409


def test_checks_come_by_themselves_every_hour_and_a_deep_one_every_week(place):
    assert check_if_due(open_session, open_bucket(), place) is None
    make_older(Installation, created_at=timedelta(hours=2))
    assert check_if_due(open_session, open_bucket(), place) is not None
    assert check_if_due(open_session, open_bucket(), place) is None
    make_older(StorageCheck, started_at=timedelta(hours=2))
    make_older(Installation, created_at=timedelta(days=8))
    assert check_if_due(open_session, open_bucket(), place) is not None
    with open_session(read_only=True) as session:
        assert [check.deep for check in session.query(StorageCheck).order_by(StorageCheck.id)] == [
            False,
            True,
        ]


def make_older(table, **by):
    with open_session() as session:
        session.execute(update(table).values({name: utc_now() - age for name, age in by.items()}))


def test_a_check_whose_process_was_killed_is_given_up(client, caller, place):
    admin = caller(Scope.ADMIN)
    with open_session() as session:
        session.add(StorageCheck(deep=False, repair=False, last_seen_at=utc_now() - timedelta(hours=1)))
    assert client.post("/storage/checks", headers=admin, json={}).status_code == 202
    given_up = client.get("/storage/checks", headers=admin).json()[1]
    assert (given_up["outcome"], given_up["problem"]) == ("failed", "It was interrupted before it had ended.")


def test_ready_is_no_with_the_bucket_of_another_installation_and_says_no_more(client, place, installation):
    assert client.get("/ready").status_code == 200
    (installation.data_dir / "bucket" / MARKER_KEY).write_text('{"installation": "another"}')
    answer = ask_in_a_moment(client)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "another" not in answer.text
    assert "Retry-After" in answer.headers


def test_ready_is_no_with_a_bucket_that_takes_nothing(client, place, installation):
    assert client.get("/ready").status_code == 200
    open_bucket.cache_clear()
    folder = installation.data_dir / "bucket"
    (folder / "self-test").mkdir(exist_ok=True)
    (folder / "self-test").rmdir()
    (folder / "self-test").write_text("a file where a folder should be")
    assert ask_in_a_moment(client).status_code == 503
    (folder / "self-test").unlink()
    assert ask_in_a_moment(client).status_code == 200


def ask_in_a_moment(client):
    """What it says once the last answer counts no more."""
    time.sleep(FRESH_SECONDS)
    return client.get("/ready")


@pytest.mark.usefixtures("place")
def test_however_often_strangers_ask_the_database_is_asked_once_in_a_while(client, monkeypatch):
    asked, ask_database = [], readiness._ask_database

    def ask():
        asked.append(time.monotonic())
        time.sleep(0.3)
        ask_database()

    monkeypatch.setattr(readiness, "_ask_database", ask)
    answers = []
    asking = [
        threading.Thread(target=lambda: answers.append(client.get("/ready").status_code)) for _ in range(8)
    ]
    for one in asking:
        one.start()
    for one in asking:
        one.join(30)
    assert answers == [200] * 8
    assert client.get("/ready").status_code == 200
    assert len(asked) == 1
    assert ask_in_a_moment(client).status_code == 200
    assert len(asked) == 2


def hold_what_readiness_writes():
    """Somebody who holds that row, or the whole of SQLite."""
    connection = get_engine().raw_connection()
    statement = "UPDATE installation SET name = name"
    connection.cursor().execute("BEGIN IMMEDIATE" if get_engine().dialect.name == "sqlite" else statement)
    return connection


@pytest.mark.usefixtures("place")
def test_ready_answers_in_time_while_the_database_takes_nothing_and_soon_after(client):
    holder = hold_what_readiness_writes()
    began = time.monotonic()
    answers = []

    def ask():
        answers.append(client.get("/ready").status_code)

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for one in asking:
        one.start()
    for one in asking:
        one.join(30)
    assert answers == [503, 503, 503]
    assert time.monotonic() - began < 15
    holder.rollback()
    holder.close()
    deadline = time.monotonic() + 20
    while client.get("/ready").status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
