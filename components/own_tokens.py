"""One's own tokens on the Account page: which there are, a new one, the end of one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.admin.cells import ago, confirm, when
from components.choosing import choose_one
from components.doors import Node, node, show_doors, table
from components.made_token import chosen_life, expiry_text, keep_made_token, life_box, show_made_token
from components.messages import explain_problems, plain, show_problem
from components.sign_in import require_visitor
from curation.tokens import TokenView, list_tokens, make_token, revoke_token, scopes_for
from db.models import Access, Scope, utc_now
from db.session import open_session
from language import _, later

WHOLE = "whole"  # among the scopes: all that the access may, also when that changes
SCOPES = {
    WHOLE: later("all that you may"),
    Scope.VIEWER: later("viewer: looks and exports"),
    Scope.USER: later("user: a curator, who uploads, annotates and reviews"),
    Scope.DEVICE: later("device: only sends media, by the API"),
}


def own_tokens(access: Access) -> None:
    """The table of tokens beside the forms that make a new one or revoke one."""
    with open_session(read_only=True) as session:
        tokens = list_tokens(session, access)
    st.subheader(_("Tokens"))
    st.caption(
        _(
            "A token lets a program of yours do what you may, or less: the client, a notebook, a nightly export. "
            "It makes no other tokens, and ends when you change your password or sign out everywhere."
        )
    )
    show_made_token(device=False)
    left, right = st.columns([1.9, 1], gap="medium")
    with left:
        show_doors(tokens_table(tokens), key="tokens")
    with right:
        new, end = st.tabs([_("New token"), _("Revoke")], key="token_tabs")
        with new:
            _new_token(access)
        with end:
            _end_token(tokens)


def tokens_table(tokens: Sequence[TokenView]) -> Node:
    """Tokens with what they may do, when they were last seen and when they end."""
    now = utc_now()
    rows: list[list[Node | str]] = [
        [
            token.name,
            token.scope.value,
            when(token.created_at),
            ago(token.last_seen_at),
            node("span", _("ended"), cls="bad")
            if token.expires_at is not None and token.expires_at <= now
            else node("span", expiry_text(token.expires_at), cls="named"),
        ]
        for token in tokens
    ]
    heads = (_("name"), _("scope"), _("made"), _("last seen"), _("works"))
    return table(heads, rows, empty=_("You have no tokens."))


def _new_token(access: Access) -> None:
    with st.form("new_token", border=False):
        st.text_input(_("Name"), key="token_name", max_chars=100, placeholder=_("what it is for"))
        narrower = [scope for scope in scopes_for(access.scope) if scope != access.scope]
        named = {scope: _(SCOPES[scope]) for scope in (WHOLE, *narrower)}
        st.selectbox(
            _("Scope"),
            list(named),
            format_func=named.__getitem__,
            key="token_scope",
        )
        life_box(_("Ends"), "token_life", days=90)
        show_problem("new_token")
        st.form_submit_button(_("Make a token"), type="primary", on_click=_make)


def _end_token(tokens: Sequence[TokenView]) -> None:
    token = choose_one(_("Token"), tokens, lambda token: token.name, key="ended_token")
    show_problem("ended_token")
    if token is not None:
        confirm(
            _("Revoke…"),
            _(
                "Programs that carry **{name}** are refused from their next request on. There is no way back; "
                "a new token is made in a moment.",
                name=plain(token.name),
            ),
            _("Revoke it"),
            _revoke,
            token.id,
            key=f"revoke_token_{token.id}",
        )


def _make() -> None:
    chosen = st.session_state
    with explain_problems("new_token"):
        visitor = require_visitor()
        scope = None if chosen["token_scope"] == WHOLE else Scope(chosen["token_scope"])
        with open_session() as session:
            made = make_token(
                session, visitor, chosen["token_name"], scope=scope, expires_in_days=chosen_life("token_life")
            )
        keep_made_token(made, device=False)
        # Emptied only now: what was refused stays to be put right.
        chosen["token_name"] = ""


def _revoke(token_id: int) -> None:
    with explain_problems("ended_token"):
        visitor = require_visitor()
        with open_session() as session:
            revoke_token(session, visitor, token_id)
        st.toast(_("The token is revoked."))
