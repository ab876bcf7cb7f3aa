"""Imports that were made before, one's own or for an admin everybody's."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.admin.cells import when
from components.doors import Node, link, node, show_doors, table
from components.imports.words import KINDS, OUTCOMES, STATES, format_name, import_address, outcome_word
from curation.imports import views
from curation.imports.views import ImportView
from db.models import Access, ImportKind, ImportState, Scope
from db.session import open_session
from language import _, number


def past_part(visitor: Access) -> None:
    """A page of the list, with a way to the older ones. Raises UnknownFilter for a foreign place in it."""
    cursor = st.query_params.get("cursor")
    with open_session(read_only=True) as session:
        page = views.list_imports(session, visitor, cursor=cursor)
    show_doors(imports_table(page.items, everybody=visitor.scope == Scope.ADMIN), key="past_imports")
    acts: list[Node | str] = []
    if cursor:
        acts.append(link("/imports?section=past", _("← Newest"), cls="act"))
    if page.next_cursor:
        acts.append(link(f"/imports?section=past&cursor={page.next_cursor}", _("Older →"), cls="act"))
    if acts:
        show_doors(node("div", *acts, cls="acts"), key="older_imports")


def imports_table(imports: Sequence[ImportView], *, everybody: bool) -> Node:
    rows: list[list[Node | str]] = [
        [
            link(import_address(view), view.name),
            when(view.created_at),
            *([view.asked_by] if everybody else []),
            _(KINDS[ImportKind(view.kind)]),
            _format(view),
            _state(view),
            node("span", _counts_text(view), cls="mute"),
        ]
        for view in imports
    ]
    heads = (
        _("name"),
        _("when"),
        *([_("who")] if everybody else []),
        _("kind"),
        _("format"),
        "",
        _("what came of it"),
    )
    return table(heads, rows, empty=_("No import yet."))


def _format(view: ImportView) -> str:
    """Of what was never read nobody knows it, and a table has its own."""
    known = view.format is not None or view.preview is not None
    return format_name(view.format) if known and view.kind != ImportKind.TABLE else ""


def _state(view: ImportView) -> Node:
    alarm = " alarm" if view.state == ImportState.FAILED else "" if view.state == ImportState.DONE else " off"
    return node("span", _(STATES[ImportState(view.state)]), cls=f"chip{alarm}")


def _counts_text(view: ImportView) -> str:
    return ", ".join(
        f"{number(count)} {outcome_word(count, outcome)}"
        for outcome in OUTCOMES
        if (count := view.counts.get(outcome.value))
    )
