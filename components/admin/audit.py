"""The audit trail: what happened, who did it, to what, and from where; narrowed by its address, taken out as CSV."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta, tzinfo
from urllib.parse import urlencode

import streamlit as st

from components.admin.cells import when
from components.clock import browser_zone, day_start, first_day, last_day
from components.doors import Node, link, node, show_doors, table
from components.messages import explain_problems
from curation.accesses import list_accesses
from curation.audit_trail import EventFilter, EventView, list_event_names, list_events
from db.models import Access
from db.session import open_session
from language import _

EVENTS = 100
# In the address beside `section`: what, who, the days, and the place in the list.
NAMES = ("what", "who", "from", "to", "before")


def audit_section(visitor: Access) -> None:
    """What the address asks for of the trail, a page at a time, newest first."""
    zone = browser_zone()
    wanted = _read(zone)
    st.subheader(_("Audit trail"))
    with open_session(read_only=True) as session:
        names = list_event_names(session, visitor)
        logins = [access.login for access in list_accesses(session, visitor)]
    # First, so that what cannot be asked for can be changed here.
    _filter(wanted, names, logins, zone)
    with explain_problems():
        with open_session(read_only=True) as session:
            page = list_events(session, visitor, wanted, st.query_params.get("before"), EVENTS)
        show_doors(events_table(page.items), key="events")
        _leaf(page.next_cursor)


def events_table(events: Sequence[EventView]) -> Node:
    """Events with the login of who caused them."""
    rows: list[list[Node | str]] = [
        [
            when(event.created_at),
            event.login or "",
            _(_said(event.name)),
            _about(event),
            event.address or "",
        ]
        for event in events
    ]
    return table(
        (_("when"), _("who"), _("what"), _("about"), _("from")),
        rows,
        empty=_("Nothing of this kind has happened. Remove a filter."),
        tall=True,
    )


def _filter(wanted: EventFilter, names: Sequence[str], logins: Sequence[str], zone: tzinfo) -> None:
    """The widgets; each writes the address, from which everything above is read."""
    chosen = {
        "what": wanted.name,
        "who": wanted.login,
        "from": first_day(wanted.since, zone),
        "to": last_day(wanted.until, zone),
    }
    for name, value in chosen.items():
        st.session_state[f"audit_{name}"] = value
    with st.container(horizontal=True, vertical_alignment="bottom", key="bar_audit"):
        st.selectbox(
            _("What happened"),
            _with_chosen(names, wanted.name),
            format_func=lambda name: _(_said(name)),
            index=None,
            placeholder=_("Everything"),
            width=260,
            key="audit_what",
            on_change=_take,
            args=("what",),
        )
        st.selectbox(
            _("By whom"),
            _with_chosen(logins, wanted.login),
            index=None,
            placeholder=_("Anybody"),
            width=200,
            key="audit_who",
            on_change=_take,
            args=("who",),
        )
        for name, label in (("from", _("From day")), ("to", _("To day"))):
            st.date_input(
                label,
                value=None,
                format="YYYY-MM-DD",
                width=180,
                key=f"audit_{name}",
                on_change=_take,
                args=(name,),
            )
        st.space("stretch")
        written = urlencode(wanted.to_query())
        st.link_button(_("Download as CSV"), f"/api/exports/events.csv?{written}".rstrip("?"))


def _leaf(next_cursor: str | None) -> None:
    """The ways to older entries, and back to the newest."""
    doors: list[Node | str] = []
    if "before" in st.query_params:
        doors.append(link(_address({"before": None}), _("Newest")))
    if next_cursor is not None:
        doors.append(link(_address({"before": next_cursor}), _("Older")))
    if doors:
        show_doors(node("nav", *doors, cls="sections"), key="audit_leaf")


def _read(zone: tzinfo) -> EventFilter:
    """The filter that stands in the address; what makes no sense there asks for nothing."""
    query = st.query_params
    name = query.get("what")
    first, last = _day(query.get("from")), _day(query.get("to"))
    return EventFilter(
        name=name if name and re.fullmatch("[a-z_]{1,60}", name) else None,
        login=query.get("who") or None,
        since=day_start(first, zone) if first else None,
        until=day_start(last + timedelta(days=1), zone) if last else None,
    )


def _take(name: str) -> None:
    """Write what a widget says into the address; the list begins anew."""
    value = st.session_state[f"audit_{name}"]
    st.query_params.pop("before", None)
    if value:
        st.query_params[name] = str(value)
    else:
        st.query_params.pop(name, None)


def _address(change: Mapping[str, str | None]) -> str:
    kept = {name: st.query_params[name] for name in NAMES if name in st.query_params}
    query = {"section": "audit", **kept, **change}
    return f"/admin?{urlencode({name: value for name, value in query.items() if value is not None})}"


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        return None
    # The first and the last years have no neighbours to be translated into.
    return day if day and 1970 <= day.year <= 2999 else None


def _with_chosen(offered: Sequence[str], chosen: str | None) -> list[str]:
    return [*offered] if chosen is None or chosen in offered else [*offered, chosen]


def _said(name: str) -> str:
    return name.replace("_", " ")


def _about(event: EventView) -> Node:
    details = {name: str(value) for name, value in event.detail.items() if value is not None}
    short = ", ".join(f"{name} {_shortened(value)}" for name, value in details.items())
    whole = ", ".join(f"{name} {value}" for name, value in details.items())
    if event.media_id is None:
        return node("span", short, title=whole)
    media = link(f"/browse?media={event.media_id}", _("media {id}", id=str(event.media_id)))
    return node("span", media, f" {short}", title=whole)


def _shortened(value: str) -> str:
    return value if len(value) <= 40 else f"{value[:16]}…"
