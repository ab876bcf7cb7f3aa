"""Who may do what with media, links, annotations and accesses, and how each refusal is told: two tables."""

from __future__ import annotations

import pytest

from curation.accesses import disable_access
from curation.annotation_entries import create_annotation
from curation.annotations import submit_annotation
from curation.reviews import decide
from db.models import Decision, Media, Scope, State
from db.session import open_session
from tests.factories import a_box, a_jpeg, a_media, a_viewer, an_access, an_admin

CALLERS = ("anonymous", "viewer", "user", "admin", "device")
JPEG = a_jpeg()
OTHER = {"login": "someone.else", "password": "a long password"}

# Route, body, and the status for each of CALLERS. `own` is a media of the caller, `foreign` one of a curator's.
MATRIX = [
    ("POST", "/media", {"json": {"type": "video"}}, (401, 403, 201, 201, 201)),
    ("POST", "/media", {}, (401, 403, 201, 201, 201)),
    ("POST", "/media/{own}/upload", {"files": {"file": JPEG}}, (401, 403, 200, 200, 200)),
    ("POST", "/media/{foreign}/upload", {"files": {"file": JPEG}}, (401, 403, 200, 200, 404)),
    ("GET", "/media", {}, (401, 200, 200, 200, 200)),
    ("GET", "/media/{own}", {}, (401, 200, 200, 200, 200)),
    ("GET", "/media/{foreign}", {}, (401, 200, 200, 200, 404)),
    ("GET", "/media/{filled}/url", {}, (401, 200, 200, 200, 404)),
    ("GET", "/media/{mine}/url", {}, (401, 200, 200, 200, 200)),
    ("POST", "/media/urls", {"json": {"ids": ["{filled}"]}}, (401, 200, 200, 200, 404)),
    ("PUT", "/media/{own}", {"json": {"sequence": "s"}}, (401, 403, 200, 200, 403)),
    ("PATCH", "/media/{foreign}", {"json": {"sequence": "s"}}, (401, 403, 200, 200, 403)),
    ("DELETE", "/media/{own}", {}, (401, 403, 403, 200, 403)),
    ("POST", "/media/{withdrawn}/restore", {}, (401, 403, 403, 200, 403)),
    ("POST", "/media/{withdrawn}/purge", {}, (401, 403, 403, 200, 403)),
    ("GET", "/media/{withdrawn}", {}, (401, 404, 404, 200, 404)),
    ("GET", "/media/{withdrawn}/url", {}, (401, 404, 404, 404, 404)),
    ("POST", "/annotations", {"json": {"media_id": "{filled}"}}, (401, 403, 201, 201, 403)),
    ("GET", "/annotations", {}, (401, 200, 200, 200, 403)),
    ("GET", "/annotations/{answer}", {}, (401, 200, 200, 200, 403)),
    ("GET", "/annotations/{answer}/url", {}, (401, 200, 200, 200, 403)),
    ("POST", "/annotations/{empty}/upload", {"files": {"file": b"any"}}, (401, 403, 403, 200, 403)),
    ("PUT", "/annotations/{empty}", {"json": {"media_id": "{filled}"}}, (401, 403, 403, 200, 403)),
    ("DELETE", "/annotations/{empty}", {}, (401, 403, 403, 200, 403)),
    ("DELETE", "/annotations/{answer}", {}, (401, 403, 403, 200, 403)),
    ("POST", "/accesses", {"json": OTHER}, (401, 403, 403, 201, 403)),
    ("GET", "/accesses", {}, (401, 403, 403, 200, 403)),
    ("GET", "/accesses/{access}", {}, (401, 403, 403, 200, 403)),
    ("PUT", "/accesses/{access}", {"json": {"password": "a long password"}}, (401, 403, 403, 200, 403)),
    ("PATCH", "/accesses/{access}", {"json": {"scope": "viewer"}}, (401, 403, 403, 200, 403)),
    ("DELETE", "/accesses/{access}", {}, (401, 403, 403, 200, 403)),
]

