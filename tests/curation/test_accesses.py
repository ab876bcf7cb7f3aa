"""Accesses: who may change them, and what a change ends."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from curation import accesses
from curation.errors import InvalidPassword, InvalidText, LastAdmin, LoginTaken, NotAllowed, TooManyAttempts
from curation.sign_in import (
    authenticate,
    change_own_password,
    issue_access_token,
    open_login_session,
    redeem_ticket,
)
from db.models import Access, LoginSession, Scope, Token
from db.session import open_session
from tests.factories import PASSWORD, an_access, an_admin


def test_logins_are_stored_lower_case_and_stripped(session):
    created, made = accesses.create_access(session, an_admin(session), "  Curator-1 ", Scope.USER)
    assert created.login == "curator-1"
    assert created.must_change_password and made is not None
    assert authenticate(session, "CURATOR-1", made).id == created.id


def test_a_login_is_given_once(session):
    admin = an_admin(session)
    accesses.create_access(session, admin, "curator-1", Scope.USER)
    with pytest.raises(LoginTaken):
        accesses.create_access(session, admin, "CURATOR-1", Scope.VIEWER)


@pytest.mark.parametrize("login", ["", "two words", "x" * 101, "bell\x07", "ta\tb"])
def test_odd_logins_are_refused(session, login):
    with pytest.raises(InvalidText):
        accesses.create_access(session, an_admin(session), f"{login}", Scope.USER)


@pytest.mark.parametrize(
    "password", ["short", " edge space ok", "é" * 37, "nul\x00 in the middle", "\ud800" * 5]
)
def test_passwords_outside_the_rules_are_refused(password):
    with pytest.raises(InvalidPassword):
        accesses.hash_password(password)


def test_only_admins_manage(session):
    for scope in (Scope.VIEWER, Scope.USER, Scope.DEVICE):
        someone, other = an_access(session, scope), an_access(session)
        for act in (
            lambda who=someone: accesses.create_access(session, who, "x-1", Scope.ADMIN),
            lambda who=someone, it=other: accesses.change_scope(session, who, it.id, Scope.ADMIN),
            lambda who=someone, it=other: accesses.disable_access(session, who, it.id),
            lambda who=someone, it=other: accesses.reset_password(session, who, it.id),
            lambda who=someone: accesses.list_accesses(session, who),
        ):
            with pytest.raises(NotAllowed):
                act()


def test_the_last_admin_stays(session):
    admin = an_admin(session)
    with pytest.raises(LastAdmin):
        accesses.change_scope(session, admin, admin.id, Scope.USER)
    with pytest.raises(LastAdmin):
        accesses.disable_access(session, admin, admin.id)
    second = an_admin(session)
    accesses.disable_access(session, admin, second.id)
    with pytest.raises(LastAdmin):
        accesses.change_scope(session, admin, admin.id, Scope.USER)


def test_two_admins_cannot_demote_each_other_at_the_same_moment(installation):
    with open_session() as session:
        pair = [an_admin(session).id, an_admin(session).id]
    barrier, outcomes = threading.Barrier(2), []

    def demote(me, other):
        try:
            with open_session() as session:
                admin = accesses.get_access(session, me)
                barrier.wait(timeout=1) if session.get_bind().dialect.name == "postgresql" else None
                accesses.change_scope(session, admin, other, Scope.USER)
            outcomes.append("done")
        except (LastAdmin, NotAllowed):
            outcomes.append("refused")

    threads = [threading.Thread(target=demote, args=who) for who in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open_session(read_only=True) as session:
        left = session.scalars(select(Access).where(Access.scope == Scope.ADMIN)).all()
    assert len(left) == 1 and sorted(outcomes) == ["done", "refused"]


def change_password(access, old, new, keep_session_id=None):
    change_own_password(open_session, access, old, new, address="here", keep_session_id=keep_session_id)


def test_changing_ones_password_ends_every_other_session_and_token(installation):
    with open_session() as session:
        access = an_access(session)
        redeem_ticket(session, open_login_session(session, access, "here", 12))
        redeem_ticket(session, open_login_session(session, access, "elsewhere", 12))
        issue_access_token(session, access, "there")
        mine = session.scalars(select(LoginSession.id).order_by(LoginSession.id)).first()
    change_password(access, PASSWORD, "another password", keep_session_id=mine)
    with open_session(read_only=True) as session:
        standing = session.scalars(select(LoginSession).where(LoginSession.revoked_at.is_(None)))
        assert [found.id for found in standing] == [mine]
        assert all(token.revoked_at for token in session.scalars(select(Token)))
        assert authenticate(session, access.login, "another password").id == access.id


def test_wrong_guesses_of_the_present_password_change_nothing_and_are_throttled(installation):
    with open_session() as session:
        access = an_access(session)
    for _ in range(5):
        with pytest.raises(InvalidPassword):
            change_password(access, "not mine at all", "another password")
    with pytest.raises(TooManyAttempts):
        change_password(access, PASSWORD, "another password")
    with open_session(read_only=True) as session:
        assert authenticate(session, access.login, PASSWORD).id == access.id


def test_the_first_admin_is_made_once(session):
    made = accesses.ensure_first_admin(session, "chief", None)
    assert made is not None and authenticate(session, "chief", made).must_change_password
    assert accesses.ensure_first_admin(session, "another", None) is None


def test_the_operator_can_always_get_in(session):
    admin = an_admin(session)
    admin.disabled_at = admin.created_at
    password = accesses.rescue_admin(session, admin.login)
    assert authenticate(session, admin.login, password).must_change_password
