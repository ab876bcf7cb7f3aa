"""Who may enter and what for: creating, changing, disabling, passwords; and the scope check itself."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import bcrypt
from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from curation.errors import (
    AccessNotFound,
    Conflict,
    InvalidPassword,
    InvalidText,
    LastAdmin,
    LoginTaken,
    NotAllowed,
)
from curation.events import record
from curation.paging import Section, decode_cursor, read_page
from db.models import Access, LoginSession, Scope, Token, utc_now

BCRYPT_COST = 12
PASSWORD_BYTES = (10, 72)  # bcrypt looks at 72 bytes and refuses more
LOGIN_LENGTH = 100
PEOPLE = (Scope.VIEWER, Scope.USER, Scope.ADMIN)
CURATORS = (Scope.USER, Scope.ADMIN)
IN_ORDER = [Section((Access.id,), False)]
# What each scope holds in it. A device's lies within a curator's, who sends media too, but not within a viewer's.
WITHIN = {
    Scope.VIEWER: {Scope.VIEWER},
    Scope.USER: {Scope.VIEWER, Scope.USER, Scope.DEVICE},
    Scope.ADMIN: set(Scope),
    Scope.DEVICE: {Scope.DEVICE},
}


def require_scope(access: Access, *scopes: Scope) -> None:
    """Raise NotAllowed unless the access has one of the scopes."""
    if access.scope not in scopes:
        raise NotAllowed(f"An access with the scope “{access.scope.value}” may not do this.")


def narrower(one: Scope, other: Scope) -> Scope | None:
    """The scope of which both hold all; None for a viewer's and a device's, which have nothing in common."""
    if one in WITHIN[other]:
        return one
    return other if other in WITHIN[one] else None


def clean_login(login: str) -> str:
    """Lower-case and stripped, as it is stored and looked up; raises InvalidText."""
    login = login.strip().lower()
    if not login or len(login) > LOGIN_LENGTH or not login.isprintable() or any(c.isspace() for c in login):
        raise InvalidText(f"A login has 1 to {LOGIN_LENGTH} printable characters and no spaces.")
    return login


def hash_password(password: str) -> str:
    """The bcrypt hash of a password that keeps the rules; raises InvalidPassword."""
    shortest, longest = PASSWORD_BYTES
    if password != password.strip():
        raise InvalidPassword("A password does not begin or end with a space.")
    if "\x00" in password:
        raise InvalidPassword("A password does not hold a NUL character.")
    try:
        encoded = password.encode()
    except UnicodeEncodeError:
        raise InvalidPassword("The password is not valid text.") from None
    if not shortest <= len(encoded) <= longest:
        raise InvalidPassword(f"A password has {shortest} to {longest} bytes; this one has {len(encoded)}.")
    return bcrypt.hashpw(encoded, bcrypt.gensalt(BCRYPT_COST)).decode()


@functools.cache
def dummy_hash() -> str:
    """A hash no password fits: unknown logins are checked against it, so that they last as long."""
    return bcrypt.hashpw(secrets.token_bytes(32).hex().encode(), bcrypt.gensalt(BCRYPT_COST)).decode()


def password_fits(password: str, hashed_password: str) -> bool:
    encoded = password.encode(errors="surrogatepass")
    # Too long a password never fits, but takes its time like any other.
    fits = bcrypt.checkpw(encoded[: PASSWORD_BYTES[1]], hashed_password.encode())
    return fits and len(encoded) <= PASSWORD_BYTES[1]


def make_password() -> str:
    """A password to be shown once: 20 characters, about 119 bits."""
    return secrets.token_urlsafe(15)


def find_access(session: Session, login: str) -> Access | None:
    if "\x00" in login:
        return None  # PostgreSQL refuses to be asked
    return session.scalar(select(Access).where(Access.login == login.strip().lower()))


def get_access(session: Session, access_id: int) -> Access:
    """The access, one that was deleted excepted. Raises AccessNotFound."""
    found = session.get(Access, access_id)
    if found is None or found.deleted_at is not None:
        raise AccessNotFound("There is no such access.")
    return found


def list_accesses(session: Session, access: Access) -> Sequence[Access]:
    require_scope(access, Scope.ADMIN)
    return session.scalars(select(Access).where(Access.deleted_at.is_(None)).order_by(Access.login)).all()


@dataclass(frozen=True)
class AccessPage:
    items: Sequence[Access]
    next_cursor: str | None


def list_page(session: Session, access: Access, cursor: str | None, limit: int) -> AccessPage:
    """Accesses a page at a time, in the order they were made. Raises UnknownFilter for a foreign cursor."""
    require_scope(access, Scope.ADMIN)
    after = decode_cursor(cursor, IN_ORDER) if cursor else None
    known = select(Access.id).where(Access.deleted_at.is_(None))
    page = read_page(session, [known], IN_ORDER, after, limit, lambda row, _: (row.id,))
    ids = [row.id for row in page.rows]
    rows = session.scalars(select(Access).where(Access.id.in_(ids)).order_by(Access.id)).all()
    return AccessPage(rows, page.next_cursor)


def create_access(
    session: Session,
    access: Access,
    login: str,
    scope: Scope,
    password: str | None = None,
) -> tuple[Access, str | None]:
    """A new access and, when no password was given, the one-time password made for it."""
    require_scope(access, Scope.ADMIN)
    created, made = add_access(session, login, scope, password)
    record(
        session,
        access,
        "access_created",
        {"login": created.login, "scope": created.scope.value},
    )
    return created, made


def add_access(
    session: Session, login: str, scope: Scope, password: str | None = None
) -> tuple[Access, str | None]:
    """As `create_access`, for the operator's own door."""
    login = clean_login(login)
    if find_access(session, login) is not None:
        raise LoginTaken(f"The login “{login}” is taken.")
    made = make_password() if password is None else None
    created = Access(
        login=login,
        hashed_password=hash_password(password or made or ""),
        scope=scope,
        must_change_password=made is not None,
    )
    session.add(created)
    try:
        session.flush()
    except IntegrityError:
        raise LoginTaken(f"The login “{login}” is taken.") from None
    return created, made


