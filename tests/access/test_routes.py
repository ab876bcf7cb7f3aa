"""Every route of both doors, asked by everybody there is: each answer is the one that the table promises."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.routing import Mount

from api import create_api
from settings import get_settings
from tests.access.callers import Caller, bearer_of, others, refused, scopes
from tests.access.report import note
from tests.access.routes import ALONE, DASHBOARD, MATRIX, Row, rows_of
from tests.access.world import ABSENT, World
from tests.apart import run_async

DOORS = (ALONE, DASHBOARD)
# Everybody at every row of both doors on both databases; without it the many kinds of callers take turns.
FULL = bool(os.environ.get("ACCESS_FULL"))
# What stands in paths that have no id of ours in them.
WORDS = {"a file of the documentation": "swagger-ui.css", "nowhere": "nothing/here"}


class Door:
    """One of the two ways to the API, asked row by row."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.api = create_api(get_settings(), takes_cookies=name == DASHBOARD)
        app = Starlette(routes=[Mount("/api", self.api)]) if name == DASHBOARD else self.api
        self.client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
        self.root = "/api" if name == DASHBOARD else ""

    def ask(self, row: Row, caller: Caller, world: World, *, slash: bool = False):
        """Send what the row says, with the ids of this world."""
        ids = {name: WORDS.get(what) or world[what] for name, what in row.ids.items()}
        address = f"{self.root}{row.route.format(**ids)}{'/' if slash else ''}{world.fill_text(row.query)}"
        # A client that keeps cookies would be signed in by the row that redeems a ticket.
        self.client.cookies.clear()
        own = {"X-Vigie": "1"} if row.route in ("/login/redeem", "/login/forget") else {}
        return self.client.request(
            row.method,
            address,
            **world.fill(dict(row.body)),
            headers={**own, **row.headers, **caller.headers},
        )


def routes_of(api: FastAPI) -> set[tuple[str, str]]:
    """Method and path of everything the application answers, mounted applications included."""
    found = set()
    for context in iter_route_contexts(api.routes):
        path = re.sub(r":path\}", "}", context.path_format or "")
        for method in context.methods or {"GET"}:
            found.add((method, path))
    return found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("door", DOORS)
def test_every_route_has_a_row_and_every_row_a_route(installation, door):
    api = create_api(get_settings(), takes_cookies=door == DASHBOARD)
    assert {(row.method, row.route) for row in rows_of(door)} == routes_of(api)


def answers_of(door: Door, row: Row, caller: Caller, world: World, *, slashes: bool) -> list[str]:
    """Ask, also with a slash at the end where that changes nothing more; what is wrong with the answers."""
    expected = caller.expected(row, door.name)
    repeatable = expected >= 400 or row.method in ("GET", "HEAD")
    found = []
    for slash in (False, True) if slashes and repeatable and row.route != "/{path}" else (False,):
        answer = door.ask(row, caller, world, slash=slash)
        note(requests=1, caller=f"{door.name}: {caller.name}", route=f"{row.method} {row.route}")
        said = f"{door.name}: {row}{'/' if slash else ''} by {caller.name}"
        if answer.status_code != expected:
            found.append(f"{said}: {answer.status_code}, not {expected}: {answer.text[:200]!r}")
        elif expected >= 400 and row.method != "HEAD":
            told = answer.json() if answer.headers["content-type"] == "application/json" else {}
            if not set(told) >= {"detail", "code"} or len(told["detail"]) < 10:
                found.append(f"{said}: no sentence and code: {answer.text[:200]!r}")
    return found


