"""The Upload page: what is said for the whole batch reaches every file."""

from __future__ import annotations

import json
from datetime import date, time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from curation.archives import MAX_UNPACKED_BYTES
from curation.picture_limits import LARGEST_BYTES
from db.session import open_session
from tests.factories import a_media, an_access


@pytest.fixture
def curator(installation):
    with open_session() as session:
        return an_access(session, login="curator")


def uploader(app: AppTest) -> dict[str, Any]:
    """What the uploader was given."""
    given = [json.loads(component.proto.json or "{}") for component in app.get("bidi_component")]
    return next(data for data in given if "batch" in data)


def test_nothing_said_means_nothing_but_the_browsers_zone(open_page, curator):
    given = uploader(open_page(curator, "upload.py"))
    assert given["batch"] == {
        "source": None,
        "timezone": "UTC",
        "tags": [],
        "sequence": None,
        "start": None,
        "interval": 30.0,
    }
    assert given["login"] == "curator"


def test_the_browser_learns_what_is_too_large_to_be_sent(open_page, curator):
    given = uploader(open_page(curator, "upload.py"))
    assert (given["largest_picture"], given["largest_archive"]) == (LARGEST_BYTES, MAX_UNPACKED_BYTES)


def test_what_is_said_for_the_batch_goes_along(open_page, curator):
    with open_session() as session:
        a_media(session, source="north-ridge-2", tags=["haze"], uploaded_by=curator)
    app = open_page(curator, "upload.py")
    app.selectbox(key="batch_source").set_value("north-ridge-2")
    app.multiselect(key="batch_tags").set_value(["haze"])
    app.text_input(key="batch_sequence").set_value("fire 7")
    app.selectbox(key="batch_zone").set_value("Europe/Paris")
    app.date_input(key="batch_day").set_value(date(2026, 8, 12))
    app.time_input(key="batch_time").set_value(time(19, 42))
    app.number_input(key="batch_interval").set_value(2.5)
    assert uploader(app.run())["batch"] == {
        "source": "north-ridge-2",
        "timezone": "Europe/Paris",
        "tags": ["haze"],
        "sequence": "fire 7",
        "start": "2026-08-12T19:42:00+02:00",
        "interval": 2.5,
    }


def test_a_source_nobody_may_have_is_said_and_nothing_can_be_started(open_page, curator):
    app = open_page(curator, "upload.py")
    app.session_state["batch_tags"] = ["a;b"]
    app.run()
    assert "no semicolon" in app.error[0].value
    assert uploader(app)["batch"] is None
