"""The Overview page: its numbers, its links, and who sees which."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import streamlit as st

from curation import looks
from curation.acts import ReviewPolicy
from curation.annotations import submit_annotation
from curation.browse import count_matches, list_page
from curation.comments import comment_on
from curation.media_filter import MediaFilter
from curation.queues import Queue, next_media
from curation.reviews import decide
from db.models import Annotation, Decision, Scope, utc_now
from db.session import open_session
from tests.factories import a_box, a_media, a_viewer, an_access, an_admin
from tests.pages.conftest import drawn, links, query_of, said, text_of


@pytest.fixture
def curator(installation):
    with open_session() as session:
        return an_access(session, login="curator")


@pytest.fixture
def work(curator):
    """A little of everything: new, annotated, sent back and accepted media of two sources, over three days."""
    with open_session() as session:
        colleague = an_access(session, login="colleague")
        for number in range(12):
            media = a_media(
                session,
                source=["north", "south"][number % 2],
                captured_at=utc_now() - timedelta(days=number % 3),
            )
            if number < 3:
                continue
            author = [curator, colleague][number % 2]
            boxes = [a_box("wildfire"), a_box(["wildfire", "industrial"][number % 2])]
            submit_annotation(
                session, author, media.id, shapes=boxes, label_classes=["lens_flare"] * (number % 2)
            )
            annotation_id = media.current_annotation_id
            if number < 6:
                decide(session, colleague, media.id, Decision.ACCEPTED, annotation_id=annotation_id)
            elif number < 9:
                decide(
                    session,
                    colleague,
                    media.id,
                    Decision.SENT_BACK,
                    annotation_id=annotation_id,
                    comment="too wide",
                )


def number_in(text: str) -> int:
    found = re.search(r"\d[\d,]*", text)
    assert found, text
    return int(found.group().replace(",", ""))


def test_every_number_and_bar_opens_as_many_media_as_it_says(open_page, curator, work):
    app = open_page(curator)
    checked = 0
    with open_session(read_only=True) as session:
        for element in drawn(app):
            if element["tag"] != "a":
                continue
            address, query = element["attributes"]["href"], query_of(element["attributes"]["href"])
            queue = Queue(query.pop("queue")[0]) if "queue" in query else None
            wanted = MediaFilter.from_query(query)
            if queue is None:
                listed = len(list_page(session, curator, wanted, limit=200).items)
                assert listed == count_matches(session, curator, wanted).value
            else:
                listed = len(next_media(session, curator, queue, wanted, limit=50).items)
            shown = text_of(element)
            if shown == "Continue reviewing":
                continue
            if element["attributes"].get("class") == "row":
                shown = text_of(element["children"][-1])  # the last figure counts media
            elif not shown.strip():
                shown = element["attributes"]["title"].split(": ")[1]
            assert number_in(shown) == listed, (address, text_of(element))
            checked += 1
    assert checked > 20


def test_the_three_numbers(open_page, curator, work):
    app = open_page(curator)
    numbers = [text_of(element) for element in drawn(app) if element["attributes"].get("class") == "door"]
    assert numbers == ["3waiting for you", "9waiting for anyone", "3accepted"]
    assert "2 of your answers sent back" in said(app)


def test_what_is_decided_and_ones_own_day_have_lists(open_page, curator, work):
    shown = dict(links(open_page(curator)))
    assert shown["Accepted 3"] == "/browse?state=accepted"
    assert shown["Rejected 0"] == "/browse?state=rejected"
    assert "acted_by=curator&acted_from=" in next(
        address for text, address in shown.items() if text.startswith("Mine today ")
    )
    assert shown["Disagreements 0"] == "/review?queue=disagreements"


def test_continue_reviewing_leads_to_the_fullest_queue(open_page, curator):
    with open_session() as session:
        for number in range(5):
            media = a_media(session)
            if number < 3:
                submit_annotation(session, curator, media.id, shapes=[a_box()])
    assert ("Continue reviewing", "/review?queue=to_review") in links(open_page(curator))


def test_who_only_looks_is_not_asked_to_review(open_page, work):
    with open_session() as session:
        viewer = a_viewer(session)
    app = open_page(viewer)
    assert not [address for _, address in links(app) if address.startswith("/review")]
    assert "waiting for you" not in said(app)
    assert "Mine today" not in said(app)
    assert ("Accepted 3", "/browse?state=accepted") in links(app)
    assert ("Browse", "/browse") in links(app)


def test_an_empty_installation_says_what_to_do(open_page, curator):
    app = open_page(curator)
    assert "No media yet" in said(app)
    assert "Upload the first pictures" in said(app)


def test_the_days_may_be_those_of_capture(open_page, curator):
    with open_session() as session:
        a_media(session, captured_at=utc_now() - timedelta(days=400))
    app = open_page(curator, by="Captured")
    assert app.segmented_control(key="by").value == "captured"
    assert "the newest" in said(app), "an old collection is shown where it ends"
    assert [text for text, address in links(app) if "captured_from" in address]


def test_names_of_sources_stay_text(open_page, curator):
    hostile = "<img src=x onerror=alert(1)> **bold**"
    with open_session() as session:
        a_media(session, source=hostile)
    found = [
        element for element in drawn(open_page(curator)) if element["attributes"].get("title") == hostile
    ]
    assert [element["children"] for element in found] == [[hostile]]


def test_agreement_is_drawn_once_answers_were_given_twice_and_disputes_are_a_click_away(open_page, curator):
    assert "Agreement" not in said(open_page(curator))
    policy = ReviewPolicy(second_opinion_share=1.0)
    with open_session() as session:
        colleague, admin = an_access(session, login="colleague"), an_admin(session)
        for box in (a_box(), a_box("industrial")):
            media = a_media(session)
            submit_annotation(session, curator, media.id, shapes=[a_box()], policy=policy)
            (media_id,) = looks.take(session, colleague, policy, 1)
            look = looks.given_looks(session, colleague)[media_id]
            submit_annotation(session, colleague, media_id, shapes=[box], look=look)
    st.cache_data.clear()
    app = open_page(admin)
    assert "Agreement" in said(app) and "Curators" in said(app) and "Yourself" not in said(app)
    found = [(text, query_of(address)) for text, address in links(app)]
    assert ("wildfire", {"label_class": ["wildfire"]}) in found
    assert ("1", {"state": ["disputed"], "label_class": ["wildfire"]}) in found
    assert {"curator", "colleague"} <= {text for text, _ in found}
    names = [text for text, address in links(open_page(curator)) if list(query_of(address)) == ["annotator"]]
    assert names == ["curator"]


def test_ones_own_consistency_is_drawn_for_oneself_alone(open_page, curator):
    policy = ReviewPolicy(self_check_share=1.0)
    with open_session() as session:
        media, admin = a_media(session), an_admin(session)
        old = submit_annotation(session, curator, media.id, shapes=[a_box()]).annotation.id
        session.get_one(Annotation, old).created_at = utc_now() - timedelta(days=8)
        session.flush()
        (media_id,) = looks.take(session, curator, policy, 1)
        look = looks.given_looks(session, curator)[media_id]
        submit_annotation(session, curator, media_id, shapes=[a_box()], look=look)
    assert "Yourself" in said(open_page(curator)) and "100%" in said(open_page(curator))
    assert "Yourself" not in said(open_page(admin))


def test_who_was_mentioned_is_told_and_led_there_until_it_is_seen(open_page, curator):
    with open_session() as session:
        media, colleague = a_media(session), an_access(session, login="colleague")
        comment_on(session, colleague, media.id, "Is this <b>haze</b>,\n@Curator?")
    app = open_page(curator)
    assert "You were mentioned** in 1 comment" in said(app)
    assert "Is this <b>haze</b>, @Curator?" in said(app)
    doors = dict(links(app))
    assert doors[str(media.file_name)] == f"/browse?media={media.id}"
    assert doors["Review"] == f"/review?queue=filter&start={media.id}"
    assert "You were mentioned" not in said(open_page(colleague))
    app = open_page(curator)
    app = app.button(key="mentions_seen").click().run()
    assert "You were mentioned" not in said(app)
    assert "You were mentioned" not in said(open_page(curator))


def test_a_viewer_is_mentioned_too_and_led_to_look_only(open_page, curator):
    with open_session() as session:
        media, viewer = a_media(session), an_access(session, Scope.VIEWER, "viewer")
        comment_on(session, curator, media.id, "@viewer " + "long " * 100)
    app = open_page(viewer)
    assert dict(links(app))[str(media.file_name)] == f"/browse?media={media.id}"
    assert "Review" not in dict(links(app))
    assert "…" in said(app)
