"""The audit trail: what happened lately, who did it, and to what."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.admin.cells import when
from components.doors import Node, link, node, show_doors, table
from curation.installation import list_events
from db.models import Access, Event
from db.session import open_session
from language import _

EVENTS = 200


def audit_section(visitor: Access) -> None:
    """The newest entries of the trail."""
    with open_session(read_only=True) as session:
        events = list_events(session, visitor, EVENTS)
    st.subheader(_("Audit trail"))
    st.caption(_("The newest entries, at most {n}.", n=EVENTS))
    show_doors(events_table(events), key="events")


def events_table(events: Sequence[tuple[Event, str | None]]) -> Node:
    """Events with the login of who caused them."""
    rows: list[list[Node | str]] = [
        [
            when(event.created_at),
            login or "",
            _(event.name.replace("_", " ")),
            _about(event),
            event.address or "",
        ]
        for event, login in events
    ]
    return table(
        (_("when"), _("who"), _("what"), _("about"), _("from")),
        rows,
        empty=_("Nothing has happened yet."),
        tall=True,
    )


def _about(event: Event) -> Node:
    details = {name: str(value) for name, value in event.detail.items() if value is not None}
    short = ", ".join(f"{name} {_shortened(value)}" for name, value in details.items())
    whole = ", ".join(f"{name} {value}" for name, value in details.items())
    if event.media_id is None:
        return node("span", short, title=whole)
    media = link(f"/browse?media={event.media_id}", _("media {id}", id=str(event.media_id)))
    return node("span", media, f" {short}", title=whole)


def _shortened(value: str) -> str:
    return value if len(value) <= 40 else f"{value[:16]}…"
