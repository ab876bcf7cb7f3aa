"""Who asks: every scope by every credential it may have, and everybody whose credential opens nothing any more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from curation.accesses import delete_access, disable_access, replace_password
from curation.sign_in import (
    COOKIE,
    SignedIn,
    find_token_bearer,
    issue_access_token,
    open_login_session,
    redeem_ticket,
    sign_out,
)
from curation.tokens import add_token
from db.models import Access, LoginSession, Scope, Token, utc_now
from db.session import open_session
from tests.access.routes import ALONE, Row
from tests.factories import an_access, hashed_password

WRITE_HEADER = {"X-Vigie": "1"}
WRITES = {"POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True)
class Caller:
    """What comes with a request, and how its answers differ from those of a column of the table."""

    name: str
    column: str
    headers: Mapping[str, str] = field(default_factory=dict)
    access: Access | None = None
    cookie: bool = False
    bare: bool = False  # a cookie without the header that no foreign page can add
    lasting: bool = False
    one_time_password: bool = False
    refused: bool = False

    def expected(self, row: Row, door: str) -> int:
        """The status that the table promises this caller."""
        if row.open or self.refused or (self.cookie and door == ALONE):
            return row.statuses["anonymous"]
        if self.one_time_password or (self.bare and row.method in WRITES):
            return 403
        if self.lasting and row.by_password:
            return 403
        return row.statuses[self.column]


def scopes() -> list[Caller]:
    """A caller for each column of the table."""
    with open_session() as session:
        known = [(scope.value, an_access(session, scope)) for scope in Scope]
        return [
            Caller("nobody", "anonymous"),
            *(Caller(name, name, _bearer(session, access), access) for name, access in known),
        ]


def others() -> list[Caller]:
    """Who comes another way, or with less than their access, or with what had changed since."""
    found: list[Caller] = []
    with open_session() as session:
        for scope in (Scope.VIEWER, Scope.USER, Scope.ADMIN):
            access = an_access(session, scope)
            cookie = _cookie(session, access)
            found.append(
                Caller(f"{scope.value} by cookie", scope.value, {**cookie, **WRITE_HEADER}, access, True)
            )
            found.append(
                Caller(f"{scope.value} by bare cookie", scope.value, cookie, access, True, bare=True)
            )
        for scope in (Scope.USER, Scope.ADMIN, Scope.DEVICE):
            access = an_access(session, scope)
            lasting = _lasting(session, access)
            found.append(
                Caller(f"{scope.value} by lasting token", scope.value, lasting, access, lasting=True)
            )
        for within in (Scope.VIEWER, Scope.USER, Scope.DEVICE):
            access = an_access(session, Scope.ADMIN)
            lasting = _lasting(session, access, within)
            found.append(
                Caller(f"admin by {within.value}'s token", within.value, lasting, access, lasting=True)
            )
        for before, after in (
            (Scope.ADMIN, Scope.VIEWER),
            (Scope.ADMIN, Scope.USER),
            (Scope.USER, Scope.DEVICE),
            (Scope.VIEWER, Scope.ADMIN),
        ):
            access = an_access(session, before)
            bearer, cookie = _bearer(session, access), _cookie(session, access)
            access.scope = after
            name = f"{after.value} who was {before.value}"
            found.append(Caller(name, after.value, bearer, access))
            refused = after == Scope.DEVICE  # has no dashboard
            found.append(
                Caller(
                    f"{name}, by cookie",
                    after.value,
                    {**cookie, **WRITE_HEADER},
                    access,
                    True,
                    refused=refused,
                )
            )
        for scope in (Scope.USER, Scope.ADMIN):
            access = an_access(session, scope)
            bearer, cookie = _bearer(session, access), _cookie(session, access)
            access.must_change_password = True
            name = f"{scope.value} with a one-time password"
            found.append(Caller(name, scope.value, bearer, access, one_time_password=True))
            found.append(
                Caller(
                    f"{name}, by cookie",
                    scope.value,
                    {**cookie, **WRITE_HEADER},
                    access,
                    True,
                    one_time_password=True,
                )
            )
    return found


def refused() -> list[Caller]:
    """Admins all of them, whose credential opens nothing."""
    return [Caller(name, "anonymous", headers, refused=True) for name, headers in (*_ended(), *_mangled())]


Headers = dict[str, str]


def _ended() -> list[tuple[str, Headers]]:
    found: list[tuple[str, Headers]] = []
    ends: dict[str, Callable[[Session, Access], object]] = {
        "disabled": lambda session, access: disable_access(session, _boss(session), access.id),
        # Each of the two is enough: the date alone, were everything else to be forgotten.
        "disabled by its date alone": lambda session, access: session.execute(
            update(Access).where(Access.id == access.id).values(disabled_at=utc_now())
        ),
        "deleted": lambda session, access: delete_access(session, _boss(session), access.id),
        "of before a password change": lambda session, access: replace_password(
            session, access, hashed_password(), must_change=False
        ),
        "expired": _expire,
        "signed out": _sign_out,
    }
    with open_session() as session:
        for name, end in ends.items():
            access = an_access(session, Scope.ADMIN)
            credentials = {
                "token": _bearer(session, access),
                "lasting token": _lasting(session, access),
                "login session": {**_cookie(session, access), **WRITE_HEADER},
            }
            session.flush()
            end(session, access)
            found.extend((f"{what} {name}", headers) for what, headers in credentials.items())
    return found


def _mangled() -> list[tuple[str, Headers]]:
    with open_session() as session:
        access = an_access(session, Scope.ADMIN)
        secret = _bearer(session, access)["Authorization"].partition(" ")[2]
        cookie = _cookie(session, access)["Cookie"].partition("=")[2]
        ticket = open_login_session(session, access, "test", 12)
        hashed = session.scalars(select(Token.hashed_secret).where(Token.access_id == access.id)).one()
    other = "A" if secret[-1] != "A" else "B"
    bearers = {
        "unknown": "x" * 43,
        "with another end": secret[:-1] + other,
        "cut short": secret[:-1],
        "longer": f"{secret}A",
        "in the other case": secret.swapcase(),
        "as it stands in the table": hashed,
        "that is a cookie's": cookie,
        "that is a percent sign": "%",
        "that is a wildcard": "_" * len(secret),
        "with a quote": f"{secret}' OR '1'='1",
    }
    return [
        *((f"token {name}", {"Authorization": f"Bearer {text}"}) for name, text in bearers.items()),
        ("token as another kind", {"Authorization": f"Basic {secret}"}),
        ("token without its kind", {"Authorization": secret}),
        ("empty token", {"Authorization": "Bearer "}),
        ("token as a cookie", {"Cookie": f"{COOKIE}={secret}", **WRITE_HEADER}),
        ("ticket as a cookie", {"Cookie": f"{COOKIE}={ticket}", **WRITE_HEADER}),
        ("unknown cookie", {"Cookie": f"{COOKIE}={'x' * 43}", **WRITE_HEADER}),
        ("cookie of another name", {"Cookie": f"session={cookie}", **WRITE_HEADER}),
        ("good cookie behind a bad token", {
            "Cookie": f"{COOKIE}={cookie}", "Authorization": "Bearer x", **WRITE_HEADER
        }),
    ]  # fmt: skip


def _boss(session: Session) -> Access:
    found = session.scalar(select(Access).where(Access.login == "the-boss"))
    return found or an_access(session, Scope.ADMIN, "the-boss")


def _expire(session: Session, access: Access) -> None:
    past = utc_now() - timedelta(seconds=1)
    session.execute(update(LoginSession).where(LoginSession.access_id == access.id).values(expires_at=past))
    session.execute(update(Token).where(Token.access_id == access.id).values(expires_at=past))


def _sign_out(session: Session, access: Access) -> None:
    for token_id in session.scalars(select(Token.id).where(Token.access_id == access.id)):
        sign_out(session, SignedIn(access, token_id=token_id))
    for number in session.scalars(select(LoginSession.id).where(LoginSession.access_id == access.id)):
        sign_out(session, SignedIn(access, login_session_id=number))


def bearer_of(access: Access) -> Headers:
    """The header of a new token of an hour."""
    with open_session() as session:
        return _bearer(session, access)


def cookie_of(access: Access) -> Headers:
    """The header of a new login session."""
    with open_session() as session:
        return _cookie(session, access)


def _bearer(session: Session, access: Access) -> Headers:
    return {"Authorization": f"Bearer {issue_access_token(session, access, 'test')}"}


def _lasting(session: Session, access: Access, scope: Scope | None = None) -> Headers:
    made = add_token(session, access, access, "lasting", scope=scope).token
    assert find_token_bearer(session, made) is not None
    return {"Authorization": f"Bearer {made}"}


def _cookie(session: Session, access: Access) -> Headers:
    ticket = open_login_session(session, access, "test", 12)
    session.flush()
    return {"Cookie": f"{COOKIE}={redeem_ticket(session, ticket)}"}