def ensure_first_admin(session: Session, login: str, password: str | None) -> str | None:
    """Create the first admin of an empty installation; returns the password that was made, if any was."""
    if session.scalar(select(func.count()).select_from(Access).where(Access.scope == Scope.ADMIN)):
        return None
    created, made = add_access(session, login, Scope.ADMIN, password)
    record(session, created, "first_admin_created", {"login": created.login})
    return made


def change_scope(session: Session, access: Access, access_id: int, scope: Scope) -> Access:
    changed = _locked_by_admin(session, access, access_id)
    if changed.scope == Scope.ADMIN and scope != Scope.ADMIN:
        _require_another_admin(session, changed)
    before, changed.scope = changed.scope, scope
    detail = {"login": changed.login, "from": before.value, "to": scope.value}
    record(session, access, "scope_changed", detail)
    return changed


def disable_access(session: Session, access: Access, access_id: int) -> Access:
    """Cut an access off: its login sessions and tokens end at once."""
    disabled = _locked_by_admin(session, access, access_id)
    if disabled.scope == Scope.ADMIN:
        _require_another_admin(session, disabled)
    disabled.disabled_at = disabled.disabled_at or utc_now()
    end_everything(session, disabled)
    record(session, access, "access_disabled", {"login": disabled.login})
    return disabled


def enable_access(session: Session, access: Access, access_id: int) -> Access:
    enabled = _locked_by_admin(session, access, access_id)
    enabled.disabled_at = None
    record(session, access, "access_enabled", {"login": enabled.login})
    return enabled


def reset_password(session: Session, access: Access, access_id: int) -> str:
    """A one-time password, returned once, that must be changed at the next sign-in."""
    changed = _locked_by_admin(session, access, access_id)
    made = make_password()
    replace_password(session, changed, hash_password(made), must_change=True)
    record(session, access, "password_reset", {"login": changed.login})
    return made


