"""Tokens, devices and sources over HTTP: by scope, whose they are, and that what ends has ended at once."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select

from db.models import Access, Media, Scope, Source, Token, utc_now
from db.session import open_session
from tests.factories import a_jpeg, a_media, an_access

_numbers = itertools.count(1)


def as_bearer(token):
    return {"Authorization": f"Bearer {token}"}


def make(client, headers, **body):
    return client.post("/tokens", json={"name": "mine", **body}, headers=headers)


def make_device(client, headers, **body):
    return client.post("/devices", json={"login": f"camera-{next(_numbers)}", **body}, headers=headers)


@pytest.fixture
def admin(caller):
    return caller(Scope.ADMIN)


# method, address, body -> the status for each scope; 404 is said of an id that is none
MATRIX = [
    ("GET", "/tokens", None, {"viewer": 200, "user": 200, "admin": 200, "device": 403}),
    ("POST", "/tokens", {"name": "n"}, {"viewer": 201, "user": 201, "admin": 201, "device": 403}),
    ("DELETE", "/tokens/999999", None, {"viewer": 404, "user": 404, "admin": 404, "device": 403}),
    ("GET", "/tokens?access=nobody", None, {"viewer": 403, "user": 403, "admin": 404, "device": 403}),
    ("GET", "/devices", None, {"viewer": 403, "user": 403, "admin": 200, "device": 403}),
    ("POST", "/devices", {"login": "cam"}, {"viewer": 403, "user": 403, "admin": 201, "device": 403}),
    ("PATCH", "/devices/999999", {}, {"viewer": 403, "user": 403, "admin": 404, "device": 403}),
    ("POST", "/devices/999999/token", None, {"viewer": 403, "user": 403, "admin": 404, "device": 403}),
    ("DELETE", "/devices/999999/token", None, {"viewer": 403, "user": 403, "admin": 404, "device": 403}),
    ("GET", "/sources", None, {"viewer": 200, "user": 200, "admin": 200, "device": 403}),
    ("POST", "/sources", {"name": "north"}, {"viewer": 403, "user": 403, "admin": 201, "device": 403}),
    ("PATCH", "/sources/999999", {"name": "a"}, {"viewer": 403, "user": 403, "admin": 404, "device": 403}),
    ("GET", "/sources/999999/merge?into=1", None, {"viewer": 403, "user": 403, "admin": 404, "device": 403}),
    ("POST", "/sources/999999/merge", {"into": 1}, {"viewer": 403, "user": 403, "admin": 404, "device": 403}),
]


@pytest.mark.parametrize("slash", ["", "/"], ids=["bare", "slash"])
@pytest.mark.parametrize("scope", list(Scope))
def test_who_may_do_what(client, caller, scope, slash):
    headers = caller(scope)
    for method, address, body, expected in MATRIX:
        path, _mark, query = address.partition("?")
        answer = client.request(
            method, f"{path}{slash}{'?' if query else ''}{query}", json=body, headers=headers
        )
        assert answer.status_code == expected[scope.value], (method, address, answer.text)
        if answer.status_code >= 400:
            assert set(answer.json()) >= {"detail", "code"}


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("POST", "/tokens", {}),
        ("POST", "/tokens", {"name": ""}),
        ("POST", "/tokens", {"name": "a\u0000b"}),
        ("POST", "/tokens", {"name": "a", "scope": "root"}),
        ("POST", "/tokens", {"name": "a", "expires_in_days": 0}),
        ("POST", "/tokens", {"name": "a", "surprise": 1}),
        ("DELETE", "/tokens/0", None),
        ("DELETE", "/tokens/99999999999999999999", None),
        ("POST", "/devices", {"login": "two words"}),
        ("POST", "/devices", {"login": "a", "source": "x" * 101}),
        ("PATCH", "/devices/1", {"login": None}),
        ("PATCH", "/devices/1", {"scope": "admin"}),
        ("POST", "/devices/1/token", {"overlap_minutes": -1}),
        ("POST", "/sources", {"name": " "}),
        ("POST", "/sources", {"name": "a", "azimuth": 400}),
        ("POST", "/sources/1/merge", {}),
        ("POST", "/sources/1/merge", {"into": "south"}),
    ],
)
def test_nonsense_is_refused_with_a_sentence(client, admin, method, address, body):
    answer = client.request(method, address, json=body, headers=admin)
    assert answer.status_code == 422, answer.text
    assert set(answer.json()) >= {"detail", "code"}


def test_a_token_is_made_used_listed_and_revoked(client, caller):
    headers = caller(Scope.USER)
    made = make(client, headers, name="nightly export", expires_in_days=30).json()
    assert set(made) == {"id", "name", "scope", "created_at", "expires_at", "token"}
    assert made["scope"] == "user"
    assert client.get("/me", headers=as_bearer(made["token"])).status_code == 200
    [listed] = client.get("/tokens", headers=headers).json()
    assert set(listed) == {"id", "name", "scope", "created_at", "last_seen_at", "expires_at"}
    assert listed["last_seen_at"] is not None
    assert client.delete(f"/tokens/{made['id']}", headers=headers).status_code == 204
    assert client.get("/me", headers=as_bearer(made["token"])).status_code == 401
    assert client.delete(f"/tokens/{made['id']}", headers=headers).status_code == 204
    assert client.get("/tokens", headers=headers).json() == []


def test_a_token_that_expired_is_refused(client, caller):
    made = make(client, caller(Scope.USER), expires_in_days=1).json()
    with open_session() as session:
        session.get(Token, made["id"]).expires_at = utc_now() - timedelta(seconds=1)
    assert client.get("/me", headers=as_bearer(made["token"])).status_code == 401


def test_a_wider_scope_is_refused_and_a_narrower_one_holds_everywhere(client, caller):
    assert make(client, caller(Scope.VIEWER), scope="user").status_code == 403
    admin = caller(Scope.ADMIN)
    reads = as_bearer(make(client, admin, scope="viewer").json()["token"])
    assert client.get("/me", headers=reads).json()["scope"] == "viewer"
    assert client.get("/sources", headers=reads).status_code == 200
    assert client.get("/devices", headers=reads).status_code == 403
    assert client.post("/sources", json={"name": "north"}, headers=reads).status_code == 403
    files = {"file": ("a.jpg", a_jpeg(), "image/jpeg")}
    assert client.post("/uploads", files=files, headers=reads).status_code == 403
    sends = as_bearer(make(client, admin, scope="device").json()["token"])
    assert client.post("/uploads", files=files, headers=sends).status_code == 201
    assert client.get("/queue", headers=sends).status_code == 403


def test_a_demoted_access_has_no_wider_token(client, caller):
    with open_session() as session:
        access = an_access(session, Scope.ADMIN)
    token = as_bearer(make(client, caller(access=access)).json()["token"])
    assert client.get("/devices", headers=token).status_code == 200
    with open_session() as session:
        session.get(Access, access.id).scope = Scope.USER
    assert client.get("/devices", headers=token).status_code == 403
    assert client.get("/me", headers=token).json()["scope"] == "user"


def test_a_token_makes_no_tokens(client, admin):
    token = as_bearer(make(client, admin).json()["token"])
    device = make_device(client, admin).json()
    own = client.get("/tokens", headers=token).json()[0]["id"]
    for answer in (
        make(client, token),
        client.delete(f"/tokens/{own}", headers=token),
        make_device(client, token),
        client.post(f"/devices/{device['id']}/token", headers=token),
        client.delete(f"/devices/{device['id']}/token", headers=token),
    ):
        assert answer.status_code == 403, answer.text
    assert client.get("/me", headers=as_bearer(device["token"])).status_code == 200


def test_another_person_s_token_does_not_exist(client, caller):
    headers = caller(Scope.USER)
    made = make(client, headers).json()
    for other in (caller(Scope.USER), caller(Scope.ADMIN)):
        assert client.delete(f"/tokens/{made['id']}", headers=other).status_code == 404
        assert client.get("/tokens", headers=other).json() == []
    assert client.get("/me", headers=as_bearer(made["token"])).status_code == 200


def test_a_token_writes_that_it_was_seen_once_a_minute(client, caller):
    made = make(client, caller(Scope.USER)).json()

    def seen_at():
        with open_session(read_only=True) as session:
            return session.scalar(select(Token.last_seen_at).where(Token.id == made["id"]))

    assert seen_at() is None
    client.get("/me", headers=as_bearer(made["token"]))
    first = seen_at()
    client.get("/me", headers=as_bearer(made["token"]))
    assert seen_at() == first is not None


def test_a_device_sends_frames_that_are_of_its_source(client, admin):
    device = make_device(client, admin, source="CAM-12").json()
    own = as_bearer(device["token"])
    own_id = client.post("/uploads", files={"file": ("a.jpg", a_jpeg())}, headers=own).json()["media"]["id"]
    other_id = client.post(
        "/uploads", files={"file": ("b.jpg", a_jpeg())}, data={"source": "other"}, headers=own
    ).json()["media"]["id"]
    assert client.get(f"/media/{own_id}", headers=admin).json()["source"] == "CAM-12"
    assert client.get(f"/media/{other_id}", headers=admin).json()["source"] == "other"
    [listed] = client.get("/devices", headers=admin).json()
    assert (listed["media_total"], listed["per_day"][-1]["count"], len(listed["per_day"])) == (2, 2, 14)
    assert listed["last_media_at"] and listed["last_seen_at"] and not listed["silent"]
    assert "token" not in listed


def test_a_device_sees_no_media_but_its_own(client, admin):
    device = make_device(client, admin).json()
    with open_session() as session:
        other = a_media(session)
    assert client.get(f"/media/{other.id}", headers=as_bearer(device["token"])).status_code == 404
    assert client.get("/media", headers=as_bearer(device["token"])).json() == []


def test_rotating_and_revoking_hold_from_the_next_request_on(client, admin):
    device = make_device(client, admin).json()

    def works(token):
        return client.get("/me", headers=as_bearer(token)).status_code == 200

    rotated = client.post(f"/devices/{device['id']}/token", headers=admin)
    assert rotated.status_code == 201
    second = rotated.json()["token"]
    assert works(second) and not works(device["token"])
    third = client.post(f"/devices/{device['id']}/token", json={"overlap_minutes": 5}, headers=admin).json()[
        "token"
    ]
    assert works(second) and works(third)
    assert client.delete(f"/devices/{device['id']}/token", headers=admin).status_code == 204
    assert not works(second) and not works(third)


def test_a_device_is_changed_disabled_and_enabled(client, admin):
    device = make_device(client, admin, source="north").json()
    address = f"/devices/{device['id']}"
    changed = client.patch(address, json={"login": "mast-north", "source": None}, headers=admin).json()
    assert (changed["login"], changed["source"]) == ("mast-north", None)
    assert client.patch(address, json={"disabled": True}, headers=admin).json()["disabled"]
    assert client.get("/me", headers=as_bearer(device["token"])).status_code == 401
    enabled = client.patch(address, json={"disabled": False}, headers=admin).json()
    assert (enabled["disabled"], enabled["tokens"]) == (False, 0)
    assert make_device(client, admin, login="mast-north").status_code == 409


def test_people_are_not_reached_as_devices(client, caller):
    with open_session() as session:
        boss, curator = an_access(session, Scope.ADMIN), an_access(session)
    headers = caller(access=boss)
    for access in (boss, curator):
        for answer in (
            client.patch(f"/devices/{access.id}", json={"disabled": True}, headers=headers),
            client.patch(f"/devices/{access.id}", json={"login": "other"}, headers=headers),
            client.post(f"/devices/{access.id}/token", headers=headers),
            client.delete(f"/devices/{access.id}/token", headers=headers),
        ):
            assert answer.status_code == 404, answer.text
    assert client.get("/me", headers=headers).json()["login"] == boss.login
    assert make(client, headers, access=curator.login).status_code == 403


def test_two_sources_become_one(client, admin):
    with open_session() as session:
        media = a_media(session, source="CAM-12")
    created = client.post("/sources", json={"name": "Brison", "place": "a mast"}, headers=admin).json()
    assert (created["name"], created["place"], created["media"]) == ("Brison", "a mast", 0)
    renamed = client.patch(f"/sources/{created['id']}", json={"name": "Brison north"}, headers=admin).json()
    assert (renamed["name"], renamed["place"]) == ("Brison north", "a mast")
    taken = client.patch(f"/sources/{created['id']}", json={"name": "CAM-12"}, headers=admin)
    assert (taken.status_code, taken.json()["code"]) == (409, "name_taken")
    address, into = f"/sources/{media.source_id}/merge", created["id"]
    foreseen = client.get(address, params={"into": into}, headers=admin).json()
    assert foreseen == {"source": "CAM-12", "into": "Brison north", "media": 1, "devices": 0}
    assert client.post(address, json={"into": media.source_id}, headers=admin).status_code == 409
    assert client.post(address, json={"into": into}, headers=admin).json() == foreseen
    assert client.post(address, json={"into": into}, headers=admin).status_code == 404
    with open_session(read_only=True) as session:
        assert session.scalars(select(Source.name)).all() == ["Brison north"]
        assert session.get(Media, media.id).source_id == into