def walk(door: Door, callers: Sequence[Caller], *, at_once: int | None = None, slashes: bool = False) -> None:
    """Ask every row as each of these callers, or in turns as some of them; nothing may differ from the table."""
    kept = World(None, keep=True)
    wrong: list[str] = []
    turn = 0
    for row in rows_of(door.name):
        asking = callers
        if at_once is not None and not FULL:
            asking = [callers[(turn + number) % len(callers)] for number in range(at_once)]
            turn += at_once
        # Those who are refused come first: what the others do may change what is there.
        for known in sorted(asking, key=lambda one: -one.expected(row, door.name)):
            caller = known
            changes = caller.expected(row, door.name) < 400 and row.method not in ("GET", "HEAD")
            if changes and row.ends_caller:
                if caller.cookie or caller.access is None:
                    continue  # in tests of signing out
                caller = replace(caller, headers=bearer_of(caller.access))
            fresh = changes or (caller.access is not None and row.is_about_caller)
            wrong += answers_of(door, row, caller, World(caller.access) if fresh else kept, slashes=slashes)
    note(mismatches=len(wrong))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("door", DOORS)
def test_each_scope_is_answered_as_the_table_says(installation, door):
    if not FULL and installation.database_url.startswith("sqlite") != (door == ALONE):
        pytest.skip("each door on one database; on both with ACCESS_FULL=1")
    walk(Door(door), scopes(), slashes=FULL or door == DASHBOARD)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("door", DOORS)
def test_each_way_of_coming_is_answered_as_the_table_says(installation, door):
    walk(Door(door), others(), at_once=3)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("door", DOORS)
def test_what_has_ended_or_never_was_opens_nothing(installation, door):
    walk(Door(door), refused(), at_once=4)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("door", DOORS)
def test_what_is_hidden_reads_like_what_is_not_there(installation, door):
    """Ids of others' things are answered in the same words as ids that nobody has."""
    asked, compared, wrong = Door(door), 0, []
    for caller in scopes():
        for row in rows_of(door):
            if not row.ids or caller.expected(row, door) != 404 or row.open:
                continue
            world = World(caller.access)
            ids = {name: world[what] for name, what in row.ids.items()}
            hidden = asked.client.request(
                row.method, asked.root + row.route.format(**ids) + row.query,
                **world.fill(dict(row.body)), headers=dict(caller.headers),
            )  # fmt: skip
            absent = asked.client.request(
                row.method, asked.root + row.route.format(**dict.fromkeys(ids, ABSENT)) + row.query,
                **world.fill(dict(row.body)), headers=dict(caller.headers),
            )  # fmt: skip
            note(requests=2)
            compared += 1
            (number,) = ids.values()
            same = hidden.text.replace(str(number), "#") == absent.text.replace(str(ABSENT), "#")
            if absent.status_code != 404 or not same:
                wrong.append(f"{row} by {caller.name}: {hidden.text!r} and {absent.text!r}")
    note(mismatches=len(wrong))
    assert compared > 20
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("door", DOORS)
def test_who_may_not_send_is_refused_before_a_byte_is_read(installation, door):
    asked, tried = Door(door), 0

    def refuse(row: Row, caller: Caller, world: World) -> int:
        ids = {name: world[what] for name, what in row.ids.items()}
        path = asked.root + row.route.format(**ids)
        headers = {**caller.headers, "content-type": "multipart/form-data; boundary=x"}
        statuses: list[int] = []

        async def receive():
            raise AssertionError(f"{row}: the body was read")

        async def send(message):
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": row.method,
            "scheme": "http", "path": path, "raw_path": path.encode(),
            "query_string": row.query.removeprefix("?").encode(), "root_path": "",
            "headers": [(name.lower().encode(), text.encode()) for name, text in headers.items()],
            "client": ("127.0.0.1", 1), "server": ("testserver", 80),
        }  # fmt: skip
        run_async(asked.client.app(scope, receive, send))
        return statuses[0]

    for row in rows_of(door):
        if not row.streams:
            continue
        for caller in (*scopes(), *refused()[:3]):
            expected = caller.expected(row, door)
            if expected >= 400:
                assert refuse(row, caller, World(caller.access)) == expected, (str(row), caller.name)
                tried += 1
    assert tried > 20


def test_the_table_asks_as_every_column():
    assert all(len(row.statuses) == 5 for row in MATRIX)
    assert any(row.by_password for row in MATRIX) and any(row.streams for row in MATRIX)
