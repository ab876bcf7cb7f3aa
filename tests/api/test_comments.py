"""Comments, mentions and preferences over HTTP."""

from __future__ import annotations

import threading

import pytest

from db.models import Scope
from db.session import open_session
from tests.factories import a_media, an_access


@pytest.fixture
def media_id(installation):
    with open_session() as session:
        return a_media(session).id


@pytest.fixture
def anna(installation):
    with open_session() as session:
        return an_access(session, login="anna")


def test_a_comment_and_its_mention_travel(client, caller, media_id, anna):
    headers = caller()
    body = {"text": "Look, @anna", "client_id": "client-0001"}
    answer = client.post(f"/media/{media_id}/comments", headers=headers, json=body)
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert said.keys() == {"id", "author", "text", "created_at", "mentions"}
    assert (said["text"], said["mentions"]) == ("Look, @anna", ["anna"])
    again = client.post(f"/media/{media_id}/comments", headers=headers, json=body)
    assert (again.status_code, again.json()) == (200, said)
    assert client.get(f"/media/{media_id}/comments", headers=caller(Scope.VIEWER)).json() == [said]
    hers = caller(access=anna)
    (mention,) = client.get("/mentions", headers=hers).json()
    assert mention.keys() == {
        "comment_id",
        "media_id",
        "file_name",
        "author",
        "text",
        "created_at",
        "seen",
    }
    assert (mention["comment_id"], mention["media_id"], mention["seen"]) == (said["id"], media_id, False)
    seen = client.post("/mentions/seen", headers=hers, json={"comment_ids": [said["id"], 10**12]})
    assert (seen.status_code, seen.content) == (204, b"")
    assert client.get("/mentions", headers=hers).json()[0]["seen"] is True
    assert {"login": "anna"} in client.get("/people", headers=headers).json()
    history = client.get(f"/media/{media_id}/history", headers=headers).json()
    assert [entry["what"] for entry in history] == ["commented", "registered"]


def test_of_many_repeats_at_once_one_is_stored(client, caller, media_id):
    headers, statuses, barrier = caller(), [], threading.Barrier(6)

    def send():
        barrier.wait()
        body = {"text": "once", "client_id": "client-0001"}
        statuses.append(client.post(f"/media/{media_id}/comments", headers=headers, json=body).status_code)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] * 5 + [201]
    assert len(client.get(f"/media/{media_id}/comments", headers=headers).json()) == 1


@pytest.mark.parametrize(
    ("scope", "method", "path", "status"),
    [
        (Scope.VIEWER, "POST", "/media/{id}/comments", 403),
        (Scope.DEVICE, "POST", "/media/{id}/comments", 403),
        (Scope.DEVICE, "GET", "/media/{id}/comments", 403),
        (Scope.DEVICE, "GET", "/people", 403),
        (Scope.DEVICE, "GET", "/mentions", 403),
        (Scope.DEVICE, "POST", "/mentions/seen", 403),
        (Scope.DEVICE, "PATCH", "/me/preferences", 403),
        (Scope.VIEWER, "PATCH", "/me/preferences", 200),
    ],
)
def test_who_may_not(client, caller, media_id, scope, method, path, status):
    body = {"text": "x"} if path.endswith("comments") else {"comment_ids": [1]} if "seen" in path else {}
    answer = client.request(
        method,
        path.format(id=media_id),
        headers=caller(scope),
        json=body if method != "GET" else None,
    )
    assert answer.status_code == status, answer.text


def test_an_unknown_media_has_no_comments(client, caller):
    headers = caller()
    assert client.get("/media/999999/comments", headers=headers).status_code == 404
    answer = client.post("/media/999999/comments", headers=headers, json={"text": "x"})
    assert (answer.status_code, answer.json()["code"]) == (404, "media_not_found")
    assert client.get("/media/0/comments", headers=headers).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": None},
        {"text": ""},
        {"text": "x" * 4001},
        {"text": "x", "client_id": "a b"},
        {"text": "x", "mentions": ["anna"]},
        [],
    ],
    ids=lambda body: str(body)[:30],
)
def test_nonsense_is_refused(client, caller, media_id, body):
    headers = caller()
    assert client.post(f"/media/{media_id}/comments", headers=headers, json=body).status_code == 422
    assert client.get(f"/media/{media_id}/comments", headers=headers).json() == []
    assert client.post("/mentions/seen", headers=headers, json={"comment_ids": ["x"]}).status_code == 422
    assert client.post("/mentions/seen", headers=headers, json={}).status_code == 422


def test_preferences_travel_with_who_is_calling(client, caller, anna):
    headers = caller(access=anna)
    assert client.get("/me", headers=headers).json()["preferences"] == {
        "language": None,
        "keys": {},
        "threshold": None,
    }
    changed = client.patch("/me/preferences", headers=headers, json={"language": "fr"})
    assert (changed.status_code, changed.json()) == (200, {"language": "fr", "keys": {}, "threshold": None})
    client.patch("/me/preferences", headers=headers, json={"keys": {"accept": "1"}, "threshold": None})
    assert client.get("/me", headers=headers).json()["preferences"] == {
        "language": "fr",
        "keys": {"accept": "1"},
        "threshold": None,
    }
    clash = client.patch("/me/preferences", headers=headers, json={"keys": {"accept": "1", "reject": "1"}})
    assert (clash.status_code, clash.json()["code"]) == (422, "invalid_text")
    assert "accept" in clash.json()["detail"] and "reject" in clash.json()["detail"]
    for junk in ({"colour": 1}, {"language": "de"}, {"language": 3}, {"keys": {"accept": 3}}, {"keys": None}):
        assert client.patch("/me/preferences", headers=headers, json=junk).status_code == 422, junk
    assert client.get("/me", headers=headers).json()["preferences"]["keys"] == {"accept": "1"}
