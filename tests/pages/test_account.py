"""The Account page: one's own password, and leaving."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from curation.accesses import create_access, password_fits
from curation.preferences import change_preferences
from curation.sign_in import open_login_session, redeem_ticket, sign_out_everywhere
from db.models import Access, LoginSession, Scope
from db.session import open_session
from language import Language, speaking
from tests.factories import PASSWORD, an_access, an_admin
from tests.pages.conftest import said

NEW = "an even longer secret"


@pytest.fixture
def curator(installation):
    with open_session() as session:
        return an_access(session, login="curator_*1*")


def change(app, old, new, again):
    return change_in(app, old, new, again, "Change password")


def change_in(app, old, new, again, button):
    for field, value in zip(list(app.text_input)[:3], (old, new, again), strict=True):
        field.input(value)
    return press(app, button)


def press(app, label):
    return next(button for button in app.button if button.label == label).click().run()


def stored(access_id):
    with open_session(read_only=True) as session:
        return session.get(Access, access_id)


def open_sessions(access_id):
    with open_session(read_only=True) as session:
        return session.scalar(
            select(func.count())
            .select_from(LoginSession)
            .where(LoginSession.access_id == access_id, LoginSession.revoked_at.is_(None))
        )


def test_it_says_who_one_is(open_page, curator):
    page = open_page(curator, "account.py")
    assert [heading.value for heading in page.subheader] == [
        r"curator\_\*1\*",
        "Language",
        "Password",
        "Tokens",
        "Keys",
    ]
    assert "Scope **user**" in said(page)
    assert "You are signed in here and nowhere else." in said(page)


def test_a_changed_password_ends_the_other_login_sessions_and_keeps_this_one(open_page, curator):
    with open_session() as session:
        redeem_ticket_of_another_browser(session, curator)
    page = open_page(curator, "account.py")
    assert "You are signed in with 2 browsers" in said(page)
    page = change(page, PASSWORD, NEW, NEW)
    assert "Your password is changed." in said(page)
    assert not page.exception
    assert password_fits(NEW, stored(curator.id).hashed_password)
    assert open_sessions(curator.id) == 1
    assert "nowhere else" in said(page)
    assert {field.value for field in page.text_input} == {""}


def redeem_ticket_of_another_browser(session, access):
    redeem_ticket(session, open_login_session(session, access, "elsewhere", 12))


@pytest.mark.parametrize(
    ("old", "new", "again", "sentence"),
    [
        ("not this one", NEW, NEW, "The present password is not right"),
        (PASSWORD, NEW, NEW + "x", "The two new passwords differ"),
        (PASSWORD, "short", "short", "A password has 10 to 72 bytes; this one has 5"),
        (PASSWORD, "é" * 37, "é" * 37, "this one has 74"),
        (PASSWORD, " edge of space", " edge of space", "does not begin or end with a space"),
        (PASSWORD, PASSWORD, PASSWORD, "is the present one"),
    ],
)
def test_what_breaks_a_rule_is_said_and_changes_nothing(open_page, curator, old, new, again, sentence):
    page = change(open_page(curator, "account.py"), old, new, again)
    assert sentence in said(page).replace("\\", "")
    assert password_fits(PASSWORD, stored(curator.id).hashed_password)
    assert open_sessions(curator.id) == 1
    assert page.text_input[0].value == old, "what was typed stays"


def test_guessing_the_present_password_is_throttled(open_page, curator):
    page = open_page(curator, "account.py")
    for _ in range(5):
        page = change(page, "a guess of many", NEW, NEW)
    page = change(page, PASSWORD, NEW, NEW)
    assert "Too many failed" in said(page)
    assert password_fits(PASSWORD, stored(curator.id).hashed_password)


def test_a_one_time_password_opens_nothing_until_it_is_changed(open_page, installation):
    with open_session() as session:
        newcomer, made = create_access(session, an_admin(session), "newcomer", Scope.USER)
    page = open_page(newcomer)
    assert "Choose your own password" in said(page)
    assert len(page.text_input) == 3
    assert not [button for button in page.button if button.label == "Sign out everywhere"]
    page = change(page, made, NEW, NEW)
    assert not stored(newcomer.id).must_change_password
    assert "No media yet" in said(page), "the page asked for follows"
    assert open_sessions(newcomer.id) == 1


@pytest.mark.parametrize(("button", "left"), [("Sign out", 1), ("Sign out everywhere", 0)])
def test_signing_out(open_page, curator, button, left):
    with open_session() as session:
        redeem_ticket_of_another_browser(session, curator)
    page = press(open_page(curator, "account.py"), button)
    assert open_sessions(curator.id) == left
    assert "curator" not in said(page.run()), "the next run knows nobody"


def test_whoever_was_signed_out_elsewhere_changes_nothing(open_page, curator):
    page = open_page(curator, "account.py")
    with open_session() as session:
        sign_out_everywhere(session, curator)
    page.text_input[0].input(PASSWORD)
    page.text_input[1].input(NEW)
    page.text_input[2].input(NEW)
    page = press(page, "Change password")
    assert [button.label for button in page.button] == ["Sign in"]
    assert password_fits(PASSWORD, stored(curator.id).hashed_password)


def test_a_language_chosen_here_is_spoken_at_once_and_from_then_on(open_page, curator):
    app = open_page(curator, "account.py")
    assert "Password" in said(app)
    app.segmented_control(key="own_language").set_value("fr").run()
    assert "Mot de passe" in said(app)
    assert stored(curator.id).preferences["language"] == "fr"
    assert "Pas encore de média" in said(open_page(curator))
    with speaking(Language.FRENCH):  # AppTest looks for the option by its name, outside of the page
        app.segmented_control(key="own_language").set_value("browser").run()
    assert "Password" in said(app)


def test_what_goes_wrong_in_a_callback_is_said_in_the_language_of_the_person(open_page, curator):
    with open_session() as session:
        change_preferences(session, curator, {"language": "fr"})
    app = change_in(open_page(curator, "account.py"), PASSWORD, NEW, NEW + "x", "Changer le mot de passe")
    assert "Les deux nouveaux mots de passe diffèrent" in said(app).replace("\\", "")
