"""Database or bucket away: a 503 and a sentence, then recovery without a restart."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.applications import Starlette

from api.gate import Gate
from api.readiness import FRESH_SECONDS
from curation.sign_in import COOKIE
from db.session import get_engine, open_session
from storage import open_bucket
from tests.factories import a_jpeg, a_media
from tests.s3_server import BUCKET_NAME, start_rclone


@pytest.fixture
def s3_server(tmp_path):
    server = start_rclone(tmp_path / "s3")
    yield server
    server.stop()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_bucket_that_goes_away_and_comes_back(client, caller, configure, s3_server):
    configure(
        S3_ENDPOINT_URL=s3_server.endpoint_url,
        S3_ACCESS_KEY=s3_server.access_key,
        S3_SECRET_KEY=s3_server.secret_key,
        BUCKET_NAME=BUCKET_NAME,
    )
    open_bucket().prepare()
    headers, content = caller(), a_jpeg()

    def send():
        return client.post("/uploads", headers=headers, files={"file": ("a.jpg", content)})

    s3_server.stop()
    away = send()
    assert (away.status_code, away.json()["code"]) == (503, "unavailable")
    assert int(away.headers["Retry-After"]) > 0
    assert client.get("/health").status_code == 200
    assert client.get("/ready").status_code == 503
    assert client.get("/media/", headers=headers).json() == []
    s3_server.start_again()
    assert send().status_code == 201
    time.sleep(FRESH_SECONDS)  # an answer counts for so long
    assert client.get("/ready").status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_locked_sqlite_is_a_503_and_never_a_trace(client, caller):
    with open_session() as session:
        media_id = a_media(session).id
    headers = caller()
    blocker = get_engine().raw_connection()
    blocker.driver_connection.execute("BEGIN IMMEDIATE")
    try:
        answer = client.post(f"/media/{media_id}/annotations", headers=headers, json={})
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert "locked" not in answer.text
        assert client.get(f"/media/{media_id}", headers=headers).status_code == 200, "readers go on"
    finally:
        blocker.driver_connection.execute("ROLLBACK")
        blocker.close()
    assert client.post(f"/media/{media_id}/annotations", headers=headers, json={}).status_code == 201


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_vanishes_and_comes_back(client, caller, installation, tmp_path):
    headers = caller()
    with no_database(tmp_path):
        away = client.get("/media/", headers=headers)
        assert (away.status_code, away.json()["code"]) == (503, "unavailable")
        assert client.get("/ready").status_code == 503
    assert client.get("/media/", headers=headers).status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_gate_says_that_the_database_is_away(installation, tmp_path, caplog):
    gate = Gate(Starlette(), public_url="http://testserver")
    with TestClient(gate, raise_server_exceptions=False, cookies={COOKIE: "somebody"}) as client:
        assert client.get("/media/picture").status_code == 401
        assert not caplog.records
        with no_database(tmp_path):
            away = client.get("/media/picture")
    assert [record.getMessage() for record in caplog.records if record.name == "api.gate"] == [
        "database away: OperationalError SQLITE_CANTOPEN: unable to open database file"
    ]
    assert (away.status_code, away.json()["code"]) == (503, "unavailable")
    assert int(away.headers["Retry-After"]) > 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_picture_that_is_not_what_was_stored_never_arrives_whole(client, caller, installation):
    headers, content = caller(), a_jpeg(900, 600)
    sent = client.post("/uploads", headers=headers, files={"file": ("fire.jpg", content)}).json()
    address = f"/media/{sent['media']['id']}/picture?size=original"
    (stored,) = (installation.data_dir / "bucket" / "media").rglob("*.jpg")
    stored.write_bytes(content[:-9] + b"?" + content[-8:])
    cut = client.get(address, headers=headers)
    assert len(cut.content) < int(cut.headers["Content-Length"])
    for damaged in (content[: len(content) // 2], content + b"more"):
        stored.write_bytes(damaged)
        answer = client.get(address, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "content_missing")
        assert client.head(address, headers=headers).status_code == 404
    stored.write_bytes(content)
    assert client.get(address, headers=headers).content == content


@contextmanager
def no_database(folder: Path) -> Iterator[None]:
    """SQLite's files are gone while the block runs."""
    path = folder / "vigie.db"
    get_engine().dispose()
    for part in folder.glob("vigie.db*"):
        shutil.move(part, folder / f"away-{part.name}")
    path.mkdir()
    yield
    path.rmdir()
    for part in folder.glob("away-vigie.db*"):
        shutil.move(part, folder / part.name.removeprefix("away-"))