def set_password(session: Session, access: Access, access_id: int, password: str) -> Access:
    """Give an access a password chosen by an admin; its login sessions and tokens end. Raises InvalidPassword."""
    require_scope(access, Scope.ADMIN)
    hashed = hash_password(password)
    changed = _locked_by_admin(session, access, access_id)
    replace_password(session, changed, hashed, must_change=False)
    record(session, access, "password_set", {"login": changed.login})
    return changed


def delete_access(session: Session, access: Access, access_id: int) -> Access:
    """Take an access out of every list, for ever: it enters no more, and its name stays on what it did.

    Raises LastAdmin, and Conflict for one's own.
    """
    deleted = _locked_by_admin(session, access, access_id)
    if deleted.id == access.id:
        raise Conflict("This access is your own. Another admin can delete it.")
    if deleted.scope == Scope.ADMIN:
        _require_another_admin(session, deleted)
    deleted.deleted_at = utc_now()
    deleted.disabled_at = deleted.disabled_at or deleted.deleted_at
    end_everything(session, deleted)
    record(session, access, "access_deleted", {"login": deleted.login})
    return deleted


def rescue_admin(session: Session, login: str) -> str:
    """The operator's way in from the machine itself: an admin with a new one-time password, made if absent."""
    rescued = find_access(session, login)
    if rescued is None:
        rescued, made = add_access(session, login, Scope.ADMIN)
        assert made is not None
    else:
        made = make_password()
        rescued.scope, rescued.disabled_at, rescued.deleted_at = Scope.ADMIN, None, None
        replace_password(session, rescued, hash_password(made), must_change=True)
    record(session, rescued, "admin_rescued", {"login": rescued.login})
    return made


def end_everything(session: Session, access: Access, *, keep_session_id: int | None = None) -> None:
    """End every login session and token of an access, but the one to keep."""
    now = utc_now()
    sessions = update(LoginSession).where(
        LoginSession.access_id == access.id, LoginSession.revoked_at.is_(None)
    )
    if keep_session_id is not None:
        sessions = sessions.where(LoginSession.id != keep_session_id)
    session.execute(sessions.values(revoked_at=now))
    session.execute(
        update(Token).where(Token.access_id == access.id, Token.revoked_at.is_(None)).values(revoked_at=now)
    )


def replace_password(
    session: Session,
    access: Access,
    hashed_password: str,
    *,
    must_change: bool,
    keep_session_id: int | None = None,
) -> None:
    """Write a new hash; every login session but the one to keep, and every token, ends with the old one."""
    access.hashed_password = hashed_password
    access.must_change_password = must_change
    access.password_changed_at = utc_now()
    end_everything(session, access, keep_session_id=keep_session_id)


def _locked_by_admin(session: Session, admin: Access, access_id: int) -> Access:
    """The access to change, once it is certain that the one who changes it is still an admin.

    All admins are locked together with it, always in the same order: of two admins who demote each other at
    the same moment the second waits, and then sees what the first did.
    """
    require_scope(admin, Scope.ADMIN)
    rows = session.scalars(
        select(Access)
        .where(or_(Access.id.in_((admin.id, access_id)), Access.scope == Scope.ADMIN))
        .order_by(Access.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    by_id = {row.id: row for row in rows}
    if access_id not in by_id or by_id[access_id].deleted_at is not None:
        raise AccessNotFound("There is no such access.")
    acting = by_id.get(admin.id)
    if acting is None or acting.scope != Scope.ADMIN or acting.disabled_at is not None:
        raise NotAllowed("You are no longer an admin.")
    return by_id[access_id]


def _require_another_admin(session: Session, leaving: Access) -> None:
    others = select(func.count()).where(
        Access.scope == Scope.ADMIN, Access.disabled_at.is_(None), Access.id != leaving.id
    )
    if not session.scalar(others):
        raise LastAdmin(f"“{leaving.login}” is the last admin. Make another one first.")
