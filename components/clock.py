"""Times as people see them: UTC in the database, the zone of their browser on the screen."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from language import _, day_and_month, plural


def browser_zone() -> tzinfo:
    """The zone of the browser that looks, UTC when it does not say."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def local_text(moment: datetime | None, zone: tzinfo) -> str:
    """Such as `12 Aug 2026 17:42:08`; empty without a time."""
    return f"{day_text(moment.astimezone(zone).date())} {moment.astimezone(zone):%H:%M:%S}" if moment else ""


def ago_text(moment: datetime) -> str:
    """Such as `5 min ago`, for what has just happened or should have: its clock time belongs beside it."""
    minutes = max(0, int((datetime.now(UTC) - moment).total_seconds() // 60))
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return plural(minutes, "{n} min ago", "{n} min ago")
    if minutes < 48 * 60:
        return plural(minutes // 60, "{n} hour ago", "{n} hours ago")
    return plural(minutes // (24 * 60), "{n} day ago", "{n} days ago")


def day_text(day: date) -> str:
    return f"{day_and_month(day)} {day.year}"


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
    """Such as `1–14 Aug 2026` or `from 1 Aug 2026`; days of UTC say so, other limits come with the clock."""
    limits = [limit for limit in (start, end) if limit is not None]
    if all(_is_midnight(limit, zone) for limit in limits):
        return _days_text(first_day(start, zone), last_day(end, zone))
    if all(_is_midnight(limit, UTC) for limit in limits):
        return f"{_days_text(first_day(start, UTC), last_day(end, UTC))} (UTC)"
    if start and end:
        same_day = start.astimezone(zone).date() == end.astimezone(zone).date()
        until = f"{end.astimezone(zone):%H:%M:%S}" if same_day else local_text(end, zone)
        return f"{local_text(start, zone)} – {until}"
    if start:
        return _("from {time}", time=local_text(start, zone))
    return _("until {time}", time=local_text(end, zone))


def _is_midnight(moment: datetime, zone: tzinfo) -> bool:
    return moment.astimezone(zone).time() == time()


def _days_text(first: date | None, last: date | None) -> str:
    if first is None or last is None:
        if first:
            return _("from {time}", time=day_text(first))
        return _("until {time}", time=day_text(last)) if last else ""
    if first == last:
        return day_text(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day_text(last)}"
    if first.year == last.year:
        return f"{day_and_month(first)} – {day_text(last)}"
    return f"{day_text(first)} – {day_text(last)}"
