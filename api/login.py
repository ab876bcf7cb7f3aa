"""Signing in and out over HTTP: tokens for programs, the cookie for browsers."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field

from api.dependencies import (
    WRITE_HEADER,
    AccessDep,
    AddressDep,
    ReadSessionDep,
    SessionDep,
    SignedInDep,
)
from api.fields import A_NUMBER, Body
from api.origins import comes_from_elsewhere
from curation.errors import NotAllowed, NotSignedIn
from curation.preferences import Preferences, change_preferences, preferences_of
from curation.sign_in import (
    COOKIE,
    authenticate,
    find_signed_in,
    issue_access_token,
    record_failure,
    redeem_ticket,
    reserve_attempt,
    sign_out,
)
from db.models import Access
from db.session import open_session
from settings import get_settings

open_router = APIRouter(tags=["sign in"])
router = APIRouter(tags=["sign in"])


class AccessToken(BaseModel):
    access_token: str
    token_type: str = "bearer"


@open_router.post("/login/access-token", responses={401: {}, 429: {}, 503: {}})
def login_access_token(
    username: Annotated[str, Form(min_length=1, max_length=200)],
    password: Annotated[str, Form(min_length=1, max_length=1000)],
    address: AddressDep,
    grant_type: Annotated[str, Form(pattern="^password$")] = "password",
) -> AccessToken:
    """A bearer token of 60 minutes for a login and its password (OAuth2 password form)."""
    access = check_password(username, password, address)
    with open_session() as session:
        return AccessToken(access_token=issue_access_token(session, access, address))


def check_password(login: str, password: str, address: str) -> Access:
    """The access of a login and password; failures are counted. Raises NotSignedIn, TooManyAttempts."""
    with open_session() as session:
        reserve_attempt(session, login, address)
    try:
        # Reading only: a quarter of a second of bcrypt must not hold anybody's lock.
        with open_session(read_only=True) as session:
            return authenticate(session, login, password)
    except NotSignedIn:
        with open_session() as session:
            record_failure(session, login, address)
        raise


class Ticket(BaseModel):
    ticket: str


@open_router.post("/login/redeem", status_code=204, include_in_schema=False)
def redeem(ticket: Ticket, request: Request, response: Response, session: SessionDep) -> None:
    """Turn the one-time ticket of the sign-in form into the browser's cookie."""
    _require_our_page(request)
    secret = redeem_ticket(session, ticket.ticket)
    response.set_cookie(COOKIE, secret, **cookie_attributes(request))


@open_router.post("/login/forget", status_code=204, include_in_schema=False)
def forget(request: Request, response: Response, session: ReadSessionDep) -> None:
    """Take a cookie away that opens nothing any more. A page that signs out cannot: no script sees the cookie."""
    _require_our_page(request)
    cookie = request.cookies.get(COOKIE)
    if cookie and find_signed_in(session, cookie) is None:
        response.delete_cookie(COOKIE, **cookie_attributes(request))


def _require_our_page(request: Request) -> None:
    at_the_dashboard = request.app.state.takes_cookies and WRITE_HEADER in request.headers
    if not at_the_dashboard or comes_from_elsewhere(request):
        raise NotAllowed("Browsers sign in at the dashboard.")


def cookie_attributes(request: Request) -> dict[str, Any]:
    secure = request.url.scheme == "https" or get_settings().public_url.startswith("https://")
    return {"httponly": True, "samesite": "lax", "secure": secure, "path": "/"}


@router.post("/login/sign-out", status_code=204, include_in_schema=False)
def leave(signed_in: SignedInDep, request: Request, response: Response, session: SessionDep) -> None:
    """End this login session and take the cookie away."""
    sign_out(session, signed_in)
    response.delete_cookie(COOKIE, **cookie_attributes(request))


class Me(BaseModel):
    id: int
    login: str
    scope: str
    must_change_password: bool
    preferences: Preferences


class PreferencesIn(Body):
    """What is absent stays as it is; `keys` replaces all of them."""

    language: str | None = Field(default=None, max_length=10)
    keys: dict[str, str] = Field(default={}, max_length=200)
    threshold: Annotated[
        float | None,
        Field(ge=0, le=1, description="Predictions of a lower confidence are not drawn."),
        A_NUMBER,
    ] = None


@router.get("/me")
def read_me(access: AccessDep) -> Me:
    """Who is calling."""
    return Me(
        id=access.id,
        login=access.login,
        scope=access.scope.value,
        must_change_password=access.must_change_password,
        preferences=preferences_of(access),
    )


@router.patch("/me/preferences")
def write_preferences(changes: PreferencesIn, session: SessionDep, access: AccessDep) -> Preferences:
    """Change one's own language, keys or threshold. Two acts on one key are refused."""
    return change_preferences(session, access, changes.model_dump(exclude_unset=True))
