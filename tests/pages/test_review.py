"""The Review page: where its address leads, and the same decisions with plain buttons."""

from __future__ import annotations

import json
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from components.workbench import Place, _told
from curation.annotations import submit_annotation
from curation.browse import get_details
from curation.comments import comment_on, list_mentions
from curation.history import get_history
from curation.questions import change_question, list_questions
from curation.queues import Queue, next_media
from db.models import Asked, Look, LookKind, Media, State, utc_now
from db.session import open_session
from tests.factories import a_box, a_media, an_access, an_admin


@pytest.fixture
def curator(installation):
    with open_session() as session:
        return an_access(session, login="curator")


@pytest.fixture
def media(curator):
    """Three of the north, in the order of their queue; the first two have an answer with a box."""
    with open_session() as session:
        found = [a_media(session, source="north", uploaded_by=curator) for _ in range(3)]
        for each in found[:2]:
            submit_annotation(session, curator, each.id, shapes=[a_box("wildfire", (0.1, 0.1, 0.2, 0.2))])
        return [each.id for each in found]


def place(app: AppTest) -> dict[str, Any]:
    """What the workbench was told about where to be."""
    (component,) = [found for found in app.get("bidi_component") if "queues" in (found.proto.json or "")]
    told: dict[str, Any] = json.loads(component.proto.json)
    return told


def state_of(curator, media_id):
    with open_session(read_only=True) as session:
        return get_details(session, curator, media_id).state


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def test_the_address_says_queue_filter_and_picture(open_page, curator, media):
    app = open_page(curator, "review.py", queue="to_review", source="north", start=str(media[1]))
    told = place(app)
    assert (told["queue"], told["start"]) == ("to_review", media[1])
    assert told["query"] == [["queue", "to_review"], ["source", "north"]]
    assert "filter" not in [queue["key"] for queue in told["queues"]]
    assert not told["echo"]


def test_without_a_queue_the_one_is_opened_in_which_most_waits(open_page, curator, media):
    assert place(open_page(curator, "review.py"))["queue"] == "to_review"


def test_any_filter_is_a_queue(open_page, curator, media):
    told = place(open_page(curator, "review.py", queue="filter", state="new", sort="-captured"))
    assert told["query"] == [["queue", "filter"], ["state", "new"], ["sort", "-captured"]]
    assert told["queues"][-1]["key"] == "filter"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"queue": "somewhere"}, "There is no queue “somewhere”"),
        ({"queue": "to_review", "colour": "red"}, "“colour” is not a filter"),
        ({"queue": "to_review", "state": "new"}, "A queue has a state of its own"),
    ],
)
def test_an_address_that_is_not_understood_is_said_and_leads_on(open_page, curator, query, sentence):
    app = open_page(curator, "review.py", **query)
    assert sentence in app.error[0].value.replace("\\", "")
    app.button[0].click().run()
    assert place(app)["queue"] == "to_review"


def test_plain_buttons_decide_and_lead_on(open_page, curator, media):
    app = open_page(curator, "review.py", queue="to_review", plain="1")
    press(app, f"accepted_{media[0]}")
    assert "accepted" in app.success[0].value
    press(app, f"rejected_{media[1]}")
    assert [state_of(curator, media_id) for media_id in media] == ["accepted", "rejected", "new"]
    assert "Nothing is left" in app.info[0].value


def test_plain_buttons_show_what_is_answered_and_offer_only_what_can_be_done(open_page, curator, media):
    app = open_page(curator, "review.py", queue="to_review", plain="1")
    facts = " ".join(html.body for html in app.get("html"))
    assert "wildfire, upper left, 1 % of the picture" in facts
    assert f'src="/api/media/{media[0]}/picture?size=screen"' in facts
    keys = {button.key for button in app.button if button.key}
    assert f"sent_back_{media[0]}" in keys
    assert f"reopened_{media[0]}" not in keys