# What a curator (or, for accesses, an admin) gets for what cannot be done.
STATUSES = [
    ("GET", "/media/0", {}, 422),
    ("GET", f"/media/{10**9}", {}, 404),
    ("POST", "/media", {"json": {"type": "sound"}}, 422),
    ("POST", "/media", {"content": b"{", "headers": {"Content-Type": "application/json"}}, 422),
    ("PATCH", f"/media/{10**9}", {"json": {}}, 404),
    ("PUT", "/media/{filled}", {"json": {"type": "video"}}, 409),
    ("POST", f"/media/{10**9}/upload", {"files": {"file": JPEG}}, 404),
    ("POST", "/media/{own}/upload", {"data": {"sha256": "1"}}, 422),
    ("POST", "/media/{filled}/upload", {"files": {"file": JPEG}}, 409),
    ("GET", "/media/{own}/url", {}, 404),
    ("GET", "/media/{filled}/url?size=0", {}, 422),
    ("DELETE", f"/media/{10**9}", {}, 404),
    ("DELETE", "/media/{withdrawn}", {}, 409),
    ("POST", "/media/{filled}/restore", {}, 409),
    ("POST", "/media/{filled}/purge", {}, 409),
    ("POST", "/annotations", {"json": {"media_id": 10**9}}, 404),
    ("POST", "/annotations", {"json": {"media_id": "x"}}, 422),
    ("POST", "/annotations", {"json": {}}, 422),
    ("POST", "/annotations", {"json": {"media_id": "{withdrawn}"}}, 409),
    ("GET", f"/annotations/{10**9}", {}, 404),
    ("GET", "/annotations?content=shape", {}, 422),
    ("GET", "/annotations?colour=red", {}, 422),
    ("GET", "/annotations?cursor=x", {}, 422),
    ("PUT", "/annotations/{empty}", {"json": {"media_id": 10**9}}, 404),
    ("PUT", "/annotations/{answer}", {"json": {"media_id": "{own}"}}, 409),
    ("PUT", "/annotations/{answer}", {"json": {"media_id": "{filled}"}}, 200),
    ("PUT", "/annotations/{answer}", {"json": {}}, 422),
    ("POST", "/annotations/{answer}/upload", {"files": {"file": b"x"}}, 409),
    ("POST", "/annotations/{empty}/upload", {}, 422),
    ("POST", "/annotations/{empty}/upload", {"files": {"file": b"0" * (25 * 2**20 + 1)}}, 413),
    ("POST", "/media/{own}/upload", {"files": {"file": b"0" * (25 * 2**20 + 1)}}, 413),
    ("GET", "/annotations/{empty}/url", {}, 404),
    ("DELETE", f"/annotations/{10**9}", {}, 404),
    ("POST", "/accesses", {"json": {**OTHER, "password": "short"}}, 422),
    ("POST", "/accesses", {"json": {**OTHER, "scope": "king"}}, 422),
    ("POST", "/accesses", {"json": {**OTHER, "login": "with space"}}, 422),
    ("GET", f"/accesses/{10**9}", {}, 404),
    ("GET", "/accesses?login=x", {}, 422),
    ("PATCH", "/accesses/{access}", {"json": {}}, 422),
    ("PATCH", "/accesses/{access}", {"json": {"login": "new"}}, 422),
    ("PUT", "/accesses/{access}", {"json": {"password": "x" * 73}}, 422),
    ("DELETE", "/accesses/{admin}", {}, 409),
    ("PATCH", "/accesses/{admin}", {"json": {"scope": "user"}}, 409),
    ("PATCH", "/accesses/{admin}", {"json": {"disabled": True}}, 409),
]


@pytest.fixture
def world(client):
    """Ids of what the tables name; those of `own` and `mine` are made for each caller."""
    with open_session() as session:
        curator = an_access(session)
        filled = a_media(session, uploaded_by=curator)
        withdrawn = a_media(session, uploaded_by=curator)
        decide(session, an_admin(session), withdrawn.id, Decision.WITHDRAWN)
        foreign = Media(state=State.AWAITING_CONTENT, uploaded_by_id=curator.id)
        session.add(foreign)
        session.flush()
        answer = submit_annotation(session, curator, filled.id, shapes=[a_box()]).annotation.id
        return {
            "filled": filled.id,
            "withdrawn": withdrawn.id,
            "foreign": foreign.id,
            "answer": answer,
            "empty": create_annotation(session, curator, filled.id).id,
            "access": a_viewer(session).id,
        }


