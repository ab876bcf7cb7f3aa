"""Signed links carry no more than their issuer has at the moment they are opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, update

from curation.accesses import change_scope, replace_password
from curation.links import read_link, sign
from curation.sign_in import find_signed_in
from curation.tokens import add_token, revoke_token
from db.models import Access, LoginSession, Media, Scope, Token, utc_now
from db.session import open_session
from tests.access.callers import bearer_of, cookie_of
from tests.access.routes import DASHBOARD
from tests.access.test_routes import Door
from tests.access.world import World
from tests.conftest import TEST_SECRET
from tests.factories import an_access, an_admin, hashed_password

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def door(installation) -> Door:
    return Door(DASHBOARD)


@pytest.fixture
def curator(installation) -> Access:
    with open_session() as session:
        return an_access(session)


@pytest.fixture
def picture(curator):
    return World(curator)["picture"]


def link(door: Door, media_id, headers):
    answer = door.client.get(f"/api/media/{media_id}/url", headers=headers)
    assert answer.status_code == 200, answer.text
    return "/api/links/" + answer.json()["url"].rpartition("/")[2]


def opens(door: Door, address: str) -> bool:
    answer = door.client.get(address)
    if answer.status_code != 200:
        assert (answer.status_code, answer.json()["code"]) == (403, "invalid_link"), answer.text
    return answer.status_code == 200


def expire(table, access: Access) -> None:
    with open_session() as session:
        past = utc_now() - timedelta(seconds=1)
        session.execute(update(table).where(table.access_id == access.id).values(expires_at=past))


def forget_tokens(access: Access) -> None:
    with open_session() as session:
        session.execute(delete(Token).where(Token.access_id == access.id))


def change_password(access: Access) -> None:
    with open_session() as session:
        replace_password(session, session.get_one(Access, access.id), hashed_password(), must_change=False)


def make_device(access: Access) -> None:
    with open_session() as session:
        change_scope(session, an_admin(session), access.id, Scope.DEVICE)


ENDS = {
    "its token expired": lambda access: expire(Token, access),
    "its token's row is gone": forget_tokens,
    "the password changed": change_password,
    "its issuer became a device": make_device,
}


@pytest.mark.parametrize("end", ENDS)
def test_a_link_of_a_token_ends_with_it(door, curator, picture, end):
    address = link(door, picture, bearer_of(curator))
    assert opens(door, address)
    ENDS[end](curator)
    assert not opens(door, address)


@pytest.mark.parametrize(
    "end", ["its login session expired", "the password changed", "its issuer became a device"]
)
def test_a_link_of_a_page_ends_with_its_login_session(door, curator, picture, end):
    address = link(door, picture, cookie_of(curator))
    assert opens(door, address)
    (ENDS.get(end) or (lambda access: expire(LoginSession, access)))(curator)
    assert not opens(door, address)


def test_a_link_of_a_lasting_token_ends_with_it_and_not_with_another(door, curator, picture):
    with open_session() as session:
        mine, other = (add_token(session, curator, curator, name) for name in ("mine", "other"))
    address = link(door, picture, {"Authorization": f"Bearer {mine.token}"})
    cookie = cookie_of(curator)["Cookie"].partition("=")[2]
    for number, still in ((other.id, True), (mine.id, False)):
        with open_session() as session:
            signed_in = find_signed_in(session, cookie)
            assert signed_in is not None
            revoke_token(session, signed_in, number)
        assert opens(door, address) == still


def test_a_link_says_that_it_ends_when_its_token_does(door, curator, picture):
    with open_session() as session:
        made = add_token(session, curator, curator, "short", expires_in_days=1)
        soon = utc_now() + timedelta(minutes=2)
        session.get_one(Token, made.id).expires_at = soon
    headers = {"Authorization": f"Bearer {made.token}"}
    told = door.client.get(f"/api/media/{picture}/url", headers=headers).json()
    assert datetime.fromisoformat(told["expires_at"]) <= soon
    many = door.client.post("/api/media/urls", json={"ids": [picture]}, headers=headers).json()
    assert datetime.fromisoformat(many[0]["expires_at"]) <= soon


def test_a_link_of_a_narrower_token_opens_what_that_may_see(door, picture):
    """A device's token of an admin: the admin's own media, and not the curator's."""
    with open_session() as session:
        admin = an_admin(session)
        made = add_token(session, admin, admin, "sends", scope=Scope.DEVICE)
    headers = {"Authorization": f"Bearer {made.token}"}
    own = World(admin)["own"]
    address = link(door, own, headers)
    assert opens(door, address)
    assert door.client.get(f"/api/media/{picture}/url", headers=headers).status_code == 404
    with open_session() as session:
        session.get_one(Media, own).uploaded_by_id = an_access(session).id
    assert not opens(door, address), "it is another's now, which the admin might see and the token might not"


def test_a_link_opens_its_media_and_its_size_alone(door, curator, picture):
    """Whatever is changed in it, the signature no longer fits."""
    address = link(door, picture, bearer_of(curator))
    root, _, signed = address.rpartition("/")
    known = read_link(signed, TEST_SECRET)
    another = World(curator)["picture"]
    for changed in (
        replace(known, subject_id=another),
        replace(known, size="thumb"),
        replace(known, ends=known.ends + 3600),
        replace(known, scope="admin"),
        replace(known, kind="annotation"),
        replace(known, token_id=None),
    ):
        content = sign(changed, TEST_SECRET).rpartition(".")[0]
        assert not opens(door, f"{root}/{content}.{signed.rpartition('.')[2]}")
    assert opens(door, address)