def test_sending_back_needs_a_comment_with_plain_buttons_too(open_page, curator, media):
    app = open_page(curator, "review.py", queue="to_review", plain="1")
    press(app, f"sent_back_{media[0]}")
    assert "Say in a comment" in app.error[0].value
    assert state_of(curator, media[0]) == "annotated"
    app.text_area(key=f"comment_{media[0]}").set_value("too wide").run()
    press(app, f"sent_back_{media[0]}")
    assert state_of(curator, media[0]) == "sent_back"
    with open_session(read_only=True) as session:
        assert get_history(session, curator, media[0])[0].comment == "too wide"


def test_accepting_a_new_picture_is_refused_and_nothing_here_is_an_answer(open_page, curator, media):
    app = open_page(curator, "review.py", queue="to_annotate", plain="1")
    press(app, f"accepted_{media[2]}")
    assert "Draw shapes, or say that nothing is here" in app.error[0].value.replace("\\", "")
    press(app, f"nothing_{media[2]}")
    assert state_of(curator, media[2]) == "annotated"


def test_a_label_class_is_given_to_the_whole_picture(open_page, curator, media):
    app = open_page(curator, "review.py", queue="to_annotate", plain="1")
    app.multiselect(key=f"whole_{media[2]}").set_value(["low_cloud"]).run()
    press(app, f"nothing_{media[2]}")
    with open_session(read_only=True) as session:
        assert get_details(session, curator, media[2]).annotation.label_classes == ["low_cloud"]


def test_the_last_plain_decision_is_taken_back(open_page, curator, media):
    app = open_page(curator, "review.py", queue="to_review", plain="1")
    press(app, f"accepted_{media[0]}")
    press(app, f"undo_{media[0]}")
    assert "Taken back" in app.success[0].value
    assert state_of(curator, media[0]) == "annotated"


def test_somebody_faster_is_told_and_nothing_is_overwritten(open_page, curator, media):
    app = open_page(curator, "review.py", queue="to_review", plain="1")
    with open_session() as session:
        before = get_details(session, curator, media[0]).annotation_id
        submit_annotation(session, curator, media[0], shapes=[a_box("industrial")], based_on=before)
    press(app, f"accepted_{media[0]}")
    assert "answered this picture a moment ago" in app.error[0].value
    assert state_of(curator, media[0]) == "annotated"


def test_a_picture_on_the_workbench_counts_as_seen_by_whom_it_was_shown_to(open_page, curator, media):
    with open_session() as session:
        colleague = an_access(session, login="colleague")
        for media_id in media[:2]:
            comment_on(session, colleague, media_id, "@curator look")
    open_page(curator, "review.py", queue="filter", start=str(media[0]))
    with open_session(read_only=True) as session:
        assert [found.media_id for found in list_mentions(session, curator, unseen=True)] == [media[1]]


def test_with_plain_buttons_too_nobody_else_is_given_the_picture(open_page, curator, media):
    open_page(curator, "review.py", queue="to_review", plain="1")
    with open_session() as session:
        assert next_media(session, an_access(session), Queue.TO_REVIEW).items == []


def test_a_plain_answer_to_what_comes_back_blind_moves_nothing(open_page, curator, media):
    with open_session() as session:
        colleague = an_access(session, login="colleague")
        for media_id in media[2:]:
            session.get_one(Media, media_id).state = State.REJECTED
        first = get_details(session, curator, media[0])
        look = Look(
            kind=LookKind.SECOND_OPINION,
            media_id=media[0],
            annotation_id=first.annotation_id,
            access_id=colleague.id,
            taken_at=utc_now(),
        )
        session.add(look)
    app = open_page(colleague, "review.py", queue="to_annotate", plain="1")
    press(app, f"nothing_{media[0]}")
    assert not app.exception
    with open_session(read_only=True) as session:
        now = get_details(session, curator, media[0])
        assert (now.annotation_id, session.get_one(Look, look.id).answered_at is None) == (
            first.annotation_id,
            False,
        )


@pytest.fixture
def asked(installation):
    with open_session() as session:
        found = list_questions(session, off=True)[0]
        change_question(session, an_admin(session), found.id, sentence=found.sentence, asked=Asked.REQUIRED)


