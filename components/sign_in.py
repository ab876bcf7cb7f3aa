"""Signing in: streamlit-authenticator draws and checks the form, the login session behind it is ours.

Its own cookie is off: it cannot be revoked and scripts can read it. Instead the script that checked the
password makes a one-time ticket, a few lines in the browser exchange it for an HttpOnly cookie, and the
row behind that cookie is read again in every run.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping
from typing import Any

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit_authenticator import Authenticate
from streamlit_authenticator.controllers import AuthenticationController
from streamlit_authenticator.utilities import LoginError

from components.messages import explain_problems, plain
from curation.accesses import dummy_hash, find_access
from curation.addresses import caller_address, find_address_with
from curation.errors import TooManyAttempts
from curation.sign_in import (
    COOKIE,
    WRONG,
    SignedIn,
    find_signed_in,
    may_enter,
    open_login_session,
    record_failure,
    reserve_attempt,
    touch_login_session,
)
from db.outages import is_away
from db.session import open_session
from language import _
from language.retold import retold
from settings import get_settings

REDEEM_JS = """
export default async function ({ data, parentElement }) {
  const request = {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Vigie": "1" },
    body: JSON.stringify({ ticket: data[0] }),
  };
  const answer = await fetch("/api/login/redeem", request).catch(() => null);
  if (answer?.ok) {
    location.reload();
    return;
  }
  const sentence = document.createElement("p");
  sentence.setAttribute("role", "alert");
  sentence.textContent = data[1];
  parentElement.replaceChildren(sentence);
}
"""
DRAWN = "page_was_drawn"
PATIENCE_SECONDS = 20.0
LOOK_SECONDS = 1.0
AUTHENTICATOR_KEYS = ("name", "authentication_status", "username", "email", "roles", "logout")


def find_visitor() -> SignedIn | None:
    """Who this browser is signed in as, read from the row behind its cookie in this very run."""
    cookie = st.context.cookies.get(COOKIE)
    if not cookie:
        return None
    with open_session(read_only=True) as session:
        signed_in = find_signed_in(session, cookie)
    if signed_in is not None and signed_in.clock_stale and signed_in.login_session_id is not None:
        with open_session() as session:
            touch_login_session(session, signed_in.login_session_id, get_settings().login_session_hours)
    return signed_in


def await_visitor() -> SignedIn | None:
    """As `find_visitor`, for a whole page: while the database is away it waits, and so does what was drawn before.

    A page that said so in its own place would take away what was typed into it. After a while it does say so.
    """
    drawn, deadline = st.session_state.get(DRAWN, False), time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            visitor = find_visitor()
        except SQLAlchemyError as error:
            if not (is_away(error) and drawn and time.monotonic() < deadline):
                raise
            st.toast(
                _("The database cannot be reached. What you typed is kept: the page goes on when it can.")
            )
            time.sleep(LOOK_SECONDS)
        else:
            st.session_state[DRAWN] = True
            return visitor


def require_visitor() -> SignedIn:
    """The visitor, for pages, callbacks and fragments; what follows does not run for a stranger."""
    visitor = find_visitor()
    if visitor is None:
        st.info(_("You are signed out. Reload the page to sign in again."))
        st.stop()
    return visitor


def sign_in_page() -> None:
    """The sign-in card; once the password is right, the page asked for is loaded again with the cookie."""
    middle = st.columns([1, 1.1, 1])[1]
    with middle:
        st.html(f"<h1>Vigie</h1><p>{_('Curation of camera pictures. Sign in to go on.')}</p>")
        with explain_problems():
            _form()


def _form() -> None:
    address = visitor_address()
    lookup = _Lookup(address)
    authenticator = _FormAlone()
    # The constructor copies a dict it is given; the mapping that looks up one login is put in afterwards.
    authenticator.authentication_controller.authentication_model.credentials["usernames"] = lookup
    try:
        authenticator.login(
            fields={
                "Form name": _("Sign in"),
                "Username": _("Login"),
                "Password": _("Password"),
                "Login": _("Sign in"),
            },
            key="sign_in",
        )
    except TooManyAttempts as throttled:
        _forget()
        st.error(plain(retold(throttled.sentence)))
        return
    except LoginError:
        _forget()
    if lookup.asked is None:
        return
    signed_in_as = st.session_state.get("username") if st.session_state.get("authentication_status") else None
    _forget()
    if signed_in_as is None:
        with open_session() as session:
            record_failure(session, lookup.asked, address)
        st.error(retold(WRONG))
        return
    with open_session() as session:
        access = find_access(session, signed_in_as)
        if access is None or not may_enter(access, dashboard=True):
            st.error(retold(WRONG))
            return
        ticket = open_login_session(session, access, address, get_settings().login_session_hours)
    redeem = st.components.v2.component("vigie_redeem", js=REDEEM_JS)
    # A list: Streamlit looks through a dict for data frames, and imports pandas for that.
    redeem(
        data=[ticket, _("You could not be signed in just now. Try again.")],
        key=f"redeem_{secrets.token_hex(4)}",
    )


def visitor_address() -> str:
    """The address of this browser, read through trusted proxies."""
    # Streamlit gives None for the machine itself.
    peer = st.context.ip_address or "127.0.0.1"
    forwarded = st.context.headers.get("X-Forwarded-For")
    return caller_address(peer, forwarded, get_settings().trusted_proxies)


def _address_of_this_run() -> str | None:
    return visitor_address() if get_script_run_ctx(suppress_warning=True) is not None else None


find_address_with(_address_of_this_run)


def _forget() -> None:
    """The authenticator's own memory of who signed in is not used, so it is not kept."""
    for key in AUTHENTICATOR_KEYS:
        st.session_state.pop(key, None)


class _FormAlone(Authenticate):  # type: ignore[misc]
    """streamlit-authenticator's form and check, without the frame in which it keeps cookies.

    That frame sends a value as soon as it has loaded, and the run this starts interrupts one that is just
    checking a password: whoever was quick saw nothing happen.
    """

    def __init__(self) -> None:
        self.path = self.api_key = None
        self.attrs = {"login_sleep_time": 0}
        self.cookie_controller = _NoCookies()
        self.authentication_controller = AuthenticationController(
            {"usernames": {}}, auto_hash=False, secret_key=secrets.token_urlsafe(64)
        )


class _NoCookies:
    """In place of the cookie we do not want."""

    def get_cookie(self) -> None:
        return None

    def set_cookie(self) -> None:
        return None


class _Lookup(Mapping[str, dict[str, Any]]):
    """The credentials that streamlit-authenticator asks for, one login at a time.

    Every login seems to exist: unknown, disabled and device logins get a hash that no password fits, so
    that they look and last like a wrong password.
    """

    def __init__(self, address: str) -> None:
        self.asked: str | None = None
        self._address = address
        self._found: dict[str, dict[str, Any]] = {}

    def __getitem__(self, login: str) -> dict[str, Any]:
        if login not in self._found:
            self.asked = login
            with open_session() as session:
                reserve_attempt(session, login, self._address)
                access = find_access(session, login)
            fits = access is not None and may_enter(access, dashboard=True)
            hashed = access.hashed_password if access is not None and fits else dummy_hash()
            self._found[login] = {"password": hashed, "name": login, "email": "", "roles": []}
        return self._found[login]

    def __contains__(self, login: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)
