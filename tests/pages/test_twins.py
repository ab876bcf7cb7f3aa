"""Near twins on the pages: side by side in Browse, decided by a button, and marked where a camera stands still."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from curation.annotations import submit_annotation
from curation.picture_hashes import PictureHashes
from curation.twins import keep_hashes
from db.models import Media, NearTwin, Scope, State
from db.session import open_session
from tests.factories import a_box, a_media, an_access
from tests.pages.conftest import links, said


@pytest.fixture
def group(installation) -> list[int]:
    with open_session() as session:
        first, *later = (a_media(session, source="north") for _ in range(3))
        session.add_all(NearTwin(media_id=one.id, other_id=first.id, distance=1) for one in later)
        a_media(session, source="south")
        return [first.id, *(one.id for one in later)]


def somebody(scope: Scope = Scope.USER):
    with open_session() as session:
        return an_access(session, scope)


def states(ids: list[int]) -> list[State]:
    with open_session(read_only=True) as session:
        return list(session.scalars(select(Media.state).where(Media.id.in_(ids)).order_by(Media.id)))


def button(app, key: str):
    return next(found for found in app.button if found.key == key)


def test_a_group_stands_side_by_side_and_the_others_are_rejected_and_taken_back(open_page, group):
    app = open_page(somebody(), "browse.py", near_twins="yes")
    assert "3 media look alike" in said(app)
    button(app, f"twins_rejected_{group[0]}").click().run()
    assert states(group) == [State.NEW, State.REJECTED, State.REJECTED]
    assert "look alike" not in said(app)
    button(app, "twins_undo").click().run()
    assert states(group) == [State.NEW] * 3
    assert "3 media look alike" in said(app)


def test_those_chosen_to_be_kept_are_not_rejected(open_page, group):
    app = open_page(somebody(), "browse.py", near_twins="yes")
    app.button_group[-1].set_value([group[0], group[2]])
    app.run()
    button(app, f"twins_rejected_{group[0]}").click().run()
    assert states(group) == [State.NEW, State.REJECTED, State.NEW]


def test_what_a_colleague_answered_meanwhile_is_not_rejected_and_the_page_says_so(open_page, group):
    app = open_page(somebody(), "browse.py", near_twins="yes")
    with open_session() as session:
        submit_annotation(session, an_access(session), group[1], shapes=[a_box()])
    button(app, f"twins_rejected_{group[0]}").click().run()
    assert states(group) == [State.NEW, State.ANNOTATED, State.REJECTED]
    told = said(app).replace("\\", "")
    assert f"1 was left as it is. {group[1]}: Somebody has acted on it since." in told


def test_nothing_is_done_to_what_was_not_shown(open_page):
    with open_session() as session:
        first, *later = (a_media(session) for _ in range(60))
        session.add_all(NearTwin(media_id=one.id, other_id=first.id, distance=1) for one in later)
        ids = [first.id, *(one.id for one in later)]
    app = open_page(somebody(), "browse.py", near_twins="yes")
    assert "60 media look alike" in said(app) and "36 more follow" in said(app)
    shown = 24
    assert len(app.button_group[-1].options) == shown
    assert button(app, f"twins_rejected_{ids[0]}").label == "Reject 23 others"
    button(app, f"twins_rejected_{ids[0]}").click().run()
    assert states(ids) == [State.NEW] + [State.REJECTED] * 23 + [State.NEW] * 36
    # The next stand there now, with the first of them all.
    assert "37 media look alike" in said(app) and "13 more follow" in said(app)
    button(app, f"twins_kept_all_{ids[0]}").click().run()
    assert "14 media look alike" in said(app)
    button(app, f"twins_grouped_{ids[0]}").click().run()
    assert "look alike" not in said(app)
    with open_session(read_only=True) as session:
        named = session.scalars(select(Media.id).where(Media.sequence.is_not(None)).order_by(Media.id)).all()
    assert named == [ids[0], *ids[-13:]]


def test_only_groups_that_the_filter_shows(open_page, group):
    app = open_page(somebody(), "browse.py", near_twins="yes", source="south")
    assert "look alike" not in said(app)


def test_a_viewer_looks_and_decides_nothing(open_page, group):
    app = open_page(somebody(Scope.VIEWER), "browse.py", near_twins="yes")
    assert "3 media look alike" in said(app)
    assert not [found for found in app.button if "twins_" in (found.key or "")]


def test_one_media_says_what_it_looks_like(open_page, group):
    app = open_page(somebody(), "browse.py", media=str(group[1]))
    assert "Looks like" in said(app)
    assert f"/browse?media={group[0]}" in [address for _text, address in links(app)]
    assert "Looks like" not in said(open_page(somebody(), "browse.py", media=str(group[2] + 1)))


def test_a_camera_that_stands_still_is_marked_wherever_cameras_are(open_page):
    with open_session() as session:
        for minute in range(6):
            moment = datetime(2026, 8, 12, 17, minute, tzinfo=UTC)
            media = a_media(session, source="north", captured_at=moment)
            keep_hashes(session, media.blob_id or 0, PictureHashes("0f" * 8, "0f" * 32))
        device = an_access(session, Scope.DEVICE, "camera-1")
        device.source_id = media.source_id
    admin = somebody(Scope.ADMIN)
    assert "1 camera stands still: north" in said(open_page(admin))
    for section in ("devices", "sources"):
        assert "⚠ frozen" in said(open_page(admin, "admin.py", section=section))
