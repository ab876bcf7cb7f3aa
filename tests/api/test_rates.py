"""Who sends too fast is told so before a byte of the body is read, by whichever replica is asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
import time_machine
from fastapi.testclient import TestClient

from api import create_api
from db.models import Scope, utc_now
from db.session import open_session
from settings import get_settings
from tests.apart import run_async
from tests.api.test_sign_in import make
from tests.factories import a_jpeg, a_media, an_access
from tests.product import ROOT


@pytest.fixture(autouse=True)
def few(installation, configure, monkeypatch):
    """Two a minute, in a minute that does not end meanwhile."""
    configure(DEVICE_UPLOADS_PER_MINUTE="2", UPLOADS_PER_MINUTE="2")
    with time_machine.travel("2026-08-12T12:00:20Z", tick=False):
        # PostgreSQL's own clock goes on.
        monkeypatch.setattr("api.rates.database_now", lambda _session: utc_now())
        yield


def upload(client: TestClient, headers: dict[str, str], number: int):
    content = a_jpeg(64 + number, 64)
    return client.post("/uploads", headers=headers, files={"file": ("frame.jpg", content)})


@pytest.mark.parametrize("scope", [Scope.DEVICE, Scope.USER])
def test_one_upload_too_many_is_refused_with_the_time_to_wait(client, caller, scope):
    headers = caller(scope)
    assert [upload(client, headers, number).status_code for number in range(2)] == [201, 201]
    refused = upload(client, headers, 2)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_fast")
    assert refused.headers["Retry-After"] == "40"
    assert upload(client, caller(scope), 3).status_code == 201


def test_another_replica_counts_on(client, caller):
    headers = caller(Scope.DEVICE)
    with TestClient(create_api(get_settings(), takes_cookies=False)) as replica:
        assert [upload(each, headers, n).status_code for n, each in enumerate((client, replica))] == [
            201,
            201,
        ]
        assert [upload(each, headers, n + 2).status_code for n, each in enumerate((client, replica))] == [
            429,
            429,
        ]


def ask_without_a_body(path: str, headers: dict[str, str]) -> int:
    """The status of an answer that comes although nobody sends a body; fails when one is asked for."""
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        raise AssertionError("The body was read.")

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    told = {**headers, "Content-Type": "multipart/form-data; boundary=b", "Content-Length": "1000000"}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in told.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8080),
    }
    run_async(create_api(get_settings(), takes_cookies=False)(scope, receive, send))
    return statuses[0]


def test_no_upload_route_reads_the_body_of_one_who_sends_too_fast(client, caller):
    with open_session() as session:
        access = an_access(session)
        media = a_media(session)
    headers = caller(access=access)
    created = client.post("/media", headers=headers, json={"type": "image"}).json()["id"]
    empty = client.post("/annotations", headers=headers, json={"media_id": media.id}).json()["id"]
    for number in range(2):
        assert upload(client, headers, number).status_code == 201
    for path in ("/uploads", "/archives", f"/media/{created}/upload", f"/annotations/{empty}/upload"):
        assert ask_without_a_body(path, headers) == 429, path


def test_predictions_are_counted_apart_from_uploads(client, caller):
    with open_session() as session:
        media_id = a_media(session).id
    headers = caller()
    one = {"model": "smoke 1", "shapes": []}
    first = client.post(f"/media/{media_id}/predictions", headers=headers, json=one)
    many = client.post("/predictions", headers=headers, json=[{**one, "media_id": media_id}])
    assert (first.status_code, many.status_code) == (201, 200)
    refused = client.post(f"/media/{media_id}/predictions", headers=headers, json=one)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "40")
    assert upload(client, headers, 0).status_code == 201


GUESSES = """
import json, sys
from api.login import check_password
from curation.errors import NotSignedIn, TooManyAttempts
said = []
sys.stdin.readline()
for _ in range(4):
    try:
        check_password(sys.argv[1], "not this one", "192.0.2.7")
    except (NotSignedIn, TooManyAttempts) as refusal:
        said.append(type(refusal).__name__)
print(json.dumps(said))
"""


def test_two_processes_count_failed_sign_ins_together(installation):
    login = make().login
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    guessing = [
        subprocess.Popen(
            [sys.executable, "-c", GUESSES, login],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in guessing:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [word for process in guessing for word in json.loads(process.communicate(timeout=60)[0])]
    assert sorted(said) == ["NotSignedIn"] * 5 + ["TooManyAttempts"] * 3
