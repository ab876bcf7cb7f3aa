"""Exports of datasets over HTTP: asked for, watched, cancelled, and read whole or in parts."""

from __future__ import annotations

import hashlib
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from curation.datasets.files import growing_file
from curation.reviews import decide
from db.models import Decision, Event, Export, ExportState, Scope
from db.session import open_session
from settings import get_settings
from storage import open_bucket
from storage.self_test import put_bytes
from tests.exported import a_dataset, a_kept_export, an_asked_export, exported, make
from tests.factories import an_access, an_admin

CONTENT = bytes(range(256)) * 40


@pytest.fixture
def curator(installation):
    with open_session() as session:
        return an_access(session, login="curator")


@pytest.fixture
def headers(caller, curator):
    return caller(access=curator)


@pytest.fixture
def kept(curator):
    with open_session() as session:
        return a_kept_export(session, curator, CONTENT)


def test_an_export_is_asked_for_and_read_with_its_receipt(client, headers, curator):
    with open_session() as session:
        media = a_dataset(session, curator)
    body = {
        "format": "yolo",
        "filter": {"source": ["CAM-0", "CAM-1"], "sort": ["captured"]},
        "options": {"pictures": True, "split": {"train": 0.5, "val": 0.25, "test": 0.25, "seed": 7}},
    }
    asked = client.post("/exports", json=body, headers=headers)
    assert asked.status_code == 202
    made = make(curator, asked.json()["id"])

    shown = client.get(f"/exports/{made.id}", headers=headers).json()
    assert (shown["state"], shown["progress"], shown["filter"]) == (
        "ready",
        1.0,
        {"source": ["CAM-0", "CAM-1"]},
    )
    assert client.get("/exports", headers=headers).json() == [shown]
    file = client.get(f"/exports/{made.id}/file", headers=headers)
    assert hashlib.sha256(file.content).hexdigest() == shown["sha256"]
    assert file.headers["content-type"] == "application/zip"
    assert shown["file_name"] in file.headers["content-disposition"]
    receipt = client.get(f"/exports/{made.id}/receipt", headers=headers).json()
    assert receipt["asked"]["options"] == body["options"]
    assert receipt["media"] == shown["receipt"]["media"]
    assert receipt["media"]["in_scope"] == 4 < len(media)


