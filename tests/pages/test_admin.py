"""The Admin page and its sections: accesses, the installation, runs of acts, the audit trail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from components.admin.audit import EVENTS
from curation import jobs
from curation.accesses import password_fits
from curation.annotations import submit_annotation
from curation.events import record
from curation.reviews import decide
from curation.sign_in import open_login_session, record_failure, redeem_ticket
from db.models import Access, Decision, Event, Job, JobState, LoginSession, Media, Scope, State
from db.session import open_session
from tests.factories import PASSWORD, a_media, an_access, an_admin
from tests.pages.conftest import drawn, links, query_of, said, text_of


@pytest.fixture
def admin(installation):
    with open_session() as session:
        return an_access(session, Scope.ADMIN, "boss")


@pytest.fixture
def curator(installation):
    with open_session() as session:
        found = an_access(session, Scope.USER, "curator")
        redeem_ticket(session, open_login_session(session, found, "test", 12))
        return found


def press(app, label):
    return next(button for button in app.button if button.label == label).click().run()


def choose(app, access):
    return app.selectbox(key="changed_access").select(access.id).run()


def stored(login):
    with open_session(read_only=True) as session:
        return session.scalar(select(Access).where(Access.login == login))


def row_of(app, login):
    rows = [element for element in drawn(app) if element["tag"] == "tr"]
    return next(
        [text_of(cell) for cell in row["children"]] for row in rows if text_of(row["children"][0]) == login
    )


def test_each_section_has_its_address_and_the_one_shown_is_marked(open_page, admin):
    page = open_page(admin, "admin.py", section="audit")
    [nav] = [element for element in drawn(page) if element["tag"] == "nav"]
    named = {text_of(door): door["attributes"] for door in nav["children"]}
    assert named["Installation"]["href"] == "/admin?section=installation"
    assert [title for title, given in named.items() if "aria-current" in given] == ["Audit trail"]


@pytest.mark.parametrize("query", [{}, {"section": "nonsense"}])
def test_without_a_section_it_shows_the_accesses(open_page, admin, query):
    assert row_of(open_page(admin, "admin.py", **query), "boss")[1] == "admin"


def test_accesses_are_listed_with_scope_and_standing(open_page, admin, curator):
    page = open_page(admin, "admin.py")
    assert row_of(page, "boss")[1] == "admin"
    assert row_of(page, "curator")[1] == "user"
    assert row_of(page, "curator")[3] != "never"


def test_a_new_access_gets_a_one_time_password_shown_once(open_page, admin):
    page = open_page(admin, "admin.py")
    page.text_input(key="new_login").input("  Newcomer ")
    page.selectbox(key="new_scope").select(Scope.VIEWER)
    page = press(page, "Create")
    made = page.code[0].value
    newcomer = stored("newcomer")
    assert (newcomer.scope, newcomer.must_change_password) == (Scope.VIEWER, True)
    assert password_fits(made, newcomer.hashed_password)
    page = press(page, "I have noted it")
    assert not page.code
    assert made not in said(page)


def test_a_taken_login_is_said(open_page, admin, curator):
    page = open_page(admin, "admin.py")
    page.text_input(key="new_login").input("curator")
    page = press(page, "Create")
    assert "is taken" in said(page)
    assert not page.code


def test_a_scope_is_changed(open_page, admin, curator):
    page = choose(open_page(admin, "admin.py"), curator)
    page.selectbox(key=f"scope_{curator.id}").select(Scope.VIEWER)
    page = press(page, "Change scope")
    assert stored("curator").scope == Scope.VIEWER
    assert row_of(page, "curator")[1] == "viewer"


def test_disabling_ends_login_sessions_and_enabling_lets_in_again(open_page, admin, curator):
    page = press(choose(open_page(admin, "admin.py"), curator), "Disable")
    assert stored("curator").disabled_at is not None
    assert "disabled" in row_of(page, "curator")[4]
    with open_session(read_only=True) as session:
        ended = session.scalars(select(LoginSession.revoked_at).where(LoginSession.access_id == curator.id))
        assert all(ended)
    page = press(page, "Enable")
    assert stored("curator").disabled_at is None


def test_a_reset_shows_a_new_one_time_password(open_page, admin, curator):
    page = press(choose(open_page(admin, "admin.py"), curator), "Reset password")
    reset = stored("curator")
    assert password_fits(page.code[0].value, reset.hashed_password)
    assert reset.must_change_password


def test_an_admin_signs_somebody_out_everywhere(open_page, admin, curator):
    press(choose(open_page(admin, "admin.py"), curator), "Sign out everywhere")
    with open_session(read_only=True) as session:
        ended = session.scalars(select(LoginSession.revoked_at).where(LoginSession.access_id == curator.id))
        assert all(ended)
    assert password_fits(PASSWORD, stored("curator").hashed_password)


def test_ones_own_access_is_not_reset_here_and_not_given_up_by_one_click(open_page, admin):
    page = choose(open_page(admin, "admin.py"), admin)
    labels = {button.label: button.disabled for button in page.button}
    assert "Reset password" not in labels
    assert labels["Disable"] and labels["Change scope"]


@pytest.mark.parametrize("button", ["Disable", "Change scope"])
def test_the_last_admin_stays(open_page, admin, button):
    page = choose(open_page(admin, "admin.py"), admin)
    page = page.checkbox(key=f"sure_{admin.id}").check().run()
    page.selectbox(key=f"scope_{admin.id}").select(Scope.USER)
    page = press(page, button)
    assert "is the last admin. Make another one first." in said(page).replace("\\", "")
    assert stored("boss").scope == Scope.ADMIN
    assert stored("boss").disabled_at is None


def test_one_of_two_admins_may_step_down(open_page, admin):
    with open_session() as session:
        an_admin(session)
    page = choose(open_page(admin, "admin.py"), admin)
    page = page.checkbox(key=f"sure_{admin.id}").check().run()
    page.selectbox(key=f"scope_{admin.id}").select(Scope.USER)
    page = press(page, "Change scope")
    assert stored("boss").scope == Scope.USER
    assert not page.exception
    assert "Audit trail" not in said(page)


def test_whoever_lost_the_scope_changes_nothing_more(open_page, admin, curator):
    page = choose(open_page(admin, "admin.py"), curator)
    with open_session() as session:
        session.get(Access, admin.id).scope = Scope.USER
    page = press(page, "Disable")
    assert not page.exception
    assert stored("curator").disabled_at is None


def test_the_bucket_is_tried(open_page, admin):
    page = press(open_page(admin, "admin.py", section="installation"), "Check the bucket")
    assert "works" in page.success[0].value
    assert row_of(page, "read after write")[1] == "works"


def test_the_database_is_told(open_page, admin):
    text = said(open_page(admin, "admin.py", section="installation"))
    assert "SQLite" in text
    assert "The tables are those of this version." in text


def test_failed_jobs_are_shown_and_tried_again(open_page, admin):
    with open_session() as session:
        jobs.add(session, "annotation_file", 7)
        session.flush()
        job = session.scalar(select(Job))
        job.state, job.attempts, job.error = JobState.FAILED, 20, "BucketUnreachable: no route"
    page = open_page(admin, "admin.py", section="installation")
    assert "1 failed" in said(page)
    assert "BucketUnreachable: no route" in said(page)
    page = press(page, "Try the failed ones again")
    assert "0 failed" in said(page)
    with open_session(read_only=True) as session:
        assert session.scalar(select(Job.state)) == JobState.WAITING
        # A callback runs before the page does, and asks for the browser's address all the same; AppTest's has none.
        event = session.scalars(select(Event).where(Event.name == "failed_jobs_retried")).one()
    assert (event.access_id, event.address) == (admin.id, "unknown")


def test_the_audit_trail_shows_what_strangers_typed_as_text(open_page, admin):
    hostile = "<script>alert(1)</script> **x**"
    with open_session() as session:
        record_failure(session, hostile, "10.0.0.9")
    page = open_page(admin, "admin.py", section="audit")
    assert [f"login {hostile}"] in [element["children"] for element in drawn(page)]


def rows_of_the_trail(page):
    body = next(element for element in drawn(page) if element["tag"] == "tbody")
    return [[text_of(cell) for cell in row["children"]] for row in body["children"]]


def test_the_audit_trail_is_narrowed_by_its_address(open_page, admin, curator):
    noon = datetime(2026, 8, 12, 12, tzinfo=UTC)
    with open_session() as session:
        for who, name, day in (
            (admin, "scope_changed", 0),
            (curator, "media_exported", 1),
            (admin, "signed_out", 2),
        ):
            event = record(session, who, name, address="10.0.0.9")
            event.created_at = noon + timedelta(days=day)
    by_admin = open_page(admin, "admin.py", section="audit", who="boss", to="2026-08-13")
    assert [(row[1], row[2], row[4]) for row in rows_of_the_trail(by_admin)] == [
        ("boss", "scope changed", "10.0.0.9")
    ]
    exported = open_page(admin, "admin.py", section="audit", what="media_exported")
    assert [row[1] for row in rows_of_the_trail(exported)] == ["curator"]
    [download] = exported.get("link_button")
    assert download.proto.url == "/api/exports/events.csv?name=media_exported"


def test_widgets_write_the_address_of_the_audit_trail(open_page, admin):
    with open_session() as session:
        record(session, admin, "scope_changed")
    page = open_page(admin, "admin.py", section="audit", before="WzAsWzFdLDBd")
    page = page.selectbox(key="audit_what").select("scope_changed").run()
    assert page.query_params["what"] == "scope_changed" and "before" not in page.query_params
    assert {row[2] for row in rows_of_the_trail(page)} == {"scope changed"}


@pytest.mark.parametrize(
    "query", [{"what": "No Name"}, {"from": "soon"}, {"to": "0001-01-01"}, {"what": "never_was"}]
)
def test_an_address_that_makes_no_sense_breaks_nothing(open_page, admin, query):
    page = open_page(admin, "admin.py", section="audit", **query)
    assert not page.exception and "Audit trail" in said(page)


def test_a_login_or_a_place_that_is_not_there_is_told(open_page, admin):
    page = open_page(admin, "admin.py", section="audit", who="nobody")
    assert "There is no access" in said(page)
    assert rows_of_the_trail(page.selectbox(key="audit_who").select("boss").run())
    assert open_page(admin, "admin.py", section="audit", before="x").error


def test_the_trail_goes_on_page_after_page(open_page, admin):
    with open_session() as session:
        for number in range(EVENTS + 5):
            record(session, admin, "tried", {"number": number})
    first = open_page(admin, "admin.py", section="audit", what="tried")
    assert len(rows_of_the_trail(first)) == EVENTS
    older = dict(links(first))["Older"]
    query = {name: values[0] for name, values in query_of(older).items()}
    second = open_page(admin, "admin.py", **query)
    assert [row[3] for row in rows_of_the_trail(second)] == [f"number {n}" for n in (4, 3, 2, 1, 0)]
    assert dict(links(second))["Newest"] == "/admin?section=audit&what=tried"


def test_a_run_of_acts_is_shown_and_then_undone(open_page, admin, curator):
    with open_session() as session:
        media = [a_media(session) for _ in range(3)]
        for found in media:
            submit_annotation(session, curator, found.id)
        decide(
            session,
            admin,
            media[0].id,
            Decision.ACCEPTED,
            annotation_id=media[0].current_annotation_id,
        )
    page = open_page(admin, "admin.py", section="acts")
    page.selectbox(key="run_login").select("curator")
    page = press(page, "Preview")
    assert not page.exception
    assert "2 acts can be undone. 1 stays: Somebody has acted on it since." in said(page).replace("\\", "")
    doors = [address for _, address in links(page) if address.startswith("/browse?media=")]
    assert doors[-3:] == [f"/browse?media={found.id}" for found in reversed(media)]
    page = press(page, "Undo these 2 acts")
    assert "2 acts of curator undone" in said(page)
    assert "0 acts can be undone" in said(page)
    assert page.button(key="run_apply").disabled
    assert "run undone" in said(open_page(admin, "admin.py", section="audit"))
    with open_session(read_only=True) as session:
        states = [session.get_one(Media, found.id).state for found in media]
    assert states == [State.ACCEPTED, State.NEW, State.NEW]
    page = press(page, "Close")
    assert "can be undone" not in said(page)


def test_a_run_needs_a_person_and_a_span_that_ends_after_it_begins(open_page, admin, curator):
    page = press(open_page(admin, "admin.py", section="acts"), "Preview")
    assert "Choose a person" in said(page)
    page.selectbox(key="run_login").select("curator")
    page.datetime_input(key="run_to").set_value(datetime(2020, 1, 1))
    page = press(page, "Preview")
    assert "ends before it begins" in said(page)
    assert not page.exception


def test_devices_have_no_runs(open_page, admin, curator):
    with open_session() as session:
        an_access(session, Scope.DEVICE, "camera-1")
    assert open_page(admin, "admin.py", section="acts").selectbox(key="run_login").options == [
        "boss",
        "curator",
    ]
