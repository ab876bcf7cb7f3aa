"""Devices and sources on the Admin page, and one's own tokens on the Account page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from curation.devices import create_device
from curation.sign_in import SignedIn, find_token_bearer
from curation.sources import create_source
from curation.tokens import make_token
from db.models import Access, Scope, Source, Token, utc_now
from db.session import open_session
from tests.factories import a_media, an_access
from tests.pages.conftest import drawn, links, query_of, said, text_of


@pytest.fixture
def admin(installation):
    with open_session() as session:
        return an_access(session, Scope.ADMIN, "boss")


@pytest.fixture
def device(admin):
    with open_session() as session:
        _device_id, made = create_device(session, SignedIn(admin), "camera-1", source="CAM-12")
        return made


def press(app, label):
    return next(button for button in app.button if button.label == label).click().run()


def open_popover(app, key):
    # AppTest does not open popovers by itself: the browser says that one is open by its key.
    app.session_state[key] = True
    return app.run()


def row_of(app, name):
    rows = [element for element in drawn(app) if element["tag"] == "tr"]
    return next(row["children"] for row in rows if text_of(row["children"][0]) == name)


def texts_of(app, name):
    return [text_of(cell) for cell in row_of(app, name)]


def opens(secret):
    with open_session(read_only=True) as session:
        return find_token_bearer(session, secret) is not None


def devices_page(open_page, admin):
    return open_page(admin, "admin.py", section="devices")


def choose_device(page):
    with open_session(read_only=True) as session:
        device_id = session.scalar(select(Access.id).where(Access.login == "camera-1"))
    return page.selectbox(key="changed_device").select(device_id).run(), device_id


def test_an_installation_without_devices_says_what_one_is_for(open_page, admin):
    assert "No device yet" in said(devices_page(open_page, admin))


def test_a_device_is_made_and_its_token_shown_once_with_an_example(open_page, admin):
    page = devices_page(open_page, admin)
    page.text_input(key="device_login").input(" Camera-1 ")
    page = press(page, "Create")
    token, example = (code.value for code in page.code)
    assert opens(token)
    assert "/api/uploads" in example and f"Bearer {token}" in example
    assert texts_of(page, "camera-1")[1:3] == ["no source", "not heard yet"]
    page = press(page, "I have noted it")
    assert not page.code
    assert token not in said(page)


def test_a_taken_name_is_said(open_page, admin):
    page = devices_page(open_page, admin)
    page.text_input(key="device_login").input("boss")
    page = press(page, "Create")
    assert "is taken" in said(page)
    assert not page.code


def test_what_a_device_sent_leads_to_its_media(open_page, admin, device):
    with open_session() as session:
        camera = session.scalars(select(Access).where(Access.login == "camera-1")).one()
        for _number in range(3):
            a_media(session, uploaded_by=camera)
    page = devices_page(open_page, admin)
    row = row_of(page, "camera-1")
    assert [text_of(cell) for cell in row][2:7] == ["✓ heard", "just now", "just now", "", "3"]
    bars = row[5]["children"][0]["children"] if row[5]["tag"] == "td" else row[5]["children"]
    assert len(bars) == 14
    assert bars[-1]["attributes"]["title"].endswith("3 media")
    assert query_of(bars[-1]["attributes"]["href"])["uploader"] == ["camera-1"]
    assert ("3", "/browse?uploader=camera-1") in links(page)


def test_a_silent_device_is_named_and_comes_first(open_page, admin, device):
    with open_session() as session:
        create_device(session, SignedIn(admin), "a-new-one")
        camera = session.scalars(select(Access).where(Access.login == "camera-1")).one()
        camera.created_at = utc_now() - timedelta(days=3)
    page = devices_page(open_page, admin)
    assert "2 devices, 1 silent." in said(page)
    assert texts_of(page, "camera-1")[2] == "⚠ silent"
    names = [text_of(element["children"][0]) for element in drawn(page) if element["tag"] == "tr"]
    assert names == ["name", "camera-1", "a-new-one"]


def test_a_new_token_ends_the_one_before_after_saying_so(open_page, admin, device):
    page, device_id = choose_device(devices_page(open_page, admin))
    page = open_popover(page, f"rotate_{device_id}")
    assert "ends at once" in said(page)
    page = press(page, "Make a new token")
    assert opens(page.code[0].value) and not opens(device.token)


def test_a_new_token_may_leave_the_one_before_a_day(open_page, admin, device):
    page, device_id = choose_device(devices_page(open_page, admin))
    page = page.selectbox(key=f"device_overlap_{device_id}").select(1440).run()
    page = open_popover(page, f"rotate_{device_id}")
    assert "the one before ends in a day" in said(page)
    page = press(page, "Make a new token")
    assert opens(page.code[0].value) and opens(device.token)


def test_a_token_is_revoked_after_saying_what_ends(open_page, admin, device):
    page, device_id = choose_device(devices_page(open_page, admin))
    assert opens(device.token)
    page = open_popover(page, f"revoke_{device_id}")
    assert "is refused from its next request on" in said(page)
    page = press(page, "Revoke its token")
    assert not opens(device.token)
    assert texts_of(page, "camera-1")[7] == "no token"


def test_a_device_is_disabled_and_enabled(open_page, admin, device):
    page, device_id = choose_device(devices_page(open_page, admin))
    page = press(open_popover(page, f"disable_{device_id}"), "Disable it")
    assert not opens(device.token)
    assert texts_of(page, "camera-1")[2] == "disabled"
    page = press(page, "Enable")
    assert texts_of(page, "camera-1")[2] == "not heard yet"


def test_a_device_gets_another_name_and_source(open_page, admin, device):
    page, device_id = choose_device(devices_page(open_page, admin))
    page.text_input(key=f"device_login_{device_id}").input("mast-north")
    page.selectbox(key=f"device_source_{device_id}").select("CAM-12")
    page = press(page, "Save")
    assert texts_of(page, "mast-north")[1] == "CAM-12"
    assert opens(device.token)


def test_what_is_refused_of_a_device_is_said_at_its_form_and_stays_typed(open_page, admin, device):
    page, device_id = choose_device(devices_page(open_page, admin))
    page.text_input(key=f"device_login_{device_id}").input("boss")
    page = press(page, "Save")
    new, change = page.tabs
    assert "is taken" in change.error[0].value and not new.error
    assert page.text_input(key=f"device_login_{device_id}").value == "boss"
    assert page.selectbox(key="changed_device").value == device_id
    assert not page.run().error
    page.text_input(key="device_login").input("camera-1")
    page = press(page, "Create")
    assert "is taken" in page.tabs[0].error[0].value
    assert page.text_input(key="device_login").value == "camera-1"


def test_a_token_that_is_shown_moves_nothing(open_page, admin, device):
    page, device_id = choose_device(devices_page(open_page, admin))
    before = places(page)
    page = press(open_popover(page, f"rotate_{device_id}"), "Make a new token")
    assert page.code and places(page) == before
    page = press(page, "I have noted it")
    assert not page.code and places(page) == before


def places(page):
    """The blocks and elements of the page itself, by their place."""
    return [(place, child.type) for place, child in page.main.children.items()]


def test_whoever_lost_the_scope_makes_no_devices(open_page, admin):
    page = devices_page(open_page, admin)
    with open_session() as session:
        session.get(Access, admin.id).scope = Scope.USER
    page.text_input(key="device_login").input("camera-1")
    page = press(page, "Create")
    assert not page.exception and not page.code
    with open_session(read_only=True) as session:
        assert session.scalars(select(Token)).all() == []


def sources_page(open_page, admin):
    return open_page(admin, "admin.py", section="sources")


def test_sources_lead_to_their_media(open_page, admin):
    with open_session() as session:
        a_media(session, source="CAM 12")
        create_source(session, admin, "north", place="Brison", azimuth=45)
    page = sources_page(open_page, admin)
    assert texts_of(page, "CAM 12")[3] == "1"
    assert ("1", "/browse?source=CAM+12") in links(page)
    assert texts_of(page, "north") == ["north", "Brison", "45°", "0", ""]


def test_a_source_is_made_and_changed(open_page, admin):
    page = sources_page(open_page, admin)
    page.text_input(key="source_name_new").input("north")
    page = press(page, "Create")
    with open_session(read_only=True) as session:
        source_id = session.scalars(select(Source.id)).one()
    page = page.selectbox(key="changed_source").select(source_id).run()
    page.text_input(key=f"source_name_{source_id}").input("Brison north")
    page.text_input(key=f"source_place_{source_id}").input("the mast")
    page.number_input(key=f"source_azimuth_{source_id}").set_value(90.0)
    page = press(page, "Save")
    assert texts_of(page, "Brison north")[1:3] == ["the mast", "90°"]


def test_a_merge_says_what_moves_and_then_moves_it(open_page, admin, device):
    with open_session() as session:
        first, second = a_media(session, source="CAM-12"), a_media(session, source="Brison")
    page = sources_page(open_page, admin)
    page.selectbox(key="merge_from").select(first.source_id)
    page = page.selectbox(key="merge_into").select(second.source_id).run()
    text = said(page).replace("\\", "")
    assert "**CAM-12** → **Brison**: 1 media, withdrawn ones included, 1 device." in text
    assert "There is no way back." in text
    page = press(page, "Merge")
    assert "Merged." in page.success[0].value
    assert texts_of(page, "Brison")[3:] == ["2", "1"]
    with open_session(read_only=True) as session:
        assert session.scalars(select(Source.name)).all() == ["Brison"]


def test_one_s_own_token_is_made_narrower_and_shown_once(open_page, admin):
    page = open_page(admin, "account.py")
    assert "You have no tokens." in said(page)
    page.text_input(key="token_name").input("nightly export")
    page.selectbox(key="token_scope").select(Scope.VIEWER)
    page = press(page, "Make a token")
    token = page.code[0].value
    with open_session(read_only=True) as session:
        assert find_token_bearer(session, token).access.scope == Scope.VIEWER
    assert texts_of(page, "nightly export")[1] == "viewer"
    assert not press(page, "I have noted it").code


def test_a_viewer_is_offered_nothing_wider(open_page, installation):
    with open_session() as session:
        viewer = an_access(session, Scope.VIEWER)
    assert open_page(viewer, "account.py").selectbox(key="token_scope").options == ["all that you may"]


def test_one_s_own_token_is_revoked(open_page, admin):
    with open_session() as session:
        made = make_token(session, SignedIn(admin), "nightly export")
    page = open_page(admin, "account.py")
    page = page.selectbox(key="ended_token").select(made.id).run()
    page = press(open_popover(page, f"revoke_token_{made.id}"), "Revoke it")
    assert not opens(made.token)
    assert "You have no tokens." in said(page)


def test_a_token_for_a_device_is_not_shown_among_one_s_own(open_page, admin):
    page = devices_page(open_page, admin)
    page.text_input(key="device_login").input("camera-1")
    page = press(page, "Create")
    assert page.code
    assert not page.switch_page("account.py").run().code