def test_a_required_question_is_replied_to_with_plain_buttons_too(open_page, curator, media, asked):
    app = open_page(curator, "review.py", queue="to_annotate", plain="1")
    press(app, f"nothing_{media[2]}")
    assert "Answer the question first" in app.error[0].value
    app.radio(key=f"reply_missed_smoke_{media[2]}").set_value("no").run()
    press(app, f"nothing_{media[2]}")
    with open_session(read_only=True) as session:
        assert get_details(session, curator, media[2]).annotation.replies == {"missed_smoke": False}


def test_an_answer_without_a_reply_is_accepted_with_one(open_page, curator, media, asked):
    app = open_page(curator, "review.py", queue="to_review", plain="1")
    press(app, f"accepted_{media[0]}")
    assert "Answer the question first" in app.error[0].value
    app.radio(key=f"reply_missed_smoke_{media[0]}").set_value("yes").run()
    press(app, f"accepted_{media[0]}")
    with open_session(read_only=True) as session:
        details = get_details(session, curator, media[0])
    assert (details.state, details.annotation.replies) == ("accepted", {"missed_smoke": True})
    assert [shape.box for shape in details.annotation.shapes] == [(0.1, 0.1, 0.2, 0.2)]


def test_smoke_and_a_false_positive_exclude_each_other_for_the_whole_picture(open_page, curator, media):
    app = open_page(curator, "review.py", queue="to_annotate", plain="1")
    app.multiselect(key=f"whole_{media[2]}").set_value(["wildfire", "dust"]).run()
    press(app, f"nothing_{media[2]}")
    assert "exclude each other" in app.error[0].value
    assert state_of(curator, media[2]) == "new"
    app.multiselect(key=f"whole_{media[2]}").set_value(["antenna", "dust"]).run()
    press(app, f"nothing_{media[2]}")
    with open_session(read_only=True) as session:
        assert get_details(session, curator, media[2]).annotation.label_classes == ["antenna", "dust"]


def test_the_order_is_chosen_with_plain_buttons_and_outlives_the_queue(open_page, curator, media):
    with open_session() as session:
        for media_id, score in zip(media, (0.2, 0.9, None), strict=True):
            session.get_one(Media, media_id).score = score
    app = open_page(curator, "review.py", queue="to_review", source="north", plain="1", start=str(media[0]))
    assert app.selectbox(key="plain_order").value == "captured"
    app.selectbox(key="plain_order").set_value("-score").run()
    chosen = {"sort": "-score", "plain": "1"}
    assert app.query_params == {"queue": "to_review", "source": "north", **chosen}
    assert f"accepted_{media[1]}" in {button.key for button in app.button}
    app.selectbox(key="plain_queue").set_value(Queue.TO_ANNOTATE).run()
    assert app.query_params == {"queue": "to_annotate", **chosen}
    app.selectbox(key="plain_order").set_value("random").run()
    assert 0 <= int(app.query_params["seed"]) < 2**31


def test_an_order_that_is_not_offered_is_shown_when_the_address_names_it(open_page, curator, media):
    app = open_page(curator, "review.py", queue="filter", plain="1")
    assert app.selectbox(key="plain_order").value == "-uploaded"
    assert "Newest first" in app.selectbox(key="plain_order").options


def a_place(queue, query, start=None):
    """What Python makes of what the workbench says."""
    st.session_state["workbench"] = {"place": {"queue": queue, "query": query, "start": start}}
    return _told("workbench")


def test_python_is_told_the_order_and_refuses_what_is_none(monkeypatch):
    monkeypatch.setattr(st, "session_state", {})
    query = [["queue", "to_review"], ["tag", "a"], ["tag", "b"], ["sort", "random"], ["seed", "7"]]
    filters = {"tag": ["a", "b"], "sort": ["random"], "seed": ["7"]}
    assert a_place("to_review", query, 3) == Place(Queue.TO_REVIEW, filters, 3)
    for refused in ([["sort", "colour"]], [["state", "new"]], [["seed", "-1"]], [["sort", 4]], "sort", None):
        assert a_place("to_review", refused, 3) == Place(Queue.TO_REVIEW, {}, 3)
    assert a_place("somewhere", []) is None
