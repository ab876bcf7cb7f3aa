"""Questions, guides and examples over HTTP."""

from __future__ import annotations

import pytest

from curation.annotations import submit_annotation
from curation.questions import change_question, list_questions
from db.models import Asked, Scope
from db.session import open_session
from tests.factories import a_box, a_media, an_access, an_admin


def ask(asked):
    with open_session() as session:
        found = list_questions(session, off=True)[0]
        change_question(session, an_admin(session), found.id, sentence=found.sentence, asked=asked)


@pytest.fixture
def media_id(installation):
    with open_session() as session:
        return a_media(session).id


def test_only_questions_that_are_asked_are_listed(client, caller):
    headers = caller(Scope.VIEWER)
    assert client.get("/questions", headers=headers).json() == []
    ask(Asked.REQUIRED)
    assert client.get("/questions", headers=headers).json() == [
        {"key": "missed_smoke", "sentence": "Is there smoke that no shape shows?", "asked": "required"}
    ]
    assert client.get("/questions", headers=caller(Scope.DEVICE)).status_code == 403


def test_a_required_question_is_replied_to_or_nothing_is_stored(client, caller, media_id):
    ask(Asked.REQUIRED)
    headers = caller()
    refused = client.post(f"/media/{media_id}/annotations", headers=headers, json={"shapes": [a_box()]})
    assert refused.status_code == 422
    assert refused.json()["code"] == "answer_incomplete"
    assert refused.json()["detail"].startswith("Answer the question first: ")
    assert refused.json()["question"] == "missed_smoke"
    answer = {"shapes": [a_box()], "replies": {"missed_smoke": True}}
    stored = client.post(f"/media/{media_id}/annotations", headers=headers, json=answer)
    assert stored.status_code == 201
    assert stored.json()["annotation"]["replies"] == {"missed_smoke": True}
    listed = client.get("/media?reply=missed_smoke:yes", headers=headers).json()
    assert [item["annotation"]["replies"] for item in listed] == [{"missed_smoke": True}]
    assert client.get("/media?reply=missed_smoke:no", headers=headers).json() == []


def test_accepting_an_answer_without_a_reply_says_what_is_missing(client, caller, media_id):
    headers = caller()
    answer = client.post(f"/media/{media_id}/annotations", headers=headers, json={"shapes": [a_box()]}).json()
    ask(Asked.REQUIRED)
    accept = {"media_id": media_id, "decision": "accepted", "annotation_id": answer["annotation"]["id"]}
    refused = client.post("/reviews", headers=headers, json=accept)
    assert (refused.status_code, refused.json()["question"]) == (422, "missed_smoke")


@pytest.mark.parametrize(
    "replies", [{"missed_smoke": "yes"}, {"missed_smoke": None}, {"no_question": True}, ["missed_smoke"]]
)
def test_a_reply_that_is_not_understood_is_refused(client, caller, media_id, replies):
    answer = client.post(f"/media/{media_id}/annotations", headers=caller(), json={"replies": replies})
    assert answer.status_code == 422


@pytest.mark.parametrize("reply", ["missed_smoke", "missed_smoke:maybe", ":yes"])
def test_a_filter_by_reply_that_is_not_understood_is_refused(client, caller, reply):
    assert client.get(f"/media?reply={reply}", headers=caller()).json()["code"] == "unknown_filter"


def test_label_classes_carry_a_guide_and_examples(client, caller):
    with open_session() as session:
        curator = an_access(session)
        media = a_media(session)
        submit_annotation(session, curator, media.id, shapes=[a_box("dust")], accept=True)
        media_id = media.id
    headers = caller(Scope.VIEWER)
    guides = {found["key"]: found["guide"] for found in client.get("/label-classes", headers=headers).json()}
    assert guides["antenna"].startswith("A mast")
    examples = client.get("/label-classes/dust/examples", headers=headers).json()
    assert examples == [{"media_id": media_id, "box": [0.1, 0.2, 0.3, 0.4], "chosen": False}]
    assert client.get("/label-classes/sky/examples", headers=headers).json() == []
    assert client.get("/label-classes/nothing/examples", headers=headers).status_code == 404
    assert client.get("/label-classes/dust/examples", headers=caller(Scope.DEVICE)).status_code == 403


def test_smoke_excludes_false_positives_and_these_stand_together(client, caller, media_id):
    headers = caller()
    address = f"/media/{media_id}/annotations"
    both = client.post(address, headers=headers, json={"label_classes": ["industrial", "antenna"]})
    assert (both.status_code, both.json()["code"]) == (422, "answer_incomplete")
    assert "exclude each other" in both.json()["detail"]
    several = client.post(address, headers=headers, json={"label_classes": ["antenna", "dust", "road"]})
    assert several.status_code == 201
    assert several.json()["annotation"]["label_classes"] == ["antenna", "dust", "road"]
