"""Answers over HTTP, as the workbench sends them."""

from __future__ import annotations

import threading

import pytest

from db.models import Scope
from db.session import open_session
from tests.factories import a_box, a_media, an_access

BOX = a_box()


@pytest.fixture
def media_id(installation):
    with open_session() as session:
        return a_media(session).id


def submit(client, headers, media_id, **answer):
    return client.post(f"/media/{media_id}/annotations", headers=headers, json=answer)


def test_a_submission_answers_what_is_stored(client, caller, media_id):
    answer = submit(
        client, caller(), media_id, shapes=[BOX], client_id="client-0001", label_classes=["wildfire"]
    )
    assert answer.status_code == 201
    body = answer.json()
    number = body["annotation"]["id"]
    assert body["media"] == {"id": media_id, "state": "annotated", "current_annotation_id": number, "acts": 1}
    assert body["annotation"]["shapes"] == [
        {**BOX, "points": None, "origin": "human", "confidence": None, "prediction": None, "model": None}
    ]
    assert body["annotation"]["label_classes"] == ["wildfire"]


def test_a_repeated_client_id_is_answered_200_with_the_stored_answer(client, caller, media_id):
    headers = caller()
    first = submit(client, headers, media_id, shapes=[BOX], client_id="client-0001")
    again = submit(client, headers, media_id, shapes=[], client_id="client-0001")
    assert again.status_code == 200
    assert again.json()["annotation"] == first.json()["annotation"]


def test_the_loser_of_a_race_sees_the_answer_that_counts(client, caller, media_id):
    winner = submit(client, caller(), media_id, shapes=[BOX]).json()
    stale = submit(client, caller(), media_id, shapes=[])
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_annotation")
    assert stale.json()["annotation"] == winner["annotation"]
    kept = submit(client, caller(), media_id, shapes=[], based_on=winner["annotation"]["id"])
    assert kept.json()["annotation"]["number"] == 2


def test_of_ten_curators_at_the_same_instant_one_wins_and_nine_are_told(client, caller, media_id):
    headers = [caller() for _ in range(10)]
    barrier, statuses = threading.Barrier(10), []

    def send(who):
        barrier.wait()
        statuses.append(submit(client, who, media_id, shapes=[BOX]).status_code)

    threads = [threading.Thread(target=send, args=(who,)) for who in headers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201] + [409] * 9
    assert len(client.get(f"/media/{media_id}/annotations", headers=headers[0]).json()) == 1


def test_a_polygon_travels_with_its_derived_box(client, caller, media_id):
    points = [[0.1, 0.1], [0.3, 0.15], [0.2, 0.4]]
    answer = submit(client, caller(), media_id, shapes=[{"label_class": "wildfire", "points": points}])
    (shape,) = answer.json()["annotation"]["shapes"]
    assert (shape["points"], shape["box"]) == (points, [0.1, 0.1, 0.3, 0.4])


@pytest.mark.parametrize(
    "shapes",
    [
        [{"label_class": "dragon", "box": [0, 0, 1, 1]}],
        [{"label_class": "wildfire", "box": [0, 0, 1, 2]}],
        [{"label_class": "wildfire", "box": [0, 0, 1]}],
        [{"label_class": "wildfire", "box": ["a", 0, 1, 1]}],
        [{"label_class": "wildfire"}],
        [{"label_class": "wildfire", "points": [[0, 0], [1, 1]]}],
        [BOX] * 501,
        "shapes",
    ],
    ids=lambda shapes: str(shapes)[:60],
)
def test_nonsense_is_refused_and_nothing_is_written(client, caller, media_id, shapes):
    headers = caller()
    answer = submit(client, headers, media_id, shapes=shapes)
    assert answer.status_code == 422, answer.text
    assert client.get(f"/media/{media_id}/annotations", headers=headers).json() == []
    assert client.get(f"/media/{media_id}", headers=headers).json()["state"] == "new"


def test_decisions_travel_the_same_way(client, caller, media_id):
    headers = caller()
    annotation = submit(client, headers, media_id, shapes=[BOX]).json()["annotation"]
    decision = {"media_id": media_id, "decision": "sent_back", "annotation_id": annotation["id"]}
    wordless = client.post("/reviews", headers=headers, json=decision)
    assert (wordless.status_code, wordless.json()["code"]) == (422, "answer_incomplete")
    answer = client.post("/reviews", headers=headers, json={**decision, "comment": "box too wide"})
    assert answer.status_code == 201
    assert answer.json()["media"]["state"] == "sent_back"
    undone = client.post("/reviews", headers=headers, json={"media_id": media_id, "decision": "undone"})
    assert undone.json()["media"]["state"] == "annotated"


