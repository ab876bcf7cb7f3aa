"""Withdrawing, restoring and deleting from the page: what an admin sees, and that nobody else does."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from curation.purging import purge_now
from curation.reviews import decide
from db.models import Access, Blob, BlobState, Decision, Media, Review, Scope, State, utc_now
from db.session import open_session
from tests.factories import a_media, an_access, an_admin
from tests.pages.conftest import OpenPage, drawn, said, text_of


@pytest.fixture
def admin(installation) -> Access:
    with open_session() as session:
        return an_admin(session)


@pytest.fixture
def media_id(admin) -> int:
    with open_session() as session:
        return a_media(session, file_name="ridge.jpg").id


def withdraw(admin: Access, media_id: int, days_ago: int = 0) -> None:
    with open_session() as session:
        decide(session, admin, media_id, Decision.WITHDRAWN)
        session.execute(update(Review).values(created_at=utc_now() - timedelta(days=days_ago)))


def stored(media_id: int) -> Media:
    with open_session(read_only=True) as session:
        return session.get_one(Media, media_id)


def press(app: AppTest, key: str) -> AppTest:
    # AppTest does not open popovers by itself: the browser says that one is open by its key.
    app.session_state[key] = True
    return app.run().button(key=f"{key}_now").click().run()


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_an_admin_withdraws_and_restores_a_media_from_its_panel(open_page, admin, media_id):
    app = press(open_page(admin, "browse.py", media=str(media_id)), f"withdraw_{media_id}")
    assert not app.exception
    assert stored(media_id).state == State.WITHDRAWN
    assert "until then it can be restored" in said(app)
    restore = next(button for button in app.button if button.label == "Restore it")
    app = restore.click().run()
    assert stored(media_id).state == State.NEW
    assert "can be restored" not in said(app)


def test_nobody_else_is_offered_to_take_a_media_away(open_page, admin, media_id):
    with open_session() as session:
        curator = an_access(session, Scope.USER)
    app = open_page(curator, "browse.py", media=str(media_id))
    app.session_state[f"withdraw_{media_id}"] = True
    app.run()
    assert "Withdraw it" not in labels(app)


def test_content_is_deleted_before_its_time_from_the_panel_and_says_so(open_page, admin, media_id):
    withdraw(admin, media_id)
    app = press(open_page(admin, "browse.py", media=str(media_id)), f"purge_{media_id}")
    assert not app.exception
    assert stored(media_id).purged_at is not None
    assert "Its content was deleted on" in said(app)
    assert "Restore it" not in labels(app)
    assert "Content deleted" in " ".join(html.body for html in app.get("html"))
    views = [json.loads(component.proto.json or "{}") for component in app.get("bidi_component")]
    (tile,) = [view["media"] for view in views if isinstance(view, dict) and view.get("view") == "media"]
    assert (tile["gone"], tile["sized"]) == ("Content deleted", False)


def open_part(open_page: OpenPage, admin: Access) -> AppTest:
    return open_page(admin, "admin.py", section="storage")


def test_what_is_going_to_be_deleted_is_listed_the_next_first(open_page, admin, media_id):
    with open_session() as session:
        other = a_media(session, file_name="valley.jpg").id
    withdraw(admin, media_id, days_ago=3)
    with open_session() as session:
        decide(session, admin, other, Decision.WITHDRAWN)
    app = open_part(open_page, admin)
    assert not app.exception
    rows = [text_of(element) for element in drawn(app) if element["tag"] == "tr"]
    assert [row for row in rows if row.startswith("withdrawn, can be restored2940 KB")]
    named = [row for row in rows if ".jpg" in row]
    assert [row.split(".")[0] for row in named] == ["ridge", "valley"]

    app = press(app, "purge_shown")
    assert not app.exception
    assert (stored(media_id).blob_id, stored(other).blob_id) == (None, None)
    rows = [text_of(element) for element in drawn(app) if element["tag"] == "tr"]
    assert [row for row in rows if row.startswith("in the trash2940 KB")]
    with open_session(read_only=True) as session:
        assert set(session.scalars(select(Blob.state))) == {BlobState.TRASH}


def test_what_was_restored_meanwhile_is_not_deleted(open_page, admin, media_id):
    withdraw(admin, media_id)
    app = open_part(open_page, admin)
    app.session_state["purge_shown"] = True
    app.run()
    with open_session() as session:
        decide(session, admin, media_id, Decision.RESTORED)
    app.button(key="purge_shown_now").click().run()
    assert (stored(media_id).state, stored(media_id).purged_at) == (State.NEW, None)


def test_without_anything_withdrawn_nothing_can_be_deleted(open_page, admin, media_id):
    with open_session() as session:
        decide(session, admin, media_id, Decision.WITHDRAWN)
        purge_now(session, admin, media_id, utc_now())
    app = open_part(open_page, admin)
    assert not app.exception
    assert not [label for label in labels(app) if label.startswith("Delete")]
