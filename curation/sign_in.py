"""Entering and leaving: throttling of failures, login sessions behind cookies, tokens for programs.

Secrets are random and stored only as SHA-256: whoever reads the table cannot enter with it.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from curation.accesses import (
    dummy_hash,
    end_everything,
    find_access,
    get_access,
    hash_password,
    narrower,
    password_fits,
    replace_password,
)
from curation.errors import InvalidPassword, NotSignedIn, TooManyAttempts
from curation.events import record
from curation.tallies import Tally, count_once_stored
from db.clock import database_now, from_now
from db.locks import lock_words
from db.models import Access, LoginSession, Scope, SignInAttempt, Token, utc_now
from db.types import Sessions

COOKIE = "vigie_session"

# Only failures count. A login is throttled for the address that fails, much later for everyone (so that
# a stranger cannot lock a curator out), an address for a minute at a time (so that an office behind one
# address is never locked out by one forgetful colleague).
LOGIN_WINDOW = timedelta(minutes=15)
FAILURES_PER_LOGIN_AND_ADDRESS = 5
FAILURES_PER_LOGIN = 30
ADDRESS_WINDOW = timedelta(minutes=1)
FAILURES_PER_ADDRESS = 10

TICKET_LIFE = timedelta(minutes=2)
ACCESS_TOKEN_LIFE = timedelta(minutes=60)
# A replica whose clock is a day ahead must not sweep away the tokens that its neighbours have just given.
DEAD_TOKENS_KEPT = timedelta(days=2)
SEEN_EVERY = timedelta(minutes=1)
WRONG = "The login or the password is not right."


@dataclass(frozen=True)
class SignedIn:
    """Who is behind a request, and by which credential."""

    access: Access
    login_session_id: int | None = None
    token_id: int | None = None
    lasting_token: bool = False  # made to last, not given for an hour to a login and password
    token_expires_at: datetime | None = None
    clock_stale: bool = False  # that it was seen should be written down, and its idle time-out pushed on


def require_not_throttled(session: Session, login: str, address: str) -> None:
    """Raise TooManyAttempts, with the seconds to wait, when too many failures are fresh."""
    now = database_now(session)
    login = _attempted(login)
    by_login = SignInAttempt.login == login
    by_address = SignInAttempt.address == address
    for where, window, allowed in (
        ((by_login, by_address), LOGIN_WINDOW, FAILURES_PER_LOGIN_AND_ADDRESS),
        ((by_login,), LOGIN_WINDOW, FAILURES_PER_LOGIN),
        ((by_address,), ADDRESS_WINDOW, FAILURES_PER_ADDRESS),
    ):
        # The oldest of the last `allowed` failures: once it has left the window there is room again.
        oldest = session.scalar(
            select(SignInAttempt.created_at)
            .where(*where, SignInAttempt.created_at > now - window)
            .order_by(SignInAttempt.created_at.desc())
            .offset(allowed - 1)
            .limit(1)
        )
        if oldest is not None:
            seconds = max(1, round((oldest + window - now).total_seconds()))
            minutes = -(-seconds // 60)
            wait = "a minute" if minutes == 1 else f"{minutes} minutes"
            raise TooManyAttempts(
                f"Too many failed sign-ins. Wait {wait} and try again.",
                retry_after=seconds,
            )


def reserve_attempt(session: Session, login: str, address: str) -> None:
    """Count an attempt before its password is looked at; a success takes it away again.

    Counted afterwards, forty guesses at the same moment would all be allowed. Raises TooManyAttempts.
    """
    lock_words(session, f"sign-in {address}")
    lock_words(session, f"sign-in as {_attempted(login)}")
    require_not_throttled(session, login, address)
    # All by the database's clock: a replica whose own is ahead must not forget the failures that others have counted.
    session.execute(delete(SignInAttempt).where(SignInAttempt.created_at < from_now(session, -LOGIN_WINDOW)))
    session.add(SignInAttempt(login=_attempted(login), address=address, created_at=from_now(session)))


def record_failure(session: Session, login: str, address: str) -> None:
    """Write a failed sign-in into the audit trail; its attempt was counted before."""
    record(session, None, "sign_in_failed", {"login": _attempted(login)}, address=address)
    count_once_stored(session, Tally.SIGN_IN_FAILURES, "password")


def forget_failures(session: Session, login: str, address: str) -> None:
    session.execute(
        delete(SignInAttempt).where(
            SignInAttempt.login == _attempted(login),
            SignInAttempt.address == address,
        )
    )


def may_enter(access: Access | None, *, dashboard: bool) -> bool:
    """Whether this access, its password being right, may enter by this door."""
    return (
        access is not None
        and access.disabled_at is None
        and access.deleted_at is None
        and not (dashboard and access.scope == Scope.DEVICE)
    )


def is_living(credential: LoginSession | Token) -> bool:
    """Whether a login session or a token opens its door still."""
    ends = credential.expires_at
    return credential.revoked_at is None and (ends is None or ends > utc_now())


def authenticate(session: Session, login: str, password: str) -> Access:
    """The access with this login and password; one sentence, and one duration, for every way to fail."""
    access = find_access(session, login)
    fits = password_fits(password, access.hashed_password if access else dummy_hash())
    if access is None or not fits or not may_enter(access, dashboard=False):
        raise NotSignedIn(WRONG)
    return access


def change_own_password(
    sessions: Sessions,
    access: Access,
    old: str,
    new: str,
    *,
    address: str,
    keep_session_id: int | None = None,
) -> None:
    """Change one's own password; every other login session and every token ends.

    Wrong guesses of the present one count like failed sign-ins. Raises InvalidPassword, TooManyAttempts.
    """
    with sessions() as session:
        reserve_attempt(session, access.login, address)
        present = get_access(session, access.id).hashed_password
    # No transaction is open here: half a second of bcrypt must not hold anybody's lock.
    if not password_fits(old, present):
        with sessions() as session:
            record_failure(session, access.login, address)
        raise InvalidPassword("The present password is not right. Nothing was changed.")
    if old == new:
        raise InvalidPassword("The new password is the present one. Nothing was changed.")
    hashed = hash_password(new)
    with sessions() as session:
        changed = session.scalars(select(Access).where(Access.id == access.id).with_for_update()).one()
        if changed.hashed_password != present:
            raise InvalidPassword("The password was changed elsewhere a moment ago. Sign in again.")
        replace_password(session, changed, hashed, must_change=False, keep_session_id=keep_session_id)
        forget_failures(session, changed.login, address)
        record(session, changed, "password_changed", address=address)


# --- login sessions -------------------------------------------------------------------------------


def open_login_session(session: Session, access: Access, address: str, idle_hours: int) -> str:
    """Begin a login session; returns the one-time ticket that a browser redeems for its cookie."""
    ticket = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            access_id=access.id,
            hashed_ticket=_hashed(ticket),
            address=address,
            expires_at=utc_now() + timedelta(hours=idle_hours),
        )
    )
    forget_failures(session, access.login, address)
    record(session, access, "signed_in", {}, address=address)
    return ticket


def redeem_ticket(session: Session, ticket: str) -> str:
    """The secret for the cookie. A ticket works once, for two minutes."""
    secret = secrets.token_urlsafe(32)
    # One UPDATE is the whole test: of two browsers with the same ticket only one changes the row.
    redeemed = session.execute(
        update(LoginSession)
        .where(
            LoginSession.hashed_ticket == _hashed(ticket),
            LoginSession.created_at > utc_now() - TICKET_LIFE,
            LoginSession.revoked_at.is_(None),
        )
        .values(hashed_ticket=None, hashed_secret=_hashed(secret))
        .returning(LoginSession.id)
    ).first()
    if redeemed is None:
        raise NotSignedIn("This sign-in has expired. Sign in again.")
    return secret


def find_signed_in(session: Session, secret: str) -> SignedIn | None:
    """Who a cookie stands for, or None when it is unknown, expired, revoked, or its access disabled."""
    now = utc_now()
    found = session.execute(
        select(LoginSession.id, LoginSession.last_seen_at, Access)
        .join(Access, Access.id == LoginSession.access_id)
        .where(
            LoginSession.hashed_secret == _hashed(secret),
            LoginSession.revoked_at.is_(None),
            LoginSession.expires_at > now,
        )
    ).first()
    if found is None or not may_enter(found.Access, dashboard=True):
        return None
    return SignedIn(
        access=found.Access,
        login_session_id=found.id,
        clock_stale=now - found.last_seen_at > SEEN_EVERY,
    )


def touch_login_session(session: Session, login_session_id: int, idle_hours: int) -> None:
    """Push the idle time-out on, at most once a minute."""
    now = utc_now()
    session.execute(
        update(LoginSession)
        .where(
            LoginSession.id == login_session_id,
            LoginSession.last_seen_at < now - SEEN_EVERY,
        )
        .values(last_seen_at=now, expires_at=now + timedelta(hours=idle_hours))
    )


def sign_out(session: Session, signed_in: SignedIn) -> None:
    """End the login session, or the token, that this caller came with."""
    now = utc_now()
    ended = update(LoginSession).where(LoginSession.id == signed_in.login_session_id)
    session.execute(ended.values(revoked_at=now))
    session.execute(update(Token).where(Token.id == signed_in.token_id).values(revoked_at=now))
    record(session, signed_in.access, "signed_out")


def sign_out_everywhere(session: Session, access: Access) -> None:
    """End every login session and every token of this access, this one included."""
    end_everything(session, access)
    record(session, access, "signed_out_everywhere")


def count_login_sessions(session: Session, access: Access) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(LoginSession)
            .where(
                LoginSession.access_id == access.id,
                LoginSession.revoked_at.is_(None),
                LoginSession.hashed_secret.is_not(None),
                LoginSession.expires_at > utc_now(),
            )
        )
        or 0
    )


# --- tokens ---------------------------------------------------------------------------------------


def issue_access_token(session: Session, access: Access, address: str) -> str:
    """A token of 60 minutes for a program that has just shown login and password."""
    secret = secrets.token_urlsafe(32)
    now = utc_now()
    # Hourly programs would leave thousands of dead rows behind.
    session.execute(
        delete(Token).where(
            Token.access_id == access.id,
            Token.made_by_id.is_(None),
            Token.expires_at < now - DEAD_TOKENS_KEPT,
        )
    )
    session.add(
        Token(
            access_id=access.id,
            name="access token",
            hashed_secret=_hashed(secret),
            expires_at=now + ACCESS_TOKEN_LIFE,
        )
    )
    forget_failures(session, access.login, address)
    record(session, access, "token_issued", {}, address=address)
    return secret


def find_token_bearer(session: Session, secret: str) -> SignedIn | None:
    """Who a token stands for, with the narrower of its scope and its access's; None when it opens nothing."""
    now = utc_now()
    found = session.execute(
        select(Token, Access)
        .join(Access, Access.id == Token.access_id)
        .where(Token.hashed_secret == _hashed(secret))
    ).first()
    if found is None or not may_enter(found.Access, dashboard=False):
        return None
    token, access = found
    scope = narrower(token.scope or access.scope, access.scope)
    if scope is None or not is_living(token):
        return None
    # Use cases ask this access for its scope. Outside of any session, so that nothing can write the narrower one back.
    session.expunge(access)
    set_committed_value(access, "scope", scope)
    lasting = token.made_by_id is not None
    # One that was given for an hour was seen when it was given.
    seen_at = token.last_seen_at or (None if lasting else token.created_at)
    return SignedIn(
        access,
        token_id=token.id,
        lasting_token=lasting,
        token_expires_at=token.expires_at,
        clock_stale=seen_at is None or now - seen_at > SEEN_EVERY,
    )


def touch_token(session: Session, token_id: int) -> None:
    """Write down that a token was seen, at most once a minute."""
    now = utc_now()
    session.execute(
        update(Token)
        .where(
            Token.id == token_id,
            or_(Token.last_seen_at.is_(None), Token.last_seen_at < now - SEEN_EVERY),
        )
        .values(last_seen_at=now)
    )


def _attempted(login: str) -> str:
    """A login as it is counted and written down, whatever was typed."""
    return login.replace("\x00", "").encode(errors="replace").decode().strip().lower()[:100]


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
