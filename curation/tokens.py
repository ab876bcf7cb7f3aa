"""Tokens made to last: for programs of one's own, and for devices. The secret is shown once and kept nowhere.

A device has its token from an admin, and neither sees nor changes any. A token makes and revokes no others, and changes
no access: whoever finds one must not be able to grow a second way in that outlives it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from curation.accesses import PEOPLE, WITHIN, find_access, get_access, narrower, require_scope
from curation.errors import AccessNotFound, InvalidText, NotAllowed, TokenNotFound, TooManyTokens
from curation.events import record
from curation.sign_in import SignedIn
from db.models import Access, Scope, Token, utc_now

# Known by their beginning, to people and to programs that look for secrets in the wrong places.
PREFIX = "vigie_"
MAX_NAME_LENGTH = 100
MAX_TOKENS = 50  # that an access may have at once
MAX_DAYS = 3650


@dataclass(frozen=True)
class TokenView:
    """A token as it is listed; `scope` is what it may do now, which its access's own may narrow."""

    id: int
    name: str
    scope: Scope
    created_at: datetime
    last_seen_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True)
class MadeToken(TokenView):
    """A new token with its secret, which nobody can be shown again."""

    token: str = field(repr=False)


def list_tokens(session: Session, access: Access, login: str | None = None) -> list[TokenView]:
    """One's own tokens that are not revoked, newest first; an admin's by the login of a device.

    Raises NotAllowed, AccessNotFound.
    """
    owner = _owner(session, access, login)
    tokens = session.scalars(
        select(Token)
        .where(Token.access_id == owner.id, Token.made_by_id.is_not(None), Token.revoked_at.is_(None))
        .order_by(Token.id.desc())
    ).all()
    return [_view(token, owner.scope) for token in tokens]


def make_token(
    session: Session,
    signed_in: SignedIn,
    name: str,
    *,
    scope: Scope | None = None,
    expires_in_days: int | None = None,
    login: str | None = None,
) -> MadeToken:
    """A token of one's own, or for a device, that may do what `scope` says and its access may.

    Raises NotAllowed for a wider scope, for another person's access and for who came with such a token;
    AccessNotFound, InvalidText, TooManyTokens.
    """
    require_no_lasting_token(signed_in)
    owner = _owner(session, signed_in.access, login)
    if scope is not None and scope not in WITHIN[owner.scope]:
        raise NotAllowed(f"A token of this access cannot have the scope “{scope.value}”.")
    return add_token(session, owner, signed_in.access, name, scope=scope, expires_in_days=expires_in_days)


def add_token(
    session: Session,
    owner: Access,
    made_by: Access,
    name: str,
    *,
    scope: Scope | None = None,
    expires_in_days: int | None = None,
) -> MadeToken:
    """Write a new token; whether `made_by` may is the caller's question. Raises InvalidText, TooManyTokens."""
    name = _clean_name(name)
    if owner.scope == Scope.DEVICE:
        scope = Scope.DEVICE  # also when its access becomes a curator's one day: it hangs on a mast
    now = utc_now()
    if expires_in_days is not None and not 1 <= expires_in_days <= MAX_DAYS:
        raise InvalidText(f"A token lasts 1 to {MAX_DAYS} days, or until it is revoked.")
    living = select(func.count()).where(*are_living(owner.id, now), Token.made_by_id.is_not(None))
    if (session.scalar(living) or 0) >= MAX_TOKENS:
        raise TooManyTokens(f"An access has at most {MAX_TOKENS} tokens at once. Revoke one first.")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token(
        access_id=owner.id,
        name=name,
        hashed_secret=hashlib.sha256(secret.encode()).hexdigest(),
        scope=scope,
        made_by_id=made_by.id,
        created_at=now,
        expires_at=None if expires_in_days is None else now + timedelta(days=expires_in_days),
    )
    session.add(token)
    session.flush()
    record(session, made_by, "token_made", {"login": owner.login, "token": name, "id": token.id})
    return MadeToken(**vars(_view(token, owner.scope)), token=secret)


def revoke_token(session: Session, signed_in: SignedIn, token_id: int) -> None:
    """End a token of one's own, or, for an admin, of a device; what ended before stays ended.

    Raises NotAllowed, TokenNotFound.
    """
    require_no_lasting_token(signed_in)
    access = signed_in.access
    require_scope(access, *PEOPLE)
    found = session.execute(
        select(Token, Access)
        .join(Access, Access.id == Token.access_id)
        .where(Token.id == token_id, Token.made_by_id.is_not(None))
    ).first()
    if found is None or not (found.Access.id == access.id or _manages(access, found.Access)):
        raise TokenNotFound("There is no such token.")
    if found.Token.revoked_at is not None:
        return
    found.Token.revoked_at = utc_now()
    detail = {"login": found.Access.login, "token": found.Token.name, "id": token_id}
    record(session, access, "token_revoked", detail)


def end_tokens(session: Session, access_id: int, at: datetime) -> int:
    """End every living token of an access, at once or at a moment to come; returns how many."""
    now = utc_now()
    ended = update(Token).where(*are_living(access_id, now))
    if at > now:
        sooner = ended.where(or_(Token.expires_at.is_(None), Token.expires_at > at))
        return len(session.execute(sooner.values(expires_at=at).returning(Token.id)).all())
    return len(session.execute(ended.values(revoked_at=now).returning(Token.id)).all())


def are_living(access_id: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What holds for the tokens of an access that open a door at this moment."""
    return (
        Token.access_id == access_id,
        Token.revoked_at.is_(None),
        or_(Token.expires_at.is_(None), Token.expires_at > now),
    )


def require_no_lasting_token(signed_in: SignedIn) -> None:
    """Raise NotAllowed for who came with a token made to last; those a login and password gave for an hour may."""
    if signed_in.lasting_token:
        raise NotAllowed(
            "A token changes neither tokens nor accesses. Sign in with login and password for that."
        )


def scopes_for(scope: Scope) -> Sequence[Scope]:
    """What a token of an access with this scope may be limited to, widest first."""
    widest_first = sorted(Scope, key=lambda one: -len(WITHIN[one]))
    return [one for one in widest_first if one in WITHIN[scope]]


def _owner(session: Session, access: Access, login: str | None) -> Access:
    """Whose tokens are meant: one's own without a login. Of other people nobody's, whether they exist or not."""
    require_scope(access, *PEOPLE)
    if login is None or login.strip().lower() == access.login:
        return get_access(session, access.id)
    require_scope(access, Scope.ADMIN)
    found = find_access(session, login)
    if found is None or found.deleted_at is not None:
        raise AccessNotFound("There is no such access.")
    if not _manages(access, found):
        raise NotAllowed("People make and revoke their tokens themselves.")
    return found


def _manages(access: Access, owner: Access) -> bool:
    return access.scope == Scope.ADMIN and owner.scope == Scope.DEVICE


def _view(token: Token, most: Scope) -> TokenView:
    return TokenView(
        id=token.id,
        name=token.name,
        scope=narrower(token.scope or most, most) or most,
        created_at=token.created_at,
        last_seen_at=token.last_seen_at,
        expires_at=token.expires_at,
    )


def _clean_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > MAX_NAME_LENGTH or not name.isprintable():
        raise InvalidText(f"A token has a name of 1 to {MAX_NAME_LENGTH} printable characters.")
    return name
