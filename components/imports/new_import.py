"""The beginning of an import: a dropped dataset, or for admins a part of the bucket that is filled already."""

from __future__ import annotations

import secrets

import streamlit as st

from components.importer import importer
from components.messages import explain_problems, show_problem
from components.sign_in import require_visitor
from curation.imports import asking
from db.models import Access, ImportKind, Scope
from db.session import open_session
from language import _, later

_PLACE = "new_import"
_HOW = {True: later("Register them where they lie"), False: later("Copy them")}


def new_import_part(visitor: Access) -> None:
    """Where to drop a dataset, and below it where to name a prefix."""
    show_problem(_PLACE)
    importer(_look)
    if visitor.scope == Scope.ADMIN:
        _prefix_form()


def _look() -> None:
    """All files are there: the address leads to the import from here on."""
    sent = (st.session_state.get("importer") or {}).get("sent")
    if isinstance(sent, int):
        st.query_params.from_dict({"import": str(sent)})


def _prefix_form() -> None:
    with (
        st.expander(_("From a part of the bucket that is filled already")),
        st.form("import_prefix", border=False),
    ):
        st.caption(
            _(
                "Pictures and annotation files whose keys begin alike. Registered where they lie they are never moved"
                " or deleted by Vigie."
            )
        )
        left, right = st.columns([1.5, 1], vertical_alignment="bottom")
        left.text_input(_("Prefix"), placeholder=_("as in cameras/2025"), max_chars=900, key="prefix")
        right.segmented_control(
            _("Pictures"),
            list(_HOW),
            format_func=lambda in_place: _(_HOW[in_place]),
            default=True,
            required=True,
            key="prefix_in_place",
        )
        st.form_submit_button(_("Look"), on_click=_begin)


def _begin() -> None:
    with explain_problems(_PLACE):
        access = require_visitor().access
        with open_session() as session:
            begun = asking.start_import(
                session,
                access,
                ImportKind.PREFIX,
                st.session_state["prefix"].strip(),
                prefix=st.session_state["prefix"],
                in_place=bool(st.session_state["prefix_in_place"]),
                client_id=secrets.token_hex(16),
            )
            asking.ask_for_reading(session, access, begun.id)
        st.query_params.from_dict({"import": str(begun.id)})
