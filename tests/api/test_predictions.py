"""Predictions over HTTP, as a model's program sends them and as a curator's screen gets them."""

from __future__ import annotations

import pytest

from db.models import Scope
from db.session import open_session
from tests.factories import a_media, an_access

SMOKE = {"label_class": "wildfire", "box": [0.1, 0.2, 0.3, 0.4], "confidence": 0.87}
SENT = {"model": "yolo 11", "shapes": [SMOKE]}


@pytest.fixture
def media_id(installation):
    with open_session() as session:
        return a_media(session).id


def test_a_prediction_travels_with_every_way_of_reading_a_media(client, caller, media_id):
    headers = caller()
    sent = client.post(f"/media/{media_id}/predictions", headers=headers, json=SENT)
    assert sent.status_code == 201
    stored = sent.json()
    assert (stored["model"], stored["score"]) == ("yolo 11", 0.87)
    assert stored["shapes"] == [{**SMOKE, "points": None}]
    taken = client.post("/queue?queue=to_annotate", headers=headers).json()["items"]
    looked = client.get("/queue?queue=to_annotate", headers=headers).json()["items"]
    details = client.get(f"/media/{media_id}", headers=headers).json()
    listed = client.get("/media", headers=headers).json()
    for item in (taken[0], details, *looked, *listed):
        assert item["predictions"] == [stored]
        assert item["annotation"] is None
        assert item["score"] == 0.87


def test_a_repeated_client_id_is_answered_200(client, caller, media_id):
    headers = caller()
    for status in (201, 200):
        answer = client.post(
            f"/media/{media_id}/predictions", headers=headers, json=SENT | {"client_id": "prediction-1"}
        )
        assert answer.status_code == status
    assert len(client.get(f"/media/{media_id}/predictions", headers=headers).json()) == 1


def test_the_list_goes_on_where_its_link_says(client, caller, media_id):
    headers = caller()
    for _ in range(3):
        client.post(f"/media/{media_id}/predictions", headers=headers, json=SENT)
    first = client.get(f"/media/{media_id}/predictions?limit=2", headers=headers)
    following = first.headers["Link"].partition(">")[0].lstrip("<")
    assert [len(first.json()), len(client.get(following, headers=headers).json())] == [2, 1]


def test_what_was_taken_is_stored_as_the_models_and_what_was_corrected_as_the_curators(
    client, caller, media_id
):
    headers = caller()
    prediction = client.post(f"/media/{media_id}/predictions", headers=headers, json=SENT).json()["id"]
    shape = {"label_class": "wildfire", "prediction": prediction}
    answer = client.post(
        f"/media/{media_id}/annotations",
        headers=headers,
        json={"shapes": [{**shape, "box": SMOKE["box"]}, {**shape, "box": [0.1, 0.2, 0.3, 0.5]}]},
    )
    as_is, corrected = answer.json()["annotation"]["shapes"]
    assert (as_is["origin"], as_is["confidence"], as_is["model"]) == ("model", 0.87, "yolo 11")
    assert (corrected["origin"], corrected["confidence"], corrected["model"]) == ("human", None, "yolo 11")
    assert as_is["prediction"] == corrected["prediction"] == prediction


def test_a_hundred_go_in_one_request_and_each_is_answered(client, caller, media_id):
    sent = [{"media_id": media_id, **SENT}, {"media_id": 999_999, **SENT}]
    stored, refused = client.post("/predictions", headers=caller(), json=sent).json()
    assert stored["prediction"]["shapes"] == [{**SMOKE, "points": None}]
    assert (stored["repeated"], stored["problem"]) == (False, None)
    assert (refused["prediction"], refused["problem"]["code"]) == (None, "media_not_found")
    assert client.post("/predictions", headers=caller(), json=sent * 51).status_code == 422
    assert client.post("/predictions", headers=caller(), json=[]).status_code == 422


def test_who_may_predict_and_who_may_read(client, caller, installation):
    with open_session() as session:
        device = an_access(session, Scope.DEVICE)
        own, foreign = a_media(session, uploaded_by=device).id, a_media(session).id
    camera = caller(access=device)

    def send(headers, media):
        return client.post(f"/media/{media}/predictions", headers=headers, json=SENT).status_code

    assert [send(camera, own), send(camera, foreign)] == [201, 404]
    assert [send(caller(scope), own) for scope in (Scope.USER, Scope.ADMIN, Scope.VIEWER)] == [201, 201, 403]
    assert send({}, own) == 401
    read = [
        client.get(f"/media/{own}/predictions", headers=headers).status_code
        for headers in (caller(Scope.VIEWER), camera, {})
    ]
    assert read == [200, 403, 401]
    assert (
        client.post("/predictions", headers=caller(Scope.VIEWER), json=[SENT | {"media_id": own}]).status_code
        == 403
    )


@pytest.mark.parametrize(
    "change",
    [
        {"shapes": [SMOKE | {"confidence": 1.2}]},
        {"shapes": [SMOKE | {"confidence": None}]},
        {"shapes": [{**SMOKE, "origin": "human"}]},
        {"shapes": [SMOKE] * 501},
        {"model": ""},
        {"score": -1},
        {"client_id": "short"},
        {"certainty": 1},
    ],
)
def test_what_makes_no_sense_is_refused(client, caller, media_id, change):
    answer = client.post(f"/media/{media_id}/predictions", headers=caller(), json=SENT | change)
    assert answer.status_code == 422
    assert {"detail", "code"} <= answer.json().keys()


def test_confidence_is_no_number_that_is_none(client, caller, media_id):
    body = '{"model":"m","shapes":[{"label_class":"wildfire","box":[0.1,0.2,0.3,0.4],"confidence":NaN}]}'
    headers = caller() | {"Content-Type": "application/json"}
    assert client.post(f"/media/{media_id}/predictions", headers=headers, content=body).status_code == 422
