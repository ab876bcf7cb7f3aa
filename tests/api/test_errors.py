"""Every error has a status, and every answer that is an error has the one shape."""

from __future__ import annotations

import json

import pytest

from api.errors import status_of
from curation import errors
from db.session import open_session
from tests.factories import a_media


def every_error(kind=errors.CurationError):
    for child in kind.__subclasses__():
        yield child
        yield from every_error(child)


@pytest.mark.parametrize("kind", list(every_error()), ids=lambda kind: kind.__name__)
def test_every_error_of_the_tree_has_a_status(kind):
    assert 400 <= status_of(kind("A sentence.")) < 600


@pytest.mark.parametrize("kind", list(every_error()), ids=lambda kind: kind.__name__)
def test_the_tree_at_the_top_of_the_file_shows_every_error(kind):
    assert kind.__name__ in (errors.__doc__ or "")


def test_every_error_answer_has_the_same_shape(client, caller):
    headers = caller()
    answers = [
        client.get("/media/"),
        client.get("/nothing/here", headers=headers),
        client.get("/media/999999", headers=headers),
        client.get("/media/?colour=red", headers=headers),
        client.get("/media/?limit=many", headers=headers),
        client.put("/me", headers=headers),
        client.post("/media/999999/annotations", headers=headers, json={}),
        client.post("/reviews", headers=headers, content=b"{"),
        client.post("/login/access-token", data={"username": "x", "password": "y"}),
    ]
    for answer in answers:
        assert 400 <= answer.status_code < 500, answer.text
        assert {"detail", "code"} <= answer.json().keys()
        assert isinstance(answer.json()["detail"], str)


def test_a_json_body_beyond_a_mebibyte_is_refused(client, caller):
    for headers, body in (({}, b" " * 2**21 + b"{}"), ({}, iter([b" " * 2**20] * 2))):
        kind = {**caller(), **headers, "Content-Type": "application/json"}
        answer = client.post("/reviews", headers=kind, content=body)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_nan_is_no_json(client, caller):
    answer = client.post(
        "/media/1/annotations",
        headers={**caller(), "Content-Type": "application/json"},
        content=b'{"shapes": [{"label_class": "wildfire", "box": [NaN, 0, 1, 1]}]}',
    )
    assert answer.status_code in (404, 422)


def test_an_error_is_told_in_the_language_of_the_browser_until_the_person_has_chosen_one(client, caller):
    mine = caller()
    french = {**mine, "Accept-Language": "fr-FR,fr;q=0.9,en;q=0.5"}
    assert client.get("/media/999999", headers=mine).json()["detail"] == "There is no media 999999."
    assert client.get("/media/999999", headers=french).json()["detail"] == "Le média 999999 n’existe pas."
    assert (
        client.get("/media/", headers={"Accept-Language": "fr"}).json()["detail"] == "Connectez-vous d’abord."
    )
    assert client.patch("/me/preferences", headers=mine, json={"language": "en"}).status_code == 200
    assert client.get("/media/999999", headers=french).json()["detail"] == "There is no media 999999."
    assert client.patch("/me/preferences", headers=mine, json={"language": "fr"}).status_code == 200
    assert client.get("/media/999999", headers=mine).json()["detail"] == "Le média 999999 n’existe pas."


def test_a_sentence_that_quotes_half_a_character_can_be_told(client, caller):
    headers = caller()
    with open_session() as session:
        media_id = a_media(session).id
    made = client.post("/annotations", headers=headers, json={"media_id": media_id}).json()
    document = json.dumps({"shapes": [{"label_class": "\ud800", "box": [0.1, 0.1, 0.2, 0.2]}]})
    answer = client.post(
        f"/annotations/{made['id']}/upload", headers=headers, files={"file": ("a.json", document)}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_label_class")
