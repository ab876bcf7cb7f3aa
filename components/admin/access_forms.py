"""Forms for accesses: a new one, changes to one, and the one-time password that either may make."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.choosing import choose_one
from components.messages import explain_problems, plain, show_problem
from components.sign_in import require_visitor
from curation.accesses import (
    change_scope,
    create_access,
    disable_access,
    enable_access,
    get_access,
    reset_password,
)
from curation.errors import NotAllowed
from curation.installation import end_login_sessions
from db.models import Access, Scope
from db.session import open_session
from language import _, later

SCOPES = {
    Scope.VIEWER: later("viewer: looks and exports"),
    Scope.USER: later("user: a curator, who uploads, annotates and reviews"),
    Scope.ADMIN: later("admin: also withdraws and manages"),
    Scope.DEVICE: later("device: only sends media, by the API"),
}
_PASSWORD = "one_time_password"


def _scope_name(scope: Scope) -> str:
    return _(SCOPES[scope])


def show_one_time_password() -> None:
    """The password that was just made, until it is said to be noted. It is kept nowhere else."""
    # A place of its own, also while it is empty: the forms below stay as they are.
    with st.container():
        made: tuple[str, str] | None = st.session_state.get(_PASSWORD)
        if made is not None:
            _show_password(*made)


def _show_password(login: str, password: str) -> None:
    with st.container(border=True, key="made_password"):
        st.write(_("One-time password of **{login}**, shown only here and now:", login=plain(login)))
        st.code(password, language=None)
        st.caption(_("Pass it on by a safe way. A person has to change it at the first sign-in."))
        st.button(_("I have noted it"), on_click=_forget_password)


def new_access() -> None:
    """A form for a new access."""
    with st.form("new_access", border=False):
        st.text_input(_("Login"), key="new_login", autocomplete="off")
        st.selectbox(_("Scope"), list(SCOPES), index=1, format_func=_scope_name, key="new_scope")
        show_problem("new_access")
        st.form_submit_button(_("Create"), type="primary", on_click=_create)


def change_access(accesses: Sequence[Access], visitor: Access) -> None:
    """Choose an access and change what it may do."""
    access = choose_one(_("Access"), accesses, lambda access: access.login, key="changed_access")
    show_problem("changed_access")
    if access is None:
        return
    own = access.id == visitor.id
    if own:
        st.caption(_("This is your own access. Its password is changed on the Account page."))
    # The keys carry the access: a tick or a scope chosen for one of them must not stand for the next.
    st.selectbox(
        _("Scope"),
        list(SCOPES),
        index=list(SCOPES).index(access.scope),
        format_func=_scope_name,
        key=f"scope_{access.id}",
    )
    sure = not own or st.checkbox(
        _("I know that I lose this page at once, and that only another admin can give it back."),
        key=f"sure_{access.id}",
    )
    with st.container(horizontal=True):
        st.button(_("Change scope"), on_click=_change_scope, args=(access.id,), disabled=not sure)
        if access.disabled_at is None:
            st.button(_("Disable"), on_click=_disable, args=(access.id,), disabled=not sure)
        else:
            st.button(_("Enable"), on_click=_enable, args=(access.id,))
        if not own:
            st.button(_("Reset password"), on_click=_reset, args=(access.id,))
            st.button(_("Sign out everywhere"), on_click=_sign_out, args=(access.id,))
    if not own:
        st.caption(_("Disabling, a reset and signing out end all login sessions and tokens at once."))


def _create() -> None:
    with explain_problems("new_access"):
        admin = require_visitor().access
        with open_session() as session:
            created, made = create_access(
                session, admin, st.session_state["new_login"], st.session_state["new_scope"]
            )
        if made is not None:
            st.session_state[_PASSWORD] = (created.login, made)
        # Emptied only now: what was refused stays to be put right.
        st.session_state["new_login"] = ""


def _reset(access_id: int) -> None:
    with explain_problems("changed_access"):
        admin = require_visitor().access
        if access_id == admin.id:
            # It would end this very login session, and with it the only sight of the new password.
            raise NotAllowed("Change your own password on the Account page.")
        with open_session() as session:
            login = get_access(session, access_id).login
            made = reset_password(session, admin, access_id)
        st.session_state[_PASSWORD] = (login, made)


def _change_scope(access_id: int) -> None:
    with explain_problems("changed_access"):
        admin = require_visitor().access
        with open_session() as session:
            changed = change_scope(session, admin, access_id, st.session_state[f"scope_{access_id}"])
        st.toast(_("{login} has the scope {scope}.", login=plain(changed.login), scope=changed.scope.value))


def _disable(access_id: int) -> None:
    with explain_problems("changed_access"):
        admin = require_visitor().access
        with open_session() as session:
            disabled = disable_access(session, admin, access_id)
        st.toast(_("{login} is disabled and signed out everywhere.", login=plain(disabled.login)))


def _enable(access_id: int) -> None:
    with explain_problems("changed_access"):
        admin = require_visitor().access
        with open_session() as session:
            enabled = enable_access(session, admin, access_id)
        st.toast(_("{login} may enter again.", login=plain(enabled.login)))


def _sign_out(access_id: int) -> None:
    with explain_problems("changed_access"):
        admin = require_visitor().access
        with open_session() as session:
            ended = end_login_sessions(session, admin, access_id)
        st.toast(_("{login} is signed out everywhere.", login=plain(ended.login)))


def _forget_password() -> None:
    st.session_state.pop(_PASSWORD, None)
