"""Account: who one is here, one's own password, and leaving."""

import streamlit as st

from components.key_table import key_table
from components.layout import use_layout
from components.leaving import leave
from components.messages import explain_problems, plain
from components.own_tokens import own_tokens
from components.sign_in import require_visitor, visitor_address
from curation.accesses import CURATORS, PASSWORD_BYTES
from curation.errors import InvalidPassword
from curation.preferences import change_preferences, preferences_of
from curation.sign_in import (
    SignedIn,
    change_own_password,
    count_login_sessions,
    sign_out,
    sign_out_everywhere,
)
from db.models import Scope
from db.session import open_session
from language import LANGUAGE_NAMES, Language, _, later

SCOPES = {
    Scope.VIEWER: later("looks and exports"),
    Scope.USER: later("a curator: uploads, annotates, reviews and exports"),
    Scope.ADMIN: later("a curator who also withdraws, edits label classes and manages accesses"),
}
BROWSERS = "browser"  # among the languages: none of one's own


def password_rules() -> list[str]:
    shortest, longest = PASSWORD_BYTES
    return [
        _(
            "{shortest} to {longest} bytes long: a letter of English is one byte, "
            "an accented one two, other scripts three or more.",
            shortest=shortest,
            longest=longest,
        ),
        _("No space at the beginning or the end; spaces inside are welcome."),
        _("Your other login sessions and your tokens end when it changes; this browser stays signed in."),
    ]


def password_form(visitor: SignedIn) -> None:
    """The form, and what follows from it."""
    attempt = st.session_state.setdefault("password_form", 0)
    must = visitor.access.must_change_password
    # A new key empties the fields after a success; after a mistake they keep what was typed.
    with st.form(f"password_{attempt}", border=False):
        # Browsers that keep passwords want to know whose it is.
        old = st.text_input(
            _("One-time password") if must else _("Present password"),
            type="password",
            autocomplete="current-password",
        )
        new = st.text_input(_("New password"), type="password", autocomplete="new-password")
        again = st.text_input(_("New password, again"), type="password", autocomplete="new-password")
        st.caption("\n".join(f"- {rule}" for rule in password_rules()))
        pressed = st.form_submit_button(_("Change password"), type="primary")
    if pressed:
        with explain_problems():
            change_password(visitor, old, new, again)
            st.session_state["password_form"] = attempt + 1
            st.session_state["password_changed"] = True
            st.rerun()


def change_password(visitor: SignedIn, old: str, new: str, again: str) -> None:
    """Change it when both new ones are the same. Raises InvalidPassword, TooManyAttempts."""
    if new != again:
        raise InvalidPassword("The two new passwords differ. Nothing was changed; type the new one twice.")
    change_own_password(
        open_session,
        visitor.access,
        old,
        new,
        address=visitor_address(),
        keep_session_id=visitor.login_session_id,
    )


def choose_language() -> None:
    with explain_problems():
        chosen = st.session_state["own_language"]
        language = None if chosen == BROWSERS else chosen
        with open_session() as session:
            change_preferences(session, require_visitor().access, {"language": language})


def choose_keys(keys: dict[str, str]) -> None:
    with explain_problems(), open_session() as session:
        change_preferences(session, require_visitor().access, {"keys": keys})


use_layout("reading")
visitor = require_visitor()
access = visitor.access

if access.must_change_password:
    middle = st.columns([1, 1.6, 1])[1]
    with middle:
        st.title(_("Choose your own password"))
        st.write(
            _(
                "You signed in as {login} with a one-time password. "
                "An admin has seen it, so it opens nothing but this page.",
                login=plain(access.login),
            )
        )
        password_form(visitor)
        if st.button(_("Sign out"), type="tertiary"):
            with open_session() as session:
                sign_out(session, visitor)
            leave()
    st.stop()

if st.session_state.pop("password_changed", False):
    st.success(_("Your password is changed. Your other login sessions and your tokens have ended."))

who, password = st.columns(2, gap="large")
with who:
    st.subheader(plain(access.login))
    st.write(_("Scope **{scope}**: {what}.", scope=access.scope.value, what=_(SCOPES.get(access.scope, ""))))
    with open_session(read_only=True) as session:
        count = count_login_sessions(session, access)
    st.write(
        _("You are signed in here and nowhere else.")
        if count <= 1
        else _("You are signed in with {count} browsers, this one included.", count=count)
    )
    with st.container(horizontal=True):
        here = st.button(_("Sign out"))
        everywhere = st.button(_("Sign out everywhere"))
    st.caption(_("Signing out everywhere also ends the tokens of your programs."))
    if here or everywhere:
        with explain_problems():
            with open_session() as session:
                if everywhere:
                    sign_out_everywhere(session, access)
                else:
                    sign_out(session, visitor)
            leave()
    st.subheader(_("Language"))
    st.session_state["own_language"] = preferences_of(access).language or BROWSERS
    st.segmented_control(
        _("Language"),
        [BROWSERS, *Language],
        format_func=lambda language: LANGUAGE_NAMES.get(language) or _("As the browser"),
        required=True,
        key="own_language",
        label_visibility="collapsed",
        on_change=choose_language,
    )
with password:
    st.subheader(_("Password"))
    password_form(visitor)

own_tokens(access)

if access.scope in CURATORS:
    st.subheader(_("Keys"))
    st.caption(
        _(
            "What the keys of the Review screen do. Press a button, then the key you want there; "
            "a key that does something else already is refused."
        )
    )
    key_table(preferences_of(access).keys, choose_keys)
