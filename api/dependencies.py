"""What routes ask for: a session, the bucket, and who is calling.

The dashboard's door takes cookies and bearer tokens, the public one tokens only: cookies ignore ports, so
a page on another port of the same host could otherwise use them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Query, Request
from sqlalchemy.orm import Session

from api.origins import SAFE_METHODS, comes_from_elsewhere
from curation.acts import ReviewPolicy
from curation.addresses import caller_address
from curation.errors import NotAllowed, NotSignedIn, UnknownFilter
from curation.media_filter import MediaFilter
from curation.preferences import preferences_of
from curation.sign_in import (
    COOKIE,
    SignedIn,
    find_signed_in,
    find_token_bearer,
    touch_login_session,
    touch_token,
)
from db.models import Access, Scope
from db.session import open_session
from language import Language, speak
from reporting import note_access
from settings import get_settings
from storage import Bucket, open_bucket

# No form and no foreign page can add a header of its own to a request that carries the cookie.
WRITE_HEADER = "X-Vigie"


def give_session() -> Iterator[Session]:
    with open_session() as session:
        yield session


def give_read_session() -> Iterator[Session]:
    with open_session(read_only=True) as session:
        yield session


# scope="function": the commit happens before the answer is sent, so that a failed one is never a 200.
SessionDep = Annotated[Session, Depends(give_session, scope="function")]
ReadSessionDep = Annotated[Session, Depends(give_read_session, scope="function")]


def give_bucket() -> Bucket:
    return open_bucket()


BucketDep = Annotated[Bucket, Depends(give_bucket)]


def find_caller(cookie: str | None, authorization: str | None) -> SignedIn | None:
    """Who stands behind these credentials, if anyone. A bearer token is looked at before a cookie."""
    if authorization:
        kind, _, secret = authorization.partition(" ")
        if kind.lower() != "bearer" or not secret:
            return None
        with open_session(read_only=True) as session:
            bearer = find_token_bearer(session, secret.strip())
        if bearer is not None and bearer.clock_stale and bearer.token_id is not None:
            with open_session() as session:
                touch_token(session, bearer.token_id)
        return bearer
    if cookie:
        with open_session(read_only=True) as session:
            signed_in = find_signed_in(session, cookie)
        if signed_in is not None and signed_in.clock_stale and signed_in.login_session_id is not None:
            with open_session() as session:
                touch_login_session(session, signed_in.login_session_id, get_settings().login_session_hours)
        return signed_in
    return None


def give_signed_in(request: Request) -> SignedIn:
    """The caller. Raises NotSignedIn, and NotAllowed for a cookie that another origin's page makes use of."""
    cookie = request.cookies.get(COOKIE) if request.app.state.takes_cookies else None
    authorization = request.headers.get("authorization")
    signed_in = find_caller(cookie, authorization)
    if signed_in is None:
        if authorization or cookie:
            raise NotSignedIn("This credential has ended, was revoked, or never was. Sign in again.")
        raise NotSignedIn("Sign in first.")
    note_access(signed_in.access.id)
    if chosen := preferences_of(signed_in.access).language:
        speak(Language(chosen))
    by_cookie = signed_in.login_session_id is not None
    if by_cookie and request.method not in SAFE_METHODS and WRITE_HEADER not in request.headers:
        raise NotAllowed(f"A request with a cookie needs the header {WRITE_HEADER} to change anything.")
    if by_cookie and comes_from_elsewhere(request):
        raise NotAllowed("A page of another origin cannot use your sign-in.")
    access = signed_in.access
    if access.must_change_password and access.scope != Scope.DEVICE:
        # A device has no page to change it on; its password is a secret between it and the admin.
        raise NotAllowed("Change your one-time password first: sign in on the dashboard.")
    return signed_in


SignedInDep = Annotated[SignedIn, Depends(give_signed_in)]


def give_access(signed_in: SignedInDep) -> Access:
    return signed_in.access


AccessDep = Annotated[Access, Depends(give_access)]


def give_address(request: Request) -> str:
    host = request.client.host if request.client else None
    return caller_address(host, request.headers.get("x-forwarded-for"), get_settings().trusted_proxies)


AddressDep = Annotated[str, Depends(give_address)]


def give_policy() -> ReviewPolicy:
    return ReviewPolicy.of(get_settings())


PolicyDep = Annotated[ReviewPolicy, Depends(give_policy)]


def give_lease_seconds() -> int:
    return get_settings().lease_seconds


LeaseSecondsDep = Annotated[int, Depends(give_lease_seconds)]


def read_filter(request: Request, *others: str) -> MediaFilter:
    """The filter in a request's query; every name but `others` must be one of a filter's."""
    query = {
        name: request.query_params.getlist(name)
        for name in request.query_params.keys()  # noqa: SIM118  (a multi-dict: its items are not its keys)
        if name not in others
    }
    for name, values in query.items():
        # A script whose variable is empty would be given everything.
        if not all(value.strip() for value in values):
            raise UnknownFilter(f"The filter {name} has no value. Give it one, or leave it out.")
    return MediaFilter.from_query(query)


CursorQuery = Annotated[
    str | None, Query(max_length=1000, description="From `next_cursor` or the Link header.")
]