def media_of(session, access):
    """A media of this access that awaits its content, and one that has it."""
    own = Media(state=State.AWAITING_CONTENT, uploaded_by_id=access.id)
    session.add(own)
    session.flush()
    return {"own": own.id, "mine": a_media(session, uploaded_by=access).id}


def ask(client, method, path, body, names, headers):
    def named(value):
        if isinstance(value, str) and value.startswith("{") and value.endswith("}"):
            return names[value[1:-1]]
        if isinstance(value, dict):
            return {key: named(inner) for key, inner in value.items()}
        return [named(inner) for inner in value] if isinstance(value, list) else value

    sent = {name: named(value) if name == "json" else value for name, value in body.items()}
    sent["headers"] = {**sent.get("headers", {}), **headers}
    return client.request(method, path.format(**names), **sent)


@pytest.mark.parametrize(
    ("method", "path", "body", "statuses"), MATRIX, ids=[f"{row[0]} {row[1]}" for row in MATRIX]
)
def test_the_access_matrix_holds(client, caller, world, method, path, body, statuses):
    # Those who are refused come first: what the others do may change what is there.
    order = sorted(zip(CALLERS, statuses, strict=True), key=lambda row: -row[1])
    found = {}
    for who, _ in order:
        with open_session() as session:
            access = None if who == "anonymous" else an_access(session, Scope(who))
            names = {**world, **media_of(session, access or an_access(session))}
        headers = caller(access=access) if access is not None else {}
        if method in ("POST", "PUT", "PATCH", "DELETE") and who == "admin" and statuses[2] in (200, 201):
            names["foreign"] = names["own"]  # the curator before has filled the other one
        answer = ask(client, method, path, body, names, headers)
        found[who] = answer.status_code
        if answer.status_code >= 400:
            assert set(answer.json()) >= {"detail", "code"}, answer.text
    assert found == dict(order)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"), STATUSES, ids=[f"{row[0]} {row[1]}"[:50] for row in STATUSES]
)
def test_what_cannot_be_done_is_told_by_its_status(client, caller, world, method, path, body, status):
    with open_session() as session:
        admin = an_admin(session)
        for other in session.query(type(admin)).filter_by(scope=Scope.ADMIN):
            if other.id != admin.id:
                disable_access(session, admin, other.id)
        names = {**world, **media_of(session, admin), "admin": admin.id}
    answer = ask(client, method, path, body, names, caller(access=admin))
    assert answer.status_code == status, answer.text
    if status >= 400:
        assert set(answer.json()) >= {"detail", "code"}
        assert len(answer.json()["detail"]) > 10


def test_foreign_and_absent_annotations_read_the_same(client, caller, world):
    viewer = caller(Scope.VIEWER)
    with open_session() as session:
        decide(session, an_admin(session), world["filled"], Decision.WITHDRAWN)
    hidden = client.get(f"/annotations/{world['answer']}", headers=viewer)
    absent = client.get(f"/annotations/{10**9}", headers=viewer)
    assert hidden.status_code == absent.status_code == 404
    assert hidden.text.replace(str(world["answer"]), "#") == absent.text.replace(str(10**9), "#")
    assert client.get("/annotations", headers=viewer).json() == []


def test_annotations_page_by_their_link_and_keep_their_filters(client, caller, world):
    headers = caller()
    for _ in range(4):
        client.post("/annotations", headers=headers, json={"media_id": world["filled"]})
    address, seen = f"/annotations/?limit=2&media_id={world['filled']}", []
    while address:
        answer = client.get(address, headers=headers)
        seen += [annotation["id"] for annotation in answer.json()]
        link = answer.headers.get("link")
        address = link.partition(">")[0].removeprefix("<") if link else None
        assert link is None or f"media_id={world['filled']}" in link
    assert len(seen) == 6 and seen == sorted(seen, reverse=True)
    waiting = client.get("/annotations?content=none", headers=headers).json()
    assert {annotation["content"] for annotation in waiting} == {"none"} and len(waiting) == 5