def test_a_part_of_a_ready_export_is_given(client, headers, kept):
    address = f"/exports/{kept.id}/file"
    whole = client.get(address, headers=headers)
    etag = whole.headers["etag"]
    part = client.get(address, headers={**headers, "Range": "bytes=100-199", "If-Range": etag})
    rest = client.get(address, headers={**headers, "Range": "bytes=10000-"})
    other = client.get(address, headers={**headers, "Range": "bytes=100-", "If-Range": '"another"'})

    assert (part.status_code, part.content) == (206, CONTENT[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(CONTENT)}"
    assert (rest.status_code, rest.content) == (206, CONTENT[10000:])
    assert (other.status_code, other.content) == (200, CONTENT)
    assert client.get(address, headers={**headers, "If-None-Match": etag}).status_code == 304
    assert client.get(address, headers={**headers, "Range": "bytes=99999-"}).status_code == 416
    said = client.head(address, headers=headers).headers
    assert (said["content-length"], said["etag"]) == (str(len(CONTENT)), etag)


def test_a_part_of_an_export_that_was_begun_anew_is_given_to_who_names_its_beginning(client, headers, kept):
    with open_session() as session:
        session.get_one(Export, kept.id).attempts = 2
    address = f"/exports/{kept.id}/file"

    def answered(**condition):
        answer = client.get(address, headers={**headers, "Range": "bytes=100-", **condition})
        return answer.status_code, answer.content

    assert answered() == (200, CONTENT)
    assert answered(**{"If-Range": f'"export-{kept.id}-1"'}) == (200, CONTENT)
    assert answered(**{"If-Range": f'"{kept.sha256}"'}) == (206, CONTENT[100:])
    begun_with = f'"export-{kept.id}-2"'
    part = client.get(address, headers={**headers, "Range": "bytes=100-", "If-Range": begun_with})
    assert (part.status_code, part.content, part.headers["etag"]) == (206, CONTENT[100:], begun_with)


def test_what_is_sent_while_it_is_made_says_of_which_attempt_it_is(client, headers, curator):
    with open_session() as session:
        export = an_asked_export(session, curator, state=ExportState.RUNNING, attempts=3, size=len(CONTENT))
    path = growing_file(get_settings().data_dir / "spool", export.id, 3)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(CONTENT)
    asked = {**headers, "Range": "bytes=100-"}
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(client.get, f"/exports/{export.id}/file", headers=asked)
        until = time.monotonic() + 20
        while not downloads() and time.monotonic() < until:
            time.sleep(0.05)
        with open_session() as session:
            session.get_one(Export, export.id).state = ExportState.READY

    said = answer.result()
    assert (said.status_code, said.content) == (200, CONTENT)
    assert said.headers["etag"] == f'"export-{export.id}-3"'


def downloads():
    with open_session(read_only=True) as session:
        return session.scalars(select(Event.id).where(Event.name == "export_downloaded")).all()


def test_a_file_with_a_picture_withdrawn_since_is_not_given(client, headers, curator):
    with open_session() as session:
        media = a_dataset(session, curator)
    made = exported(curator, options={"pictures": True})
    address = f"/exports/{made.id}/file"
    assert client.get(address, headers=headers).status_code == 200
    with open_session() as session:
        decide(session, an_admin(session), media[0].id, Decision.WITHDRAWN)

    refused = client.get(address, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    assert "Ask for it again" in refused.json()["detail"]
    assert client.get(address, headers={**headers, "Range": "bytes=10-"}).status_code == 409
    assert client.get(f"/exports/{made.id}/receipt", headers=headers).status_code == 200


def test_a_file_that_changed_in_the_bucket_is_not_given_as_the_export(client, headers, kept):
    (stored,) = (found for found in bucket_files() if not found.endswith("receipt.json"))
    put_bytes(open_bucket(), stored, CONTENT[::-1])

    assert client.get(f"/exports/{kept.id}/file", headers=headers).content != CONTENT[::-1]
    open_bucket().delete(stored)
    assert client.get(f"/exports/{kept.id}/file", headers=headers).status_code == 404


def bucket_files():
    return [found.key for found in open_bucket().list("exports/")]


@pytest.mark.parametrize(
    ("state", "status"), [("failed", 409), ("cancelled", 409), ("expired", 404)], ids=str
)
def test_what_was_not_made_has_no_file(client, headers, curator, state, status):
    with open_session() as session:
        export = an_asked_export(session, curator, state=state)

    assert client.get(f"/exports/{export.id}/file", headers=headers).status_code == status
    assert client.get(f"/exports/{export.id}/receipt", headers=headers).status_code == 409


def test_what_nobody_has_begun_to_make_is_to_be_asked_for_again(client, headers, curator, monkeypatch):
    monkeypatch.setattr("curation.datasets.following.BEGINS_WITHIN", 0.1)
    with open_session() as session:
        export = an_asked_export(session, curator)

    answer = client.get(f"/exports/{export.id}/file", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert client.head(f"/exports/{export.id}/file", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "xls"},
        {"format": "coco", "filter": {"mood": ["good"]}},
        {"format": "coco", "options": {"per": "shape"}},
        {"format": "coco", "options": {"split": {"train": 0.5}}},
        {"format": "coco", "options": {"pictures": 1}},
        {"format": "coco", "since_at": "2026-08-12"},
        {"format": "coco", "since_at": "0001-01-01T00:00:00Z"},
        {"format": "coco", "since_at": "0001-01-01T00:00:00+14:00"},
        {"format": "coco", "since_at": "9999-12-31T23:59:59-14:00"},
        {"format": "coco", "since_at": "2190-01-01T00:00:00Z"},
        {"format": "coco", "colour": "red"},
        {},
    ],
    ids=json.dumps,
)
def test_what_is_not_understood_is_refused(client, headers, wrong):
    assert client.post("/exports", json=wrong, headers=headers).status_code == 422


def test_a_list_of_exports_is_paged_and_nobody_sees_others(client, headers, caller, curator):
    with open_session() as session:
        ids = [an_asked_export(session, curator).id for _ in range(3)]

    first = client.get("/exports?limit=2", headers=headers)
    rest = client.get(first.links["next"]["url"], headers=headers)

    assert [item["id"] for item in [*first.json(), *rest.json()]] == ids[::-1]
    assert "next" not in rest.links
    other = caller(Scope.VIEWER)
    assert client.get("/exports", headers=other).json() == []
    for address in ("", "/file", "/receipt"):
        assert client.get(f"/exports/{ids[0]}{address}", headers=other).status_code == 404
    assert client.post(f"/exports/{ids[0]}/cancel", headers=other).status_code == 404
    assert len(client.get("/exports", headers=caller(Scope.ADMIN)).json()) == 3


def test_each_download_says_who_took_it(client, headers, curator, kept):
    client.get(f"/exports/{kept.id}/file", headers=headers)
    client.head(f"/exports/{kept.id}/file", headers=headers)
    client.get(f"/exports/{kept.id}/receipt", headers=headers)

    with open_session(read_only=True) as session:
        told = session.scalars(
            select(Event).where(Event.name == "export_downloaded").order_by(Event.id)
        ).all()
        assert session.get_one(Export, kept.id).state == "ready"
    assert [(event.access_id, event.detail["what"]) for event in told] == [
        (curator.id, "file"),
        (curator.id, "receipt"),
    ]
