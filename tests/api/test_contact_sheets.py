"""Contact sheets over HTTP: who gets one, what it leaves in the audit trail, what is refused."""

from __future__ import annotations

import pytest

from api import contact_sheets
from curation.events import latest_events
from db.models import Scope
from db.session import open_session
from tests.factories import a_box, a_jpeg, a_media

SHEET = "/exports/contact-sheet.pdf"


@pytest.fixture
def drawn_on(client, caller):
    """The header of somebody who has uploaded two pictures and drawn on one of them."""
    headers = caller()
    for number in range(2):
        files = {"file": (f"IMG_{number}.jpg", a_jpeg(640, 360))}
        media = client.post("/uploads", headers=headers, files=files).json()["media"]
    answer = {"shapes": [a_box()]}
    assert client.post(f"/media/{media['id']}/annotations", headers=headers, json=answer).status_code == 201
    return headers


def in_the_audit_trail():
    with open_session(read_only=True) as session:
        return [event.detail for event, _ in latest_events(session) if event.name == "contact_sheet_exported"]


def test_a_sheet_is_what_the_filter_shows(client, caller, drawn_on):
    for scope in (Scope.VIEWER, Scope.USER, Scope.ADMIN):
        sent = client.get(f"{SHEET}?has_shapes=yes&zone=Europe/Paris", headers=caller(scope))
        assert sent.status_code == 200
        assert sent.headers["content-type"] == "application/pdf"
        assert sent.headers["x-total-count"] == "1"
        assert sent.headers["cache-control"] == "private, no-store"
        disposition = sent.headers["content-disposition"]
        assert disposition.startswith('attachment; filename="vigie-contact-sheet-')
        assert sent.content.startswith(b"%PDF-1.4") and sent.content.endswith(b"%%EOF\n")
        assert sent.content.count(b"/Subtype /Image") == 2
    assert in_the_audit_trail()[0] == {"filter": {"has_shapes": ["yes"]}, "media": 1, "complete": True}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?colour=red", "unknown_filter"),
        ("?zone=Europe/Atlantis", "unknown_filter"),
        ("?zone=../../etc/passwd", "unknown_filter"),
        ("?zone=Europe", "unknown_filter"),
        ("?source=nowhere", "refused"),
    ],
)
def test_what_cannot_be_printed_is_refused(client, drawn_on, query, code):
    refused = client.get(SHEET + query, headers=drawn_on)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert in_the_audit_trail() == []


def test_a_sheet_is_for_people_and_withdrawn_media_for_admins(client, caller, drawn_on):
    assert client.get(SHEET).status_code == 401
    assert client.get(SHEET, headers=caller(Scope.DEVICE)).status_code == 403
    assert client.get(f"{SHEET}?state=withdrawn", headers=drawn_on).status_code == 403


def test_a_refused_sheet_leaves_its_place_to_the_next(client, drawn_on):
    for _ in range(contact_sheets.SHEETS_AT_ONCE + 1):
        assert client.get(f"{SHEET}?source=nowhere", headers=drawn_on).status_code == 422
        assert client.get(SHEET, headers=drawn_on).status_code == 200


def test_too_many_sheets_at_once_are_told_to_wait(client, drawn_on):
    for _ in range(contact_sheets.SHEETS_AT_ONCE):
        assert contact_sheets._places.acquire(blocking=False)
    try:
        busy = client.get(SHEET, headers=drawn_on)
        assert (busy.status_code, busy.json()["code"]) == (503, "unavailable")
    finally:
        contact_sheets._places.release(contact_sheets.SHEETS_AT_ONCE)


def test_a_picture_that_is_lost_does_not_cost_the_sheet(client, caller, drawn_on):
    with open_session() as session:
        a_media(session)
    sent = client.get(SHEET, headers=drawn_on)
    assert (sent.status_code, sent.headers["x-total-count"]) == (200, "3")
    assert sent.content.count(b"/Subtype /Image") == 3
