"""Tokens made to last: what they may do, who makes and ends them, and that their scope is read at each request."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from curation.accesses import change_scope, disable_access, narrower
from curation.errors import AccessNotFound, InvalidText, NotAllowed, TokenNotFound, TooManyTokens
from curation.sign_in import SignedIn, find_token_bearer, issue_access_token, touch_token
from curation.tokens import MAX_TOKENS, end_tokens, list_tokens, make_token, revoke_token, scopes_for
from db.models import Access, Event, Scope, Token, utc_now
from tests.factories import an_access, an_admin


def signed_in(access: Access) -> SignedIn:
    return SignedIn(access)


def bearer(session, secret):
    session.expunge_all()
    return find_token_bearer(session, secret)


def test_the_secret_is_shown_once_and_stored_only_as_a_hash(session):
    curator = an_access(session)
    made = make_token(session, signed_in(curator), "  nightly export ")
    assert made.token.startswith("vigie_")
    [row] = session.scalars(select(Token))
    assert (row.name, row.made_by_id) == ("nightly export", curator.id)
    assert made.token not in repr(made)
    assert made.token not in str(vars(row))
    assert [token.id for token in list_tokens(session, curator)] == [made.id]


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (Scope.ADMIN, Scope.USER, Scope.USER),
        (Scope.VIEWER, Scope.ADMIN, Scope.VIEWER),
        (Scope.USER, Scope.DEVICE, Scope.DEVICE),
        (Scope.DEVICE, Scope.DEVICE, Scope.DEVICE),
        (Scope.VIEWER, Scope.DEVICE, None),
    ],
)
def test_the_narrower_of_two_scopes(one, other, both):
    assert narrower(one, other) == narrower(other, one) == both


def test_scopes_are_offered_widest_first():
    assert scopes_for(Scope.ADMIN) == [Scope.ADMIN, Scope.USER, Scope.VIEWER, Scope.DEVICE]
    assert scopes_for(Scope.VIEWER) == [Scope.VIEWER]


@pytest.mark.parametrize("owner", list(Scope))
@pytest.mark.parametrize("scope", list(Scope))
def test_a_token_is_never_made_wider_than_its_owner(session, owner, scope):
    access = an_access(session, owner)
    if owner != Scope.DEVICE and narrower(scope, owner) == scope:
        assert make_token(session, signed_in(access), "mine", scope=scope).scope == scope
        return
    with pytest.raises(NotAllowed):
        make_token(session, signed_in(access), "mine", scope=scope)
    assert session.scalars(select(Token)).all() == []


def test_the_scope_is_the_narrower_of_both_whenever_it_is_asked_for(session):
    boss = an_admin(session)
    access = an_access(session, Scope.ADMIN)
    limited = make_token(session, signed_in(access), "reads", scope=Scope.VIEWER).token
    whole = make_token(session, signed_in(access), "does all").token
    assert bearer(session, limited).access.scope == Scope.VIEWER
    assert bearer(session, whole).access.scope == Scope.ADMIN
    change_scope(session, boss, access.id, Scope.USER)
    session.flush()
    assert bearer(session, limited).access.scope == Scope.VIEWER
    assert bearer(session, whole).access.scope == Scope.USER
    change_scope(session, boss, access.id, Scope.DEVICE)
    session.flush()
    assert bearer(session, limited) is None
    assert bearer(session, whole).access.scope == Scope.DEVICE


def test_a_narrowed_access_never_writes_its_scope_back(session):
    access = an_access(session, Scope.ADMIN)
    secret = make_token(session, signed_in(access), "reads", scope=Scope.VIEWER).token
    found = bearer(session, secret)
    assert found.access not in session
    session.flush()
    session.expunge_all()
    assert session.get(Access, access.id).scope == Scope.ADMIN


def test_a_token_of_a_device_stays_a_device_s_when_its_access_becomes_a_person_s(session):
    boss = an_admin(session)
    camera = an_access(session, Scope.DEVICE, "camera")
    secret = make_token(session, signed_in(boss), "mast", login="camera").token
    change_scope(session, boss, camera.id, Scope.ADMIN)
    session.flush()
    assert bearer(session, secret).access.scope == Scope.DEVICE


def test_a_token_ends_when_it_expires(session):
    curator = an_access(session)
    made = make_token(session, signed_in(curator), "short", expires_in_days=1)
    assert made.expires_at is not None
    assert timedelta(hours=23) < made.expires_at - utc_now() <= timedelta(days=1)
    assert bearer(session, made.token) is not None
    session.get(Token, made.id).expires_at = utc_now() - timedelta(seconds=1)
    session.flush()
    assert bearer(session, made.token) is None
    assert [token.id for token in list_tokens(session, curator)] == [made.id]


def test_a_revoked_token_opens_nothing_and_is_listed_no_more(session):
    curator = an_access(session)
    made = make_token(session, signed_in(curator), "old")
    revoke_token(session, signed_in(curator), made.id)
    revoke_token(session, signed_in(curator), made.id)
    session.flush()
    assert list_tokens(session, curator) == []
    assert bearer(session, made.token) is None
    assert session.scalars(select(Event.name)).all() == ["token_made", "token_revoked"]


def test_disabling_an_access_ends_its_tokens(session):
    boss, curator = an_admin(session), an_access(session)
    secret = make_token(session, signed_in(curator), "mine").token
    disable_access(session, boss, curator.id)
    session.flush()
    assert bearer(session, secret) is None


def test_a_token_makes_and_revokes_no_tokens_but_one_for_a_password_does(session):
    curator = an_access(session)
    lasting = make_token(session, signed_in(curator), "lasting")
    given = issue_access_token(session, curator, "test")
    session.flush()
    came_with_lasting, came_with_password = bearer(session, lasting.token), bearer(session, given)
    with pytest.raises(NotAllowed):
        make_token(session, came_with_lasting, "a second")
    with pytest.raises(NotAllowed):
        revoke_token(session, came_with_lasting, lasting.id)
    assert make_token(session, came_with_password, "a second").id
    revoke_token(session, came_with_password, lasting.id)
    assert [token.name for token in list_tokens(session, curator)] == ["a second"]


def test_nobody_ends_or_lists_or_makes_another_person_s(session):
    boss, curator, other = an_admin(session), an_access(session), an_access(session)
    made = make_token(session, signed_in(curator), "mine")
    for stranger in (boss, other):
        with pytest.raises(TokenNotFound):
            revoke_token(session, signed_in(stranger), made.id)
        with pytest.raises(NotAllowed):
            list_tokens(session, stranger, curator.login)
        with pytest.raises(NotAllowed):
            make_token(session, signed_in(stranger), "yours", login=curator.login)
    with pytest.raises(NotAllowed):
        list_tokens(session, other, "nobody-of-this-name")
    with pytest.raises(AccessNotFound):
        list_tokens(session, boss, "nobody-of-this-name")


def test_an_admin_makes_lists_and_ends_a_device_s(session):
    boss = an_admin(session)
    an_access(session, Scope.DEVICE, "camera")
    made = make_token(session, signed_in(boss), "mast", login=" Camera ")
    assert made.scope == Scope.DEVICE
    assert [token.id for token in list_tokens(session, boss, "camera")] == [made.id]
    revoke_token(session, signed_in(boss), made.id)
    assert list_tokens(session, boss, "camera") == []


def test_a_device_neither_sees_nor_changes_tokens(session):
    boss, camera = an_admin(session), an_access(session, Scope.DEVICE, "camera")
    made = make_token(session, signed_in(boss), "mast", login="camera")
    with pytest.raises(NotAllowed):
        list_tokens(session, camera)
    with pytest.raises(NotAllowed):
        make_token(session, signed_in(camera), "mine")
    with pytest.raises(NotAllowed):
        revoke_token(session, signed_in(camera), made.id)
    assert bearer(session, made.token) is not None


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\nb"])
def test_a_token_has_a_name_that_can_be_read(session, name):
    with pytest.raises(InvalidText):
        make_token(session, signed_in(an_access(session)), name)


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_a_token_lasts_a_day_or_more_but_not_for_ages(session, days):
    with pytest.raises(InvalidText):
        make_token(session, signed_in(an_access(session)), "mine", expires_in_days=days)


def test_nobody_collects_tokens_without_end(session):
    curator = signed_in(an_access(session))
    made = [make_token(session, curator, str(number)) for number in range(MAX_TOKENS)]
    with pytest.raises(TooManyTokens):
        make_token(session, curator, "one more")
    revoke_token(session, curator, made[0].id)
    session.flush()
    assert make_token(session, curator, "one more").id


def test_seen_is_written_at_most_once_a_minute(session):
    curator = an_access(session)
    made = make_token(session, signed_in(curator), "mine")
    assert bearer(session, made.token).clock_stale
    touch_token(session, made.id)
    assert not bearer(session, made.token).clock_stale
    before = session.get(Token, made.id).last_seen_at
    touch_token(session, made.id)
    session.expire_all()
    assert session.get(Token, made.id).last_seen_at == before
    session.get(Token, made.id).last_seen_at = before - timedelta(seconds=61)
    session.flush()
    assert bearer(session, made.token).clock_stale


def test_a_token_given_for_an_hour_was_seen_when_it_was_given(session):
    secret = issue_access_token(session, an_access(session), "test")
    session.flush()
    assert not bearer(session, secret).clock_stale


def test_tokens_may_end_a_little_later(session):
    curator = an_access(session)
    endless = make_token(session, signed_in(curator), "endless")
    short = make_token(session, signed_in(curator), "short", expires_in_days=1)
    at = utc_now() + timedelta(days=3)
    assert end_tokens(session, curator.id, at) == 1
    session.expire_all()
    assert session.get(Token, endless.id).expires_at == at
    assert session.get(Token, short.id).expires_at == short.expires_at


def test_a_clock_a_day_ahead_sweeps_no_living_token_away(session):
    access = an_access(session)
    secret = issue_access_token(session, access, "127.0.0.1")
    with time_machine.travel(utc_now() + timedelta(days=1), tick=True):
        issue_access_token(session, access, "127.0.0.1")
    session.flush()
    assert find_token_bearer(session, secret) is not None
