"""Accesses: who may enter, with which scope, and when each was last here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from components.admin.access_forms import change_access, new_access, show_one_time_password
from components.admin.cells import when
from components.clock import browser_zone, local_text
from components.doors import Node, node, show_doors, table
from curation.accesses import list_accesses
from curation.installation import last_seen
from db.models import Access
from db.session import open_session
from language import _


def accesses_section(visitor: Access) -> None:
    """The table of accesses beside the forms that change one or make a new one."""
    with open_session(read_only=True) as session:
        accesses = list_accesses(session, visitor)
        seen = last_seen(session, visitor)
    st.subheader(_("Accesses"))
    show_one_time_password()
    left, right = st.columns([1.9, 1], gap="medium")
    with left:
        show_doors(accesses_table(accesses, seen, visitor), key="accesses")
    with right:
        change, new = st.tabs([_("Change"), _("New access")], key="access_tabs")
        with change:
            change_access(accesses, visitor)
        with new:
            new_access()


def accesses_table(accesses: Sequence[Access], seen: dict[int, datetime], visitor: Access) -> Node:
    """Every access with its scope, when it was last `seen` (by its id) and whether it may enter."""
    rows: list[list[Node | str]] = [
        [
            node("span", access.login, cls="strong") if access.id == visitor.id else access.login,
            access.scope.value,
            when(access.created_at),
            when(seen[access.id]) if access.id in seen else _("never"),
            _standing(access),
        ]
        for access in accesses
    ]
    return table((_("login"), _("scope"), _("created"), _("last seen"), ""), rows, empty="")


def _standing(access: Access) -> str:
    if access.disabled_at is not None:
        return _("disabled {when}", when=local_text(access.disabled_at, browser_zone()))
    return _("one-time password") if access.must_change_password else ""
