"""Media per day by state, as columns: which days, and by which time, is chosen here and stands in the address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from components.bars import legend, stacked_days
from components.clock import browser_zone, day_text
from components.doors import show_doors
from components.messages import explain_problems
from components.sign_in import require_visitor
from curation import overview
from db.models import Access, Scope
from db.session import open_session
from language import _, later, plural

LASTS = 30  # seconds; as many more while it is counted anew
DAYS = (30, 90)
DAY_OF: dict[overview.DayOf, str] = {"uploaded": later("Uploaded"), "captured": later("Captured")}
NONE = {
    "uploaded": later("No media with a time when they were uploaded."),
    "captured": later("No media with a time when they were captured."),
}


@st.fragment
def day_plot() -> None:
    """Draw the plot with its two choices; choosing runs nothing else of the page."""
    access = require_visitor().access
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        title = st.container(width="stretch")
        day_of = st.segmented_control(
            _("Days by"),
            list(DAY_OF),
            required=True,
            format_func=lambda name: _(DAY_OF[name]),
            key=_stands("by", list(DAY_OF)),
            on_change=_write,
            args=("by",),
            label_visibility="collapsed",
        )
        count = st.segmented_control(
            _("Number of days"),
            DAYS,
            required=True,
            format_func=lambda days: plural(days, "{n} day", "{n} days"),
            key=_stands("last", DAYS),
            on_change=_write,
            args=("last",),
            label_visibility="collapsed",
        )
    assert day_of is not None and count is not None, "one of each is required"
    zone = browser_zone()
    today = datetime.now(zone).date()
    with explain_problems():
        days = per_day(access.scope, day_of, count, str(zone), today, access)
        last = days[-1].day
        until = _("up to today") if last == today else _("up to {day}, the newest", day=day_text(last))
        title.markdown(_("**Media per day** :gray[by state, {until}]", until=until))
        states = overview.days_by_state(days)
        if states:
            show_doors(legend(states), stacked_days(days), key="media_per_day")
        else:
            st.caption(_(NONE[day_of]))


def _stands(name: str, choices: Sequence[str | int]) -> str:
    """The key of a widget that shows what the address says, which is the same in every language."""
    asked = st.query_params.get(name, "").lower()
    st.session_state[name] = next((choice for choice in choices if str(choice) == asked), choices[0])
    return name


def _write(name: str) -> None:
    st.query_params[name] = str(st.session_state[name])


@st.cache_data(ttl=LASTS, show_spinner=False, refresh_mode="background")
def per_day(
    scope: Scope, day_of: overview.DayOf, count: int, zone: str, today: date, _access: Access
) -> list[overview.Day]:
    """The last days; where nothing came in them, as many days up to the newest media."""
    with open_session(read_only=True) as session:
        newest = overview.newest_day(session, _access, day_of, ZoneInfo(zone))
        last = today if newest is None or (today - newest).days < count else newest
        return overview.media_per_day(session, _access, day_of, last=last, days=count, zone=ZoneInfo(zone))
