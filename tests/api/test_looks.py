"""Blind answers, disputes and agreement over HTTP, as the workbench sends and reads them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from curation import looks
from curation.acts import ReviewPolicy
from curation.annotations import submit_annotation
from db.models import Access, Scope
from db.session import open_session
from tests.curation.test_looks import AGAIN, an_old_answer
from tests.factories import a_box, a_media, an_access

ALWAYS = ReviewPolicy(second_opinion_share=1.0)
BOX, ELSEWHERE = a_box(), a_box(box=(0.6, 0.6, 0.7, 0.7))


@dataclass
class Given:
    """A media that one person answered and another was given to answer blind."""

    media_id: int
    look: int
    first: int
    author: dict[str, str]
    other: dict[str, str]


def took(access: Access, media_id: int, policy: ReviewPolicy = ALWAYS) -> int:
    with open_session() as session:
        looks.take(session, access, policy, 5)
        return looks.given_looks(session, access)[media_id]


@pytest.fixture
def given(installation, caller):
    with open_session() as session:
        author, other = an_access(session, login="author"), an_access(session, login="other")
        media_id = a_media(session).id
        first = submit_annotation(session, author, media_id, shapes=[BOX], policy=ALWAYS).annotation.id
    look = took(other, media_id)
    return Given(media_id, look, first, caller(access=author), caller(access=other))


def submit(client, headers, media_id, **answer):
    return client.post(f"/media/{media_id}/annotations", headers=headers, json=answer)


def decide(client, headers, media_id, decision, **more):
    return client.post("/reviews", headers=headers, json={"media_id": media_id, "decision": decision, **more})


def test_who_has_a_look_open_is_shown_a_new_media_by_every_route(client, given):
    seen = client.get(f"/media/{given.media_id}", headers=given.other).json()
    assert (seen["look"], seen["state"], seen["acts"]) == (given.look, "new", 0)
    assert (seen["annotation"], seen["annotation_id"], seen["last_review"], seen["dispute"]) == (None,) * 4
    assert client.get(f"/media/{given.media_id}/annotations", headers=given.other).json() == []
    history = client.get(f"/media/{given.media_id}/history", headers=given.other).json()
    assert [entry["what"] for entry in history] == ["registered"]
    (neighbour,) = client.get(f"/media/{given.media_id}/neighbours", headers=given.other).json()
    assert (neighbour["state"], neighbour["shapes"]) == ("new", [])
    (listed,) = client.get("/media", headers=given.other).json()
    assert (listed["state"], listed["annotation"]) == ("new", None)
    (queued,) = client.get("/queue?queue=filter", headers=given.other).json()["items"]
    assert (queued["state"], queued["look"]) == ("new", given.look)
    seen = client.get(f"/media/{given.media_id}", headers=given.author).json()
    assert (seen["look"], seen["state"], seen["annotation_id"]) == (None, "annotated", given.first)


def test_a_blind_answer_reads_like_a_first_one_and_a_dispute_shows_both(client, given):
    answer = submit(
        client,
        given.other,
        given.media_id,
        shapes=[ELSEWHERE],
        look=given.look,
        seen_acts=0,
        client_id="client-0001",
        decision="accepted",
    )
    assert answer.status_code == 201
    body = answer.json()
    blind = body["annotation"]["id"]
    assert body["media"] == {
        "id": given.media_id,
        "state": "annotated",
        "current_annotation_id": blind,
        "acts": 2,
    }
    assert (body["annotation"]["number"], body["annotation"]["based_on"], body["review"]) == (1, None, None)
    repeated = submit(client, given.other, given.media_id, look=given.look, client_id="client-0001")
    assert repeated.status_code == 200 and repeated.json()["media"] == body["media"]
    for headers in (given.author, given.other):
        seen = client.get(f"/media/{given.media_id}", headers=headers).json()
        assert (seen["state"], seen["annotation_id"], seen["look"]) == ("disputed", given.first, None)
        assert seen["dispute"]["other"]["id"] == blind
        assert (seen["dispute"]["reason"], seen["dispute"]["review"]) == ("shapes", None)
    settled = decide(
        client, given.author, given.media_id, "settled", annotation_id=given.first, chooses=blind, seen_acts=2
    )
    assert settled.status_code == 201
    assert settled.json()["media"] == {
        "id": given.media_id,
        "state": "accepted",
        "current_annotation_id": blind,
        "acts": 3,
    }


def test_a_blind_rejection_reads_like_any_and_its_undoing_too(client, given):
    told = decide(client, given.other, given.media_id, "rejected", look=given.look, seen_acts=0)
    assert told.status_code == 201
    assert told.json()["media"] == {
        "id": given.media_id,
        "state": "rejected",
        "current_annotation_id": None,
        "acts": 2,
    }
    seen = client.get(f"/media/{given.media_id}", headers=given.author).json()
    assert (seen["state"], seen["dispute"]["other"], seen["dispute"]["reason"]) == (
        "disputed",
        None,
        "decision",
    )
    assert seen["dispute"]["review"]["author"] == "other"
    undone = decide(client, given.other, given.media_id, "undone", undoes=told.json()["act"])
    assert undone.json()["media"]["state"] == "new"
    assert client.get(f"/media/{given.media_id}", headers=given.author).json()["state"] == "annotated"


def test_what_is_refused_about_looks_and_disputes(client, caller, given):
    for headers, look in ((given.author, given.look), (given.other, given.look + 1)):
        refused = submit(client, headers, given.media_id, shapes=[BOX], look=look)
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
        refused = decide(client, headers, given.media_id, "rejected", look=look)
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    viewer = caller(Scope.VIEWER)
    assert submit(client, viewer, given.media_id, look=given.look).status_code == 403
    assert submit(client, given.other, given.media_id, look=0).status_code == 422
    wordless = decide(client, given.other, given.media_id, "parked", look=given.look)
    assert (wordless.status_code, wordless.json()["code"]) == (422, "answer_incomplete")
    early = decide(
        client, given.author, given.media_id, "settled", annotation_id=given.first, chooses=given.first
    )
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    submit(client, given.other, given.media_id, look=given.look)
    answered = submit(client, given.other, given.media_id, look=given.look)
    assert (answered.status_code, answered.json()["code"]) == (409, "conflict")
    plain = submit(client, given.author, given.media_id, based_on=given.first)
    assert (plain.status_code, plain.json()["code"]) == (409, "wrong_state")
    for chooses in (None, 999):
        nothing = decide(
            client, given.author, given.media_id, "settled", annotation_id=given.first, chooses=chooses
        )
        assert (nothing.status_code, nothing.json()["code"]) == (422, "answer_incomplete")


def test_who_answers_a_look_too_late_sees_the_answer_that_counts(client, given):
    newer = submit(client, given.author, given.media_id, based_on=given.first).json()["annotation"]
    stale = submit(client, given.other, given.media_id, shapes=[BOX], look=given.look)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_annotation")
    assert stale.json()["annotation"]["id"] == newer["id"]


def test_agreement_and_ones_own_consistency_are_read_by_people(client, caller, given):
    submit(client, given.other, given.media_id, shapes=[BOX], look=given.look)
    seen = client.get("/agreement", headers=caller(Scope.ADMIN)).json()
    (wildfire,) = seen["label_classes"]
    assert (wildfire["key"], wildfire["both"], wildfire["agreement"]) == ("wildfire", 1, 1.0)
    assert [person["login"] for person in seen["persons"]] == ["author", "other"]
    assert seen["pairs"] == [{"logins": ["author", "other"], "comparisons": 1, "agreeing": 1, "share": 1.0}]
    own = client.get("/agreement", headers=given.other).json()
    assert ([person["login"] for person in own["persons"]], own["pairs"]) == (["other"], [])
    device = caller(Scope.DEVICE)
    for address in ("/agreement", "/me/consistency"):
        assert client.get(address).status_code == 401
        assert client.get(address, headers=device).status_code == 403
    nowhere = client.get("/me/consistency?timezone=Nowhere", headers=given.other)
    assert (nowhere.status_code, nowhere.json()["code"]) == (422, "invalid_text")


def test_nobody_else_is_told_of_ones_own_consistency(client, caller, installation):
    with open_session() as session:
        author = an_access(session)
        media_id = an_old_answer(session, author).id
    headers, admin = caller(access=author), caller(Scope.ADMIN)
    answer = submit(client, headers, media_id, look=took(author, media_id, AGAIN))
    assert answer.status_code == 201
    own = client.get("/me/consistency?timezone=Europe/Paris", headers=headers).json()
    assert (own["checks"], own["agreeing"], own["share"]) == (1, 0, 0.0)
    assert client.get("/me/consistency", headers=admin).json()["checks"] == 0
    assert client.get("/agreement", headers=admin).json() == {"label_classes": [], "persons": [], "pairs": []}
    assert len(client.get(f"/media/{media_id}/annotations", headers=admin).json()) == 1
    assert client.get(f"/media/{media_id}", headers=admin).json()["state"] == "annotated"