def test_what_is_sent_back_may_be_for_its_annotator_alone(client, caller, media_id):
    headers = caller()
    annotation = submit(client, headers, media_id, shapes=[BOX]).json()["annotation"]
    decision = {"media_id": media_id, "annotation_id": annotation["id"], "comment": "box too wide"}

    def decide(**more):
        return client.post("/reviews", headers=headers, json={**decision, **more})

    for refused in ({"decision": "accepted", "to": "anyone"}, {"decision": "sent_back", "to": "somebody"}):
        answer = decide(**refused)
        assert (answer.status_code, set(answer.json()) >= {"detail", "code"}) == (422, True), answer.text
    sent = decide(decision="sent_back", to="annotator").json()
    assert sent["review"]["sent_to"] == annotation["author"]
    other = caller()
    queue = {"queue": "sent_back"}
    listed = {
        who: client.get("/queue", headers=by, params=queue).json() for who, by in ((1, headers), (2, other))
    }
    assert [len(listed[who]["items"]) for who in (1, 2)] == [listed[who]["count"] for who in (1, 2)] == [1, 0]
    assert (
        client.get(f"/media/{media_id}/history", headers=other).json()[0]["sent_to"] == annotation["author"]
    )
    client.post("/reviews", headers=headers, json={"media_id": media_id, "decision": "undone"})
    assert decide(decision="sent_back", to="anyone").json()["review"]["sent_to"] is None
    assert client.get("/queue", headers=other, params=queue).json()["count"] == 1


def test_a_misspelt_field_is_no_answer(client, caller, media_id):
    headers = caller()
    assert submit(client, headers, media_id, Shapes=[BOX]).status_code == 422
    misspelt = {"media_id": media_id, "decision": "rejected", "coment": "x"}
    assert client.post("/reviews", headers=headers, json=misspelt).status_code == 422
    assert client.get(f"/media/{media_id}", headers=headers).json()["state"] == "new"


def test_who_was_slower_than_a_colleagues_decision_is_told(client, caller, media_id):
    headers = caller()
    client.post("/reviews", headers=caller(), json={"media_id": media_id, "decision": "unsure"})
    late = submit(client, headers, media_id, shapes=[BOX], seen_acts=0)
    assert (late.status_code, late.json()["code"], late.json()["acts"]) == (409, "moved_on", 1)


@pytest.mark.parametrize(("scope", "status"), [(Scope.VIEWER, 403), (Scope.DEVICE, 404)])
def test_who_may_not_decide(client, caller, media_id, scope, status):
    headers = caller(scope)
    assert submit(client, headers, media_id).status_code == 403
    answer = client.post("/reviews", headers=headers, json={"media_id": media_id, "decision": "rejected"})
    assert answer.status_code == 403
    assert client.get("/queue", headers=headers).status_code == 403
    assert client.get(f"/media/{media_id}", headers=headers).status_code in (200, status)


def test_unparking_and_history_over_http(client, caller, media_id):
    headers = caller()
    for decision, comment in (("parked", "too dark"), ("unparked", None), ("unsure", None)):
        answer = client.post(
            "/reviews", headers=headers, json={"media_id": media_id, "decision": decision, "comment": comment}
        )
        assert answer.status_code == 201, answer.text
    history = client.get(f"/media/{media_id}/history", headers=headers).json()
    assert [entry["what"] for entry in history] == ["unsure", "unparked", "parked", "registered"]


def test_accepting_what_is_drawn_is_one_request(client, caller, media_id):
    answer = submit(client, caller(), media_id, shapes=[BOX], decision="accepted").json()
    assert answer["media"]["state"] == "accepted"
    assert answer["review"]["decision"] == "accepted"


def test_a_client_id_out_of_shape_is_refused(client, caller, media_id):
    assert submit(client, caller(), media_id, client_id="a b").status_code == 422


def test_reviewers_need_an_access_that_is_not_disabled(client, caller, media_id):
    with open_session() as session:
        access = an_access(session)
    headers = caller(access=access)
    with open_session() as session:
        session.get(type(access), access.id).disabled_at = access.created_at
    assert submit(client, headers, media_id).status_code == 401
