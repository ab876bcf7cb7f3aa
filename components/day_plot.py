"""Media per day by state, as columns: which days, and by which time, is chosen here and stands in the address."""

from __future__ import annotations

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

LASTS = 30  # seconds; as many more while it is counted anew
DAYS = (30, 90)
DAY_OF: tuple[overview.DayOf, ...] = ("uploaded", "captured")


@st.fragment
def day_plot() -> None:
    """Draw the plot with its two choices; choosing runs nothing else of the page."""
    access = require_visitor().access
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        title = st.container(width="stretch")
        day_of = st.segmented_control(
            "Days by",
            DAY_OF,
            required=True,
            default=DAY_OF[0],
            format_func=str.capitalize,
            key="by",
            bind="query-params",
            label_visibility="collapsed",
        )
        count = st.segmented_control(
            "Number of days",
            DAYS,
            required=True,
            default=DAYS[0],
            format_func="{} days".format,
            key="last",
            bind="query-params",
            label_visibility="collapsed",
        )
    zone = browser_zone()
    today = datetime.now(zone).date()
    with explain_problems():
        days = per_day(access.scope, day_of, count, str(zone), today, access)
        last = days[-1].day
        until = "up to today" if last == today else f"up to {day_text(last)}, the newest"
        title.markdown(f"**Media per day** :gray[by state, {until}]")
        states = overview.days_by_state(days)
        if states:
            show_doors(legend(states), stacked_days(days), key="media_per_day")
        else:
            st.caption(f"No media with a time when they were {day_of}.")


@st.cache_data(ttl=LASTS, show_spinner=False, refresh_mode="background")
def per_day(
    scope: Scope, day_of: overview.DayOf, count: int, zone: str, today: date, _access: Access
) -> list[overview.Day]:
    """The last days; where nothing came in them, as many days up to the newest media."""
    with open_session(read_only=True) as session:
        newest = overview.newest_day(session, _access, day_of, ZoneInfo(zone))
        last = today if newest is None or (today - newest).days < count else newest
        return overview.media_per_day(session, _access, day_of, last=last, days=count, zone=ZoneInfo(zone))
