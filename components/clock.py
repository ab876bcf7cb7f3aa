"""Times as people see them: UTC in the database, the zone of their browser on the screen."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def browser_zone() -> tzinfo:
    """The zone of the browser that looks, UTC when it does not say."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def local_text(moment: datetime | None, zone: tzinfo) -> str:
    """Such as `12 Aug 2026 17:42:08`; empty without a time."""
    return f"{day_text(moment.astimezone(zone).date())} {moment.astimezone(zone):%H:%M:%S}" if moment else ""


def day_text(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def day_start(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day in a zone, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def first_day(moment: datetime | None, zone: tzinfo) -> date | None:
    """The day a span beginning at this moment begins with."""
    return moment.astimezone(zone).date() if moment else None


def last_day(moment: datetime | None, zone: tzinfo) -> date | None:
    """The last day of a span that ends before this moment."""
    return (moment - timedelta(microseconds=1)).astimezone(zone).date() if moment else None


def span_text(start: datetime | None, end: datetime | None, zone: tzinfo) -> str:
    """Such as `1–14 Aug 2026`, `from 1 Aug 2026`, or with the clock where a limit is not a midnight."""
    first, last = _limit_text(start, zone), _limit_text(end, zone, end=True)
    if start and end:
        if first == last:
            return first
        days = (first_day(start, zone), last_day(end, zone))
        whole = all(len(text.split()) == 3 for text in (first, last))
        if whole and days[0] and days[1] and (days[0].year, days[0].month) == (days[1].year, days[1].month):
            return f"{days[0].day}–{last}"
        return f"{first} – {last}"
    return f"from {first}" if start else f"until {last}"


def _limit_text(moment: datetime | None, zone: tzinfo, *, end: bool = False) -> str:
    if moment is None:
        return ""
    local = moment.astimezone(zone)
    if local.time() != time():
        return local_text(moment, zone)
    return day_text(local.date() - timedelta(days=1 if end else 0))
