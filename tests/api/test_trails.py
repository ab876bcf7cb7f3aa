"""Lists of what happened: decisions for people, the audit trail for admins."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from curation.annotations import submit_annotation
from curation.events import record
from curation.reviews import decide
from db.models import Access, Decision, Look, LookKind, Scope, utc_now
from db.session import open_session
from tests.factories import a_media, an_access, an_admin


def walk(client, address, headers):
    """All pages of a list."""
    found = []
    while address:
        page = client.get(address, headers=headers)
        assert page.status_code == 200, page.text
        found += page.json()
        address = page.links.get("next", {}).get("url")
    return found


@pytest.fixture
def decided(installation):
    """Two media, each sent back by one curator and accepted by another."""
    with open_session() as session:
        first, second = an_access(session, login="first"), an_access(session, login="second")
        media = [a_media(session) for _ in range(2)]
        for one in media:
            annotation = submit_annotation(session, first, one.id).annotation
            for who, decision in ((second, Decision.UNSURE), (first, Decision.ACCEPTED)):
                decide(session, who, one.id, decision, annotation_id=annotation.id, comment="so it is")
        return [one.id for one in media]


def test_decisions_are_listed_newest_first_and_paged(client, caller, decided):
    found = walk(client, "/reviews?limit=1", caller(Scope.VIEWER))
    assert [(one["media_id"], one["author"], one["decision"]) for one in found] == [
        (decided[1], "first", "accepted"),
        (decided[1], "second", "unsure"),
        (decided[0], "first", "accepted"),
        (decided[0], "second", "unsure"),
    ]
    assert found[0]["comment"] == "so it is"


def test_decisions_are_filtered(client, caller, decided):
    viewer = caller(Scope.VIEWER)
    assert {one["media_id"] for one in walk(client, f"/reviews?media_id={decided[0]}", viewer)} == {
        decided[0]
    }
    assert {one["author"] for one in walk(client, "/reviews/?author=Second&limit=1", viewer)} == {"second"}
    assert {one["decision"] for one in walk(client, "/reviews?decision=unsure", viewer)} == {"unsure"}
    assert walk(client, "/reviews?decision=unsure&author=first", viewer) == []
    for query in ("decision=maybe", "author=nobody", "colour=red", "cursor=x", "limit=0", "media_id=x"):
        assert client.get(f"/reviews?{query}", headers=viewer).status_code == 422, query
    assert client.get("/reviews?media_id=999999", headers=viewer).status_code == 404


def test_decisions_on_withdrawn_media_are_for_admins(client, caller, decided):
    with open_session() as session:
        decide(session, an_admin(session), decided[0], Decision.WITHDRAWN)
    assert {one["media_id"] for one in walk(client, "/reviews", caller(Scope.USER))} == {decided[1]}
    assert {one["media_id"] for one in walk(client, "/reviews", caller(Scope.ADMIN))} == set(decided)
    assert client.get(f"/reviews?media_id={decided[0]}", headers=caller(Scope.USER)).status_code == 404


def test_decisions_on_a_media_to_be_answered_blind_are_kept_from_whoever_shall_answer(
    client, caller, decided
):
    with open_session() as session:
        access = an_access(session)
    details = client.get(f"/media/{decided[0]}", headers=caller(access=access)).json()
    with open_session() as session:
        look = Look(
            kind=LookKind.SECOND_OPINION,
            media_id=decided[0],
            annotation_id=details["annotation_id"],
            access_id=access.id,
            taken_at=utc_now(),
        )
        session.add(look)
    assert {one["media_id"] for one in walk(client, "/reviews", caller(access=access))} == {decided[1]}
    assert walk(client, f"/reviews?media_id={decided[0]}", caller(access=access)) == []


def test_the_audit_trail_is_for_admins(client, caller, decided):
    for headers, status in (({}, 401), *((caller(scope), 403) for scope in Scope if scope != Scope.ADMIN)):
        assert client.get("/events", headers=headers).status_code == status
    assert client.get("/reviews").status_code == 401
    assert client.get("/reviews", headers=caller(Scope.DEVICE)).status_code == 403


def test_the_audit_trail_is_paged_and_filtered(client, caller, decided):
    admin = caller(Scope.ADMIN)
    with open_session() as session:
        first = session.scalars(select(Access).where(Access.login == "first")).one()
        for number in range(3):
            record(session, first, "tried", {"number": number}, media_id=decided[0], address="10.0.0.9")
        record(session, None, "tried", {"number": 3})
    found = walk(client, "/events?name=tried&limit=2", admin)
    assert [one["detail"]["number"] for one in found] == [3, 2, 1, 0]
    assert (found[0]["login"], found[0]["media_id"]) == (None, None)
    assert (found[1]["login"], found[1]["media_id"], found[1]["address"]) == ("first", decided[0], "10.0.0.9")
    assert len(walk(client, "/events?name=tried&login=first", admin)) == 3
    assert len(walk(client, f"/events?name=tried&media_id={decided[0]}", admin)) == 3
    assert walk(client, "/events?name=never", admin) == []
    for query in ("login=nobody", "names=tried", "name=Not%20A%20Name", "cursor=x", "limit=1000"):
        assert client.get(f"/events?{query}", headers=admin).status_code == 422, query
