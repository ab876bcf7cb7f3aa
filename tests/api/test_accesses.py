"""Accesses over HTTP: made, changed, deleted, and what is left of one that is gone."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from curation.accesses import find_access, list_accesses, rescue_admin
from curation.annotations import submit_annotation
from curation.comments import list_people
from curation.history import get_history
from curation.sign_in import authenticate
from db.models import Access, Event, Scope
from db.session import open_session
from tests.factories import PASSWORD, a_media, an_access, an_admin


@pytest.fixture
def admin(client, caller):
    return caller(Scope.ADMIN)


def sign_in(client, login, password):
    return client.post("/login/access-token", data={"username": login, "password": password})


def test_one_is_made_enters_and_is_shown_without_its_password(client, admin):
    made = client.post(
        "/accesses/",
        headers=admin,
        json={"login": " Marie ", "password": "a long password", "scope": "viewer"},
    )
    assert made.status_code == 201, made.text
    assert made.json() == {
        "id": made.json()["id"],
        "login": "marie",
        "scope": "viewer",
        "disabled": False,
        "must_change_password": False,
        "created_at": made.json()["created_at"],
    }
    assert sign_in(client, "marie", "a long password").status_code == 200
    again = client.post("/accesses", headers=admin, json={"login": "MARIE", "password": "a long password"})
    assert (again.status_code, again.json()["code"]) == (409, "login_taken")


def test_another_password_ends_what_was_signed_in(client, admin):
    with open_session() as session:
        curator = an_access(session, login="paul")
    token = sign_in(client, "paul", PASSWORD).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/me", headers=bearer).status_code == 200
    changed = client.put(f"/accesses/{curator.id}", headers=admin, json={"password": "quite another one"})
    assert (changed.status_code, changed.json()["login"]) == (200, "paul")
    assert client.get("/me", headers=bearer).status_code == 401
    assert sign_in(client, "paul", PASSWORD).status_code == 401
    assert sign_in(client, "paul", "quite another one").status_code == 200


def test_scope_and_disabling_work_at_the_next_request(client, admin, caller):
    with open_session() as session:
        curator = an_access(session)
    headers, path = caller(access=curator), f"/accesses/{curator.id}"
    assert client.post("/media", headers=headers).status_code == 201
    assert client.patch(path, headers=admin, json={"scope": "viewer"}).json()["scope"] == "viewer"
    assert client.post("/media", headers=headers).status_code == 403
    assert client.patch(path, headers=admin, json={"disabled": True}).json()["disabled"] is True
    assert client.get("/me", headers=headers).status_code == 401
    both = client.patch(path + "/", headers=admin, json={"scope": "user", "disabled": False}).json()
    assert (both["scope"], both["disabled"]) == ("user", False)
    assert client.get("/me", headers=headers).status_code == 401, "what was ended stays so"


def test_a_deleted_one_is_gone_everywhere_but_from_what_it_did(client, admin, caller):
    with open_session() as session:
        leaving = an_access(session, login="leaving")
        media = a_media(session)
        submit_annotation(session, leaving, media.id)
    headers, path = caller(access=leaving), f"/accesses/{leaving.id}"
    assert client.delete(path, headers=admin).json()["disabled"] is True
    assert client.get("/me", headers=headers).status_code == 401
    assert sign_in(client, "leaving", PASSWORD).status_code == 401
    for method, body in (("GET", None), ("PUT", {"password": "x" * 12}), ("PATCH", {"disabled": False})):
        assert client.request(method, path, headers=admin, json=body).status_code == 404, method
    assert client.delete(path, headers=admin).status_code == 404
    assert "leaving" not in [found["login"] for found in client.get("/accesses", headers=admin).json()]
    taken = client.post("/accesses", headers=admin, json={"login": "leaving", "password": "x" * 12})
    assert taken.status_code == 409
    with open_session() as session:
        chief = an_admin(session)
        assert "leaving" not in [found.login for found in list_accesses(session, chief)]
        assert "leaving" not in list_people(session, chief)
        assert "leaving" in [entry.who for entry in get_history(session, chief, media.id)]
        names = set(session.scalars(select(Event.name).where(Event.name.like("access_%"))))
        assert "access_deleted" in names


def test_the_operator_can_bring_a_deleted_one_back(installation, client, admin):
    with open_session() as session:
        gone = an_access(session, login="chief")
    client.delete(f"/accesses/{gone.id}", headers=admin)
    with open_session() as session:
        password = rescue_admin(session, "chief")
        assert find_access(session, "chief").scope == Scope.ADMIN
        assert authenticate(session, "chief", password).id == gone.id


def test_the_last_admin_and_oneself_stay(client, caller):
    with open_session() as session:
        only, other = an_admin(session), an_admin(session)
    headers = caller(access=only)
    own = client.delete(f"/accesses/{only.id}", headers=headers)
    assert (own.status_code, own.json()["code"]) == (409, "conflict")
    assert client.delete(f"/accesses/{other.id}", headers=headers).status_code == 200
    demoted = client.patch(f"/accesses/{only.id}", headers=headers, json={"scope": "user"})
    assert (demoted.status_code, demoted.json()["code"]) == (409, "last_admin")


def test_accesses_page_by_their_link(client, admin):
    with open_session() as session:
        ids = [an_access(session).id for _ in range(5)]
    address, seen = "/accesses?limit=2", []
    while address:
        answer = client.get(address, headers=admin)
        seen += [found["id"] for found in answer.json()]
        link = answer.headers.get("link")
        address = link.partition(">")[0].removeprefix("<") if link else None
    assert seen == sorted(set(seen)) and set(ids) < set(seen)
    with open_session(read_only=True) as session:
        assert len(session.scalars(select(Access.id)).all()) == len(seen)


def test_a_token_made_to_last_changes_no_access(client, admin):
    token = client.post("/tokens", headers=admin, json={"name": "provisioning"}).json()["token"]
    lasting = {"Authorization": f"Bearer {token}"}
    made = {"login": "marie", "password": "a long password", "scope": "admin"}
    me = client.get("/me", headers=admin).json()["id"]
    for method, path, body in (
        ("POST", "/accesses", made),
        ("PUT", f"/accesses/{me}", {"password": "another long password"}),
        ("PATCH", f"/accesses/{me}", {"scope": "user"}),
        ("DELETE", f"/accesses/{me}", None),
    ):
        answer = client.request(method, path, headers=lasting, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), (method, path)
    assert client.get("/accesses", headers=lasting).status_code == 200


def test_who_comes_with_a_credential_that_is_over_is_told_so(client, admin):
    token = client.post("/tokens", headers=admin, json={"name": "mine"}).json()
    lasting = {"Authorization": f"Bearer {token['token']}"}
    assert client.delete(f"/tokens/{token['id']}", headers=admin).status_code == 204
    answer = client.get("/me", headers=lasting)
    assert answer.status_code == 401
    assert "revoked" in answer.json()["detail"]
    assert client.get("/me").json()["detail"] == "Sign in first."
