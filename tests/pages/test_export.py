"""The Export page: the address of the file follows what is chosen."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from curation.annotations import submit_annotation
from curation.exports import Per
from db.session import open_session
from tests.factories import a_box, a_media, a_viewer, an_access


@pytest.fixture
def curator(installation):
    with open_session() as session:
        return an_access(session, login="curator")


@pytest.fixture
def two_media(curator):
    """One of the north with two boxes, one of the south without."""
    with open_session() as session:
        north = a_media(session, source="north", uploaded_by=curator)
        a_media(session, source="south", uploaded_by=curator)
        submit_annotation(session, curator, north.id, shapes=[a_box(), a_box("industrial")], label_classes=[])


def download(app: AppTest) -> dict[str, Any]:
    given = [json.loads(component.proto.json or "{}") for component in app.get("bidi_component")]
    return next(data for data in given if "address" in data)


def asked(app: AppTest) -> dict[str, list[str]]:
    address = urlsplit(download(app)["address"])
    assert address.path == "/api/exports/media.csv"
    return parse_qs(address.query)


def test_the_file_holds_what_the_filter_shows(open_page, curator, two_media):
    app = open_page(curator, "export.py", source="north")
    assert asked(app) == {"source": ["north"], "per": ["media"]}
    assert download(app)["rows"] == 1


def test_rows_columns_and_raw_cells_can_be_chosen(open_page, curator, two_media):
    app = open_page(curator, "export.py")
    app.button_group(key="export_per").set_value(Per.SHAPE).run()
    assert download(app)["rows"] == 3, "two shapes, and one media without any"
    app.toggle(key="export_raw").set_value(True).run()
    app.multiselect[0].set_value(["file_name", "label_class"]).run()
    assert asked(app) == {"per": ["shape"], "raw": ["1"], "columns": ["file_name,label_class"]}


def test_columns_of_shapes_are_offered_with_rows_of_shapes_only(open_page, curator, two_media):
    app = open_page(curator, "export.py")
    assert "confidence" not in app.multiselect[0].options
    app.button_group(key="export_per").set_value(Per.SHAPE).run()
    assert "confidence" in app.multiselect[0].options


def test_a_program_gets_the_same_address(open_page, curator, two_media):
    app = open_page(curator, "export.py", source="north")
    assert "/api/exports/media.csv?source=north&per=media" in app.code[0].value


def test_an_empty_file_is_announced(open_page, curator, two_media):
    app = open_page(curator, "export.py", source="nowhere")
    assert "header only" in app.info[0].value


def test_a_viewer_exports_too(open_page, two_media):
    with open_session() as session:
        viewer = a_viewer(session)
    assert download(open_page(viewer, "export.py"))["rows"] == 2


def test_a_filter_that_is_none_is_said(open_page, curator, two_media):
    app = open_page(curator, "export.py", media="3")
    assert "is not a filter" in app.error[0].value.replace("\\", "")
    assert not app.exception


def sheet_links(app: AppTest) -> list[str]:
    return [link.proto.url for link in app.get("link_button")]


def test_a_contact_sheet_of_the_filter_is_one_link_away(open_page, curator, two_media):
    app = open_page(curator, "export.py", source="north")
    address = urlsplit(sheet_links(app)[0])
    assert address.path == "/api/exports/contact-sheet.pdf"
    assert parse_qs(address.query) == {"source": ["north"], "zone": ["UTC"]}
    assert not any("the first 300" in caption.value for caption in app.caption)


def test_a_sheet_that_cannot_hold_everything_says_so(open_page, curator):
    with open_session() as session:
        for _ in range(301):
            a_media(session, uploaded_by=curator)
    app = open_page(curator, "export.py")
    assert any("301 media match: the sheet shows the first 300" in caption.value for caption in app.caption)


def test_nothing_is_printed_of_nothing(open_page, curator, two_media):
    assert sheet_links(open_page(curator, "export.py", source="nowhere")) == []
