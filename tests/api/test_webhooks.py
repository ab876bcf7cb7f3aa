"""Webhooks over HTTP: made by admins, told what happens, their secret told once."""

from __future__ import annotations

import json
import logging

import pytest
from sqlalchemy import select

from api.startup import start_jobs, stop_jobs
from db.models import Event, Scope
from db.session import open_session
from settings import get_settings
from tests.factories import a_jpeg
from tests.receiver import open_receiver

GIVEN = {"name": "alerts", "url": "https://hook.example.org/x?key=k1", "events": ["media.accepted"]}


@pytest.fixture
def admin(caller):
    return caller(Scope.ADMIN)


@pytest.fixture(autouse=True)
def names_are_known(monkeypatch, request):
    """Names of examples lead to a public address, without asking any name server."""
    if "receiver" not in request.fixturenames:
        found = [(2, 1, 6, "", ("93.184.215.14", 443))]
        monkeypatch.setattr("curation.outbound.socket.getaddrinfo", lambda *args, **kwargs: found)


@pytest.fixture
def receiver(installation, configure):
    """A receiver on this machine, and the loops that send to it."""
    configure(WEBHOOKS_TO_PRIVATE="true")
    loops = start_jobs(get_settings())
    with open_receiver() as receiver:
        yield receiver
    stop_jobs(loops)


def test_the_secret_is_told_once_and_stands_in_no_log_and_no_audit_trail(client, admin, caplog):
    caplog.set_level(logging.DEBUG)
    made = client.post("/webhooks", json=GIVEN, headers=admin)
    assert made.status_code == 201
    secret = made.json().pop("secret")
    assert secret.startswith("whsec_") and len(secret) > 40
    for read in (
        client.get("/webhooks", headers=admin),
        client.get(f"/webhooks/{made.json()['id']}", headers=admin),
        client.patch(f"/webhooks/{made.json()['id']}", json={"name": "b"}, headers=admin),
        client.post(f"/webhooks/{made.json()['id']}/test", headers=admin),
        client.get(f"/webhooks/{made.json()['id']}/deliveries", headers=admin),
    ):
        assert read.is_success and secret not in read.text and "secret" not in read.text
    assert secret not in caplog.text
    with open_session(read_only=True) as session:
        details = [json.dumps(event.detail) for event in session.scalars(select(Event))]
    assert details and not any(secret in detail or "k1" in detail for detail in details)


def test_a_webhook_is_changed_disabled_and_deleted(client, admin):
    made = client.post("/webhooks/", json=GIVEN, headers=admin).json()
    assert (made["name"], made["events"], made["disabled"]) == ("alerts", ["media.accepted"], False)
    address = f"/webhooks/{made['id']}"
    changed = client.patch(
        address, json={"events": ["export.finished", "media.registered"]}, headers=admin
    ).json()
    assert changed["events"] == ["media.registered", "export.finished"]
    assert (changed["name"], changed["url"]) == (GIVEN["name"], GIVEN["url"])
    assert client.patch(address, json={"disabled": True}, headers=admin).json()["disabled"] is True
    assert client.post(f"{address}/test", headers=admin).status_code == 409
    assert client.patch(address, json={"disabled": False}, headers=admin).json()["disabled_at"] is None
    assert client.delete(address, headers=admin).status_code == 204
    for method, path in (("get", address), ("delete", address), ("post", f"{address}/test")):
        assert client.request(method, path, headers=admin).status_code == 404
    assert client.get("/webhooks", headers=admin).json() == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"url": "http://127.0.0.1/"}, "refused_address"),
        ({"url": "http://169.254.169.254/latest/meta-data"}, "refused_address"),
        ({"url": "gopher://example.org/"}, "invalid_text"),
        ({"url": "http://[fe80::1%25lo]/"}, "invalid_text"),
        ({"name": " "}, "invalid_text"),
        ({"events": []}, "invalid_request"),
        ({"events": ["media.deleted"]}, "invalid_request"),
        ({"secret": "mine"}, "invalid_request"),
    ],
)
def test_what_breaks_a_rule_is_refused_when_making_and_when_changing(
    client, admin, monkeypatch, change, code
):
    made = client.post("/webhooks", json=GIVEN, headers=admin).json()
    monkeypatch.undo() if code == "refused_address" else None
    for answer in (
        client.post("/webhooks", json={**GIVEN, **change}, headers=admin),
        client.patch(f"/webhooks/{made['id']}", json=change, headers=admin),
    ):
        if answer.request.method == "PATCH" and change == {"events": []}:
            code = "invalid_text"
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert len(client.get("/webhooks", headers=admin).json()) == 1


