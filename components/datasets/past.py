"""Exports that were made before: what of, when, and their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from components.admin.cells import when
from components.clock import browser_zone
from components.datasets.words import STATES, export_address, format_name, holds_text, made_of
from components.doors import Node, download, figure, link, node, show_doors, table
from components.figures import size_text
from curation.datasets import asking
from curation.datasets.asking import ExportView
from curation.datasets.giving_away import as_listed_for
from db.models import Access, ExportState, Scope
from db.session import open_session
from language import _, number

LOOK_AGAIN = 3.0  # seconds, while one of them is made


def past_part(visitor: Access, class_names: Mapping[str, str]) -> None:
    """A page of the list, with a way to the older ones. Raises UnknownFilter for a foreign place in it."""
    cursor = st.query_params.get("cursor")
    with open_session(read_only=True) as session:
        page = asking.list_exports(session, visitor, cursor)
        listed = as_listed_for(session, visitor, page.items)
    show_doors(exports_table(listed, class_names, everybody=visitor.scope == Scope.ADMIN), key="past_exports")
    if cursor or page.next_cursor:
        older: list[Node | str] = []
        if cursor:
            older.append(link("/export?section=past", _("← Newest"), cls="act"))
        if page.next_cursor:
            older.append(link(f"/export?section=past&cursor={page.next_cursor}", _("Older →"), cls="act"))
        show_doors(node("div", *older, cls="acts"), key="older_exports")


def exports_table(exports: Sequence[ExportView], class_names: Mapping[str, str], *, everybody: bool) -> Node:
    zone = browser_zone()
    rows: list[list[Node | str]] = [
        [
            node("a", when(view.created_at), href=export_address(view.id)),
            *([view.asked_by] if everybody else []),
            format_name(view.format),
            made_of(view, zone, class_names),
            holds_text(view.options),
            figure(_media_number(view)),
            figure(size_text(view.size) if view.size else ""),
            _file(view),
        ]
        for view in exports
    ]
    heads: list[Node | str] = [_("when"), *([_("who")] if everybody else [])]
    heads += [_("format"), _("made of"), _("with"), figure(_("media")), figure(_("size")), ""]
    return table(
        heads, rows, empty=_("No export yet. What you export stands here for some days, with its receipt.")
    )


def _media_number(view: ExportView) -> str:
    """How many are in the file, as its own page says; while it is made, how many there are to look at.

    Nothing of one whose receipt this visitor must not see yet: which media were left out for want of an answer tells.
    """
    if view.receipt is None and view.state in (ExportState.READY, ExportState.EXPIRED):
        return ""
    many = (view.receipt or {}).get("media", {}).get("exported", view.total)
    return number(many) if many is not None else ""


def _file(view: ExportView) -> Node:
    if view.state == ExportState.READY:
        return download(f"/api/exports/{view.id}/file", _("download"))
    alarm = " alarm" if view.state == ExportState.FAILED else " off"
    return node("span", _(STATES[ExportState(view.state)]), cls=f"chip{alarm}")
