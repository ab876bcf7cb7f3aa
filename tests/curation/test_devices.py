"""Devices: made with a token, followed by what they send, cut off at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from curation.accesses import disable_access
from curation.browse import count_matches
from curation.devices import (
    DAYS,
    change_source_of_device,
    count_silent_devices,
    create_device,
    list_devices,
    rename_device,
    revoke_tokens,
    rotate_token,
    view_device,
)
from curation.errors import AccessNotFound, InvalidText, LoginTaken, NotAllowed, TooLarge
from curation.sign_in import SignedIn, find_token_bearer, issue_access_token, touch_token
from db.models import Access, Event, Scope, Source, State, Token, utc_now
from tests.factories import a_media, an_access, an_admin

A_DAY = timedelta(hours=24)


@pytest.fixture
def boss(session):
    return SignedIn(an_admin(session))


def made(session, boss, login="camera-1", **given):
    device_id, token = create_device(session, boss, login, **given)
    session.flush()
    return session.get(Access, device_id), token


def opens(session, token):
    session.flush()
    session.expunge_all()
    return find_token_bearer(session, token.token) is not None


def test_a_device_is_made_with_a_token_and_the_source_of_its_uploads(session, boss):
    device, token = made(session, boss, " Camera-1 ", source=" CAM-12 ")
    assert (device.login, device.scope, device.must_change_password) == ("camera-1", Scope.DEVICE, False)
    assert session.get(Source, device.source_id).name == "CAM-12"
    [view] = list_devices(session, boss.access, A_DAY)
    assert (view.login, view.source, view.tokens, view.token_expires_at) == ("camera-1", "CAM-12", 1, None)
    assert (view.last_seen_at, view.last_media_at, view.silent) == (None, None, False)
    assert opens(session, token)


def test_a_login_is_taken_by_whoever_has_it(session, boss):
    an_access(session, Scope.USER, "camera-1")
    with pytest.raises(LoginTaken):
        create_device(session, boss, "camera-1")


def test_a_device_was_last_seen_at_its_last_request_or_its_last_picture(session, boss):
    device, _token = made(session, boss)
    sent, asked = utc_now() - timedelta(minutes=5), utc_now() - timedelta(minutes=1)
    a_media(session, uploaded_by=device, created_at=sent)
    session.flush()
    [view] = list_devices(session, boss.access, A_DAY)
    assert view.last_seen_at == view.last_media_at == sent
    session.scalars(select(Token).where(Token.access_id == device.id)).one().last_seen_at = asked
    session.flush()
    [view] = list_devices(session, boss.access, A_DAY)
    assert (view.last_seen_at, view.last_media_at) == (asked, sent)


@pytest.mark.parametrize("scope", [Scope.VIEWER, Scope.USER, Scope.DEVICE])
def test_only_admins_see_and_change_devices(session, boss, scope):
    device, _token = made(session, boss)
    other = an_access(session, scope)
    for act in (
        lambda: list_devices(session, other, A_DAY),
        lambda: create_device(session, SignedIn(other), "camera-2"),
        lambda: rename_device(session, other, device.id, "camera-2"),
        lambda: change_source_of_device(session, other, device.id, "north"),
        lambda: rotate_token(session, SignedIn(other), device.id),
        lambda: revoke_tokens(session, SignedIn(other), device.id),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_people_are_no_devices(session, boss):
    admin = boss.access
    for act in (
        lambda: rename_device(session, admin, admin.id, "other"),
        lambda: change_source_of_device(session, admin, admin.id, "north"),
        lambda: rotate_token(session, boss, admin.id),
        lambda: revoke_tokens(session, boss, admin.id),
        lambda: view_device(session, admin, admin.id, A_DAY),
    ):
        with pytest.raises(AccessNotFound):
            act()


def test_who_came_with_a_lasting_token_makes_none_for_devices(session, boss):
    device, _token = made(session, boss)
    by_token = SignedIn(boss.access, token_id=1, lasting_token=True)
    for act in (
        lambda: create_device(session, by_token, "camera-2"),
        lambda: rotate_token(session, by_token, device.id),
        lambda: revoke_tokens(session, by_token, device.id),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_new_token_ends_the_one_before_at_once(session, boss):
    device, before = made(session, boss)
    given = issue_access_token(session, device, "test")
    after = rotate_token(session, boss, device.id)
    assert not opens(session, before)
    assert find_token_bearer(session, given) is None
    assert opens(session, after)


def test_a_new_token_may_work_beside_the_one_before_for_a_while(session, boss):
    device, before = made(session, boss)
    after = rotate_token(session, boss, device.id, overlap_minutes=30)
    assert opens(session, before) and opens(session, after)
    ends = session.get(Token, before.id).expires_at
    assert timedelta(minutes=29) < ends - utc_now() <= timedelta(minutes=30)
    assert view_device(session, boss.access, device.id, A_DAY).token_expires_at is None
    with pytest.raises(TooLarge):
        rotate_token(session, boss, device.id, overlap_minutes=60 * 24 * 8)


def test_revoking_leaves_the_device_and_no_token(session, boss):
    device, token = made(session, boss)
    assert revoke_tokens(session, boss, device.id) == 1
    assert not opens(session, token)
    view = view_device(session, boss.access, device.id, A_DAY)
    assert (view.tokens, view.disabled) == (0, False)
    assert revoke_tokens(session, boss, device.id) == 0


def test_the_end_of_a_token_is_told(session, boss):
    device, token = made(session, boss, expires_in_days=30)
    assert view_device(session, boss.access, device.id, A_DAY).token_expires_at == token.expires_at


def test_a_renamed_device_keeps_its_token(session, boss):
    device, token = made(session, boss)
    an_access(session, Scope.USER, "taken")
    rename_device(session, boss.access, device.id, " Mast-North ")
    assert opens(session, token)
    assert [view.login for view in list_devices(session, boss.access, A_DAY)] == ["mast-north"]
    with pytest.raises(LoginTaken):
        rename_device(session, boss.access, device.id, "taken")
    with pytest.raises(InvalidText):
        rename_device(session, boss.access, device.id, "two words")


def test_a_source_is_given_changed_and_taken_away(session, boss):
    device, _token = made(session, boss, source="north")
    for source in ("south", None, ""):
        change_source_of_device(session, boss.access, device.id, source)
        assert view_device(session, boss.access, device.id, A_DAY).source == (source or None)
    events = session.scalars(select(Event.detail).where(Event.name == "device_source_changed")).all()
    assert [event["source"] for event in events] == ["south", None]


def test_days_are_those_of_the_zone_and_count_what_browse_lists(session, boss):
    device, _token = made(session, boss)
    other, _token = made(session, boss, "camera-2")
    zone = ZoneInfo("Pacific/Auckland")
    now = utc_now()
    noon = datetime.combine(now.astimezone(zone).date(), datetime.min.time(), zone) + timedelta(hours=12)
    today = min(noon.astimezone(UTC), now)
    for back, state in [
        (0, State.NEW),
        (0, State.ACCEPTED),
        (1, State.NEW),
        (13, State.NEW),
        (14, State.NEW),
    ]:
        a_media(session, uploaded_by=device, state=state, created_at=today - timedelta(days=back))
    a_media(session, uploaded_by=device, state=State.WITHDRAWN, created_at=today)
    a_media(session, uploaded_by=other, created_at=today)
    first, second = list_devices(session, boss.access, A_DAY, zone=zone)
    assert len(first.per_day) == DAYS
    assert first.per_day[-1].day == now.astimezone(zone).date()
    assert [day.count for day in first.per_day] == [1, *[0] * 11, 1, 2]
    assert [day.count for day in second.per_day] == [*[0] * 13, 1]
    assert (first.media_total, second.media_total) == (5, 1)
    for day in (first.per_day[0], first.per_day[-1]):
        assert count_matches(session, boss.access, day.wanted, cap=None).value == day.count


def test_a_device_without_a_sign_of_life_is_silent_until_it_gives_one(session, boss):
    device, token = made(session, boss)
    device.created_at = utc_now() - timedelta(hours=30)
    session.flush()

    def silent():
        view = view_device(session, boss.access, device.id, A_DAY)
        assert count_silent_devices(session, A_DAY) == view.silent
        return view.silent

    assert silent()
    media = a_media(session, uploaded_by=device)
    assert not silent()
    media.created_at = utc_now() - timedelta(hours=25)
    session.flush()
    assert silent()
    assert not view_device(session, boss.access, device.id, timedelta(hours=26)).silent
    touch_token(session, token.id)
    assert not silent()
    session.get(Token, token.id).last_seen_at = utc_now() - timedelta(hours=25)
    session.flush()
    session.expire_all()
    assert silent()
    disable_access(session, boss.access, device.id)
    session.flush()
    assert not silent()


def test_a_deleted_device_is_gone_from_the_list(session, boss):
    device, _token = made(session, boss)
    device.deleted_at = device.disabled_at = utc_now()
    session.flush()
    assert list_devices(session, boss.access, A_DAY) == []
    with pytest.raises(AccessNotFound):
        rotate_token(session, boss, device.id)