def test_only_admins_have_to_do_with_webhooks(client, caller, admin):
    made = client.post("/webhooks", json=GIVEN, headers=admin).json()
    delivery = client.post(f"/webhooks/{made['id']}/test", headers=admin).json()
    routes = [
        ("GET", "/webhooks", None),
        ("POST", "/webhooks", GIVEN),
        ("GET", f"/webhooks/{made['id']}", None),
        ("PATCH", f"/webhooks/{made['id']}", {"name": "mine"}),
        ("DELETE", f"/webhooks/{made['id']}", None),
        ("POST", f"/webhooks/{made['id']}/test", None),
        ("GET", f"/webhooks/{made['id']}/deliveries", None),
        ("POST", f"/deliveries/{delivery['id']}/retry", None),
    ]
    others = [({}, 401), *((caller(scope), 403) for scope in (Scope.VIEWER, Scope.USER, Scope.DEVICE))]
    for headers, status in others:
        for method, path, body in routes:
            assert client.request(method, path, json=body, headers=headers).status_code == status


def test_there_are_at_most_twenty(client, admin):
    statuses = [client.post("/webhooks", json=GIVEN, headers=admin).status_code for _ in range(21)]
    assert statuses == [201] * 20 + [413]


def test_deliveries_are_paged_newest_first(client, admin):
    made = client.post("/webhooks", json=GIVEN, headers=admin).json()
    sent = [client.post(f"/webhooks/{made['id']}/test", headers=admin).json()["id"] for _ in range(5)]
    found, address = [], f"/webhooks/{made['id']}/deliveries?limit=2"
    while address:
        page = client.get(address, headers=admin)
        found += [delivery["id"] for delivery in page.json()]
        address = page.links.get("next", {}).get("url")
    assert found == sent[::-1]
    assert client.get(f"/webhooks/{made['id']}/deliveries?cursor=x", headers=admin).status_code == 422


def test_what_happens_arrives_signed_with_a_link_that_leads_to_it(receiver, client, admin, caller):
    made = client.post(
        "/webhooks",
        json={
            "name": "all",
            "url": receiver.url,
            "events": ["media.registered", "media.accepted", "export.finished"],
        },
        headers=admin,
    ).json()
    user = caller(Scope.USER)
    registered = client.post("/uploads", files={"file": ("IMG_1.jpg", a_jpeg())}, headers=user).json()
    media_id = registered["media"]["id"]
    client.post(
        f"/media/{media_id}/annotations",
        json={"decision": "accepted", "client_id": "client-0003"},
        headers=user,
    )
    assert client.get("/exports/media.csv", headers=user).status_code == 200
    said = [message.verified(made["secret"]) for message in receiver.wait_for(3)]
    by_type = {one["type"]: one["data"] for one in said}
    assert set(by_type) == {"media.registered", "media.accepted", "export.finished"}
    assert by_type["media.registered"]["file_name"] == "IMG_1.jpg"
    assert by_type["media.accepted"]["state"] == "accepted"
    link = by_type["media.accepted"]["url"]
    assert link == f"{get_settings().public_url}/api/media/{media_id}"
    assert client.get(link.partition("/api")[2], headers=user).json()["id"] == media_id
    assert (by_type["export.finished"]["export"], by_type["export.finished"]["rows"]) == ("media_exported", 1)


def test_a_test_message_and_how_it_went(receiver, client, admin):
    receiver.answers = [500, 204]
    made = client.post("/webhooks", json={**GIVEN, "url": receiver.url}, headers=admin).json()
    sent = client.post(f"/webhooks/{made['id']}/test", headers=admin)
    assert (sent.status_code, sent.json()["event"]) == (202, "webhook.test")
    receiver.wait_for(1)
    while not (latest := client.get(f"/webhooks/{made['id']}/deliveries", headers=admin).json())[0][
        "attempts"
    ]:
        pass
    assert (latest[0]["status"], latest[0]["delivered_at"]) == (500, None)
    assert latest[0]["next_attempt_at"] is not None
    while client.post(f"/deliveries/{latest[0]['id']}/retry", headers=admin).status_code == 409:
        pass  # the job is noting how its first attempt went
    receiver.wait_for(2)
    while client.get(f"/webhooks/{made['id']}", headers=admin).json()["last_delivered_at"] is None:
        pass
    (delivery,) = client.get(f"/webhooks/{made['id']}/deliveries", headers=admin).json()
    assert (delivery["status"], delivery["next_attempt_at"]) == (204, None)
    first, again = receiver.messages
    assert first.headers["webhook-id"] == again.headers["webhook-id"] == delivery["message_id"]


def test_the_dashboards_door_has_the_same_routes(dashboard_client, admin):
    made = dashboard_client.post("/webhooks", json=GIVEN, headers=admin)
    assert made.status_code == 201
    assert dashboard_client.get("/webhooks/", headers=admin).json()[0]["id"] == made.json()["id"]
