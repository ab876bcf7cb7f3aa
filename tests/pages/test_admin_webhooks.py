"""The section of webhooks on the Admin page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from curation import webhooks
from curation.announcements import Announced
from db.models import Delivery, Job, Scope, Webhook, utc_now
from db.session import open_session
from tests.factories import an_access, an_admin
from tests.pages.conftest import drawn, said, text_of

URL = "https://hook.example.org/x"


@pytest.fixture(autouse=True)
def names_are_known(monkeypatch):
    found = [(2, 1, 6, "", ("93.184.215.14", 443))]
    monkeypatch.setattr("curation.outbound.socket.getaddrinfo", lambda *args, **kwargs: found)


@pytest.fixture
def section(open_page, installation):
    def open_(login: str = "boss"):
        with open_session() as session:
            admin = an_access(session, Scope.ADMIN, login)
        return open_page(admin, "admin.py", section="webhooks")

    return open_


def press(app, label):
    return next(button for button in app.button if button.label == label).click().run()


def rows(app):
    found = [element for element in drawn(app) if element["tag"] == "tr"]
    return [[text_of(cell) for cell in row["children"]] for row in found]


def a_webhook(name="alerts"):
    with open_session() as session:
        made, secret = webhooks.create_webhook(
            session, an_admin(session), name=name, url=URL, events=list(Announced), to_private=True
        )
    return made, secret


def stored():
    with open_session(read_only=True) as session:
        return session.scalars(select(Webhook).order_by(Webhook.id)).all()


def test_an_empty_section_says_what_to_do(section):
    assert "No webhook yet. Make one below" in said(section())


def test_a_new_webhook_shows_its_secret_once(section):
    page = section()
    page.text_input(key="webhook_name").input("alerts")
    page.text_input(key="webhook_url").input(URL)
    page.button_group(key="webhook_events").set_value([Announced.MEDIA_ACCEPTED.value])
    page = press(page, "Create")
    (made,) = stored()
    assert (made.name, made.url, made.events) == ("alerts", URL, ["media.accepted"])
    assert page.code[0].value == made.secret
    page = press(page, "I have noted it")
    assert not page.code and made.secret not in said(page)
    assert rows(page)[1][:4] == ["alerts", URL, "a media is accepted", "nothing sent yet"]


def test_what_is_refused_is_said_and_stays_to_be_put_right(section, monkeypatch):
    monkeypatch.undo()
    page = section()
    page.text_input(key="webhook_name").input("alerts")
    page.text_input(key="webhook_url").input("http://127.0.0.1/")
    page = press(page, "Create")
    assert "private network" in said(page)
    assert page.text_input(key="webhook_url").value == "http://127.0.0.1/"
    assert stored() == []


def test_a_webhook_is_changed_tested_disabled_and_deleted(section):
    made, secret = a_webhook()
    page = section()
    page.text_input(key=f"webhook_name_{made.id}").input("fire brigade")
    page = press(page, "Save")
    assert stored()[0].name == "fire brigade"
    page = press(page, "Send a test message")
    assert rows(page)[3][1:5] == ["webhook.test", "", "on its way", "0"]
    assert secret not in said(page)
    with open_session() as session:
        webhooks.change_webhook(session, an_admin(session), made.id, to_private=True, disabled=True)
    page = page.run()
    assert rows(page)[1][3] == "disabled"
    page = press(page, "Enable")
    assert stored()[0].disabled_at is None
    with open_session() as session:
        webhooks.delete_webhook(session, an_admin(session), made.id)
    assert "No webhook yet" in said(page.run())


def test_how_messages_went_is_told(section):
    made, _secret = a_webhook()
    with open_session() as session:
        admin = an_admin(session)
        ids = [webhooks.send_test(session, admin, made.id).id for _ in range(3)]
    with open_session() as session:
        session.get_one(Delivery, ids[0]).delivered_at = utc_now()
        failing = session.get_one(Delivery, ids[1])
        failing.attempts, failing.error = 2, "It did not answer in time."
        lost = session.get_one(Delivery, ids[2])
        lost.attempts, lost.status, lost.given_up_at = 11, 500, utc_now()
        session.execute(
            update(Job).where(Job.subject_id == ids[1]).values(run_after=utc_now() + timedelta(hours=1))
        )
        session.execute(
            update(Job).where(Job.subject_id == ids[2]).values(run_after=utc_now() + timedelta(hours=1))
        )
    page = section()
    assert rows(page)[1][3] == "⚠ failing"
    assert rows(page)[1][5:7] == ["1", "1"]
    lost_row, failing_row, arrived_row = rows(page)[3:]
    assert lost_row[3:6] == ["given up", "11", "500"]
    assert failing_row[3].startswith("again at ") and failing_row[6] == "It did not answer in time."
    assert arrived_row[3] == "✓ arrived"
    page = press(page, "Send those given up again")
    with open_session(read_only=True) as session:
        assert session.get_one(Delivery, ids[2]).given_up_at is None
    assert "on its way" in rows(page)[3]


def test_names_and_addresses_are_text(section):
    a_webhook("<b>bold</b> **x**")
    page = section()
    assert rows(page)[1][0] == "<b>bold</b> **x**"
    assert not page.exception
