"""Label classes over HTTP: admins edit them, everybody reads them."""

from __future__ import annotations

import pytest

from db.models import Scope

GIVEN = {"key": "plume", "name": "plume", "colour": "#aa3311"}


@pytest.fixture
def admin(caller):
    return caller(Scope.ADMIN)


def listed(client, headers, *, retired=False):
    return {
        found["key"]: found
        for found in client.get(f"/label-classes?retired={retired}", headers=headers).json()
    }


def test_a_label_class_is_made_changed_retired_and_restored(client, admin, caller):
    given = {**GIVEN, "hotkey": "9", "applies_to": "shape", "parent": "wildfire", "guide": "A tall one."}
    made = client.post("/label-classes", json=given, headers=admin)
    assert made.status_code == 201
    assert {name: made.json()[name] for name in given} == {**given, "colour": "#AA3311"}
    viewer = caller(Scope.VIEWER)
    assert listed(client, viewer)["plume"] == made.json()
    changed = client.patch(
        "/label-classes/plume", json={"name": "Plume", "parent": None, "pinned": True}, headers=admin
    ).json()
    assert changed == {**made.json(), "name": "Plume", "parent": None, "pinned": True}
    guide = client.patch("/label-classes/plume", json={"guide": None}, headers=admin).json()
    assert (guide["guide"], guide["name"]) == (None, "Plume")
    retired = client.post("/label-classes/plume/retire", headers=admin).json()
    assert (retired["retired"], retired["hotkey"]) == (True, None)
    assert "plume" not in listed(client, viewer) and "plume" in listed(client, viewer, retired=True)
    assert client.post("/label-classes/plume/restore/", headers=admin).json()["retired"] is False
    assert "plume" in listed(client, viewer)


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"key": "wildfire"}, 409, "name_taken"),
        ({"hotkey": "1"}, 409, "name_taken"),
        ({"key": "Not A Key"}, 422, "invalid_text"),
        ({"colour": "red"}, 422, "invalid_text"),
        ({"hotkey": "G"}, 422, "invalid_text"),
        ({"applies_to": "nothing"}, 422, "invalid_request"),
        ({"parent": "nobody"}, 422, "unknown_label_class"),
        ({"colours": "#000000"}, 422, "invalid_request"),
    ],
)
def test_what_breaks_a_rule_is_refused(client, admin, given, status, code):
    answer = client.post("/label-classes", json={**GIVEN, **given}, headers=admin)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "plume" not in listed(client, admin, retired=True)


def test_what_is_not_there_is_404(client, admin):
    for method, path in (
        ("PATCH", "/label-classes/nobody"),
        ("POST", "/label-classes/nobody/retire"),
        ("POST", "/label-classes/No%00Key/restore"),
    ):
        answer = client.request(method, path, json={} if method == "PATCH" else None, headers=admin)
        assert (answer.status_code, answer.json()["code"]) == (404, "label_class_not_found")


def test_only_admins_edit(client, caller):
    for headers, status in (({}, 401), *((caller(scope), 403) for scope in Scope if scope != Scope.ADMIN)):
        for method, path, body in (
            ("POST", "/label-classes", GIVEN),
            ("POST", "/label-classes", {**GIVEN, "parent": "nobody"}),
            ("PATCH", "/label-classes/wildfire", {"name": "mine"}),
            ("PATCH", "/label-classes/nobody", {"name": "mine"}),
            ("POST", "/label-classes/wildfire/retire", None),
            ("POST", "/label-classes/wildfire/restore", None),
        ):
            assert client.request(method, path, json=body, headers=headers).status_code == status
