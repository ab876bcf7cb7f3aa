"""Times as spreadsheets show them: the order of day and month, the seconds and the zone may all be gone.

A time without a zone is UTC, as the column was written.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from curation.errors import InvalidText

_CLOCK = (
    r"(?:(?:[T ,]\s*)(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?\s*(?P<zone>Z|z|UTC|[+-]\d{2}:?\d{2})?"
)
YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})" + _CLOCK)
YEAR_LAST = re.compile(r"(?P<first>\d{1,2})[-/.](?P<other>\d{1,2})[-/.](?P<year>\d{4}|\d{2})" + _CLOCK)
# Days since the last day but one of 1899, as spreadsheets count them.
SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
SERIAL_START = datetime(1899, 12, 30, tzinfo=UTC)
NOT_A_TIME = "It is not a time. Write it like 2026-08-12T17:42:08Z."


class Order(enum.StrEnum):
    """What stands first in a date such as 12/08/2026."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True)
class ShownTime:
    """A time as it was written, and how much of it could be seen: what lies within `shown` of it looks the same."""

    at: datetime
    shown: timedelta

    def shows(self, moment: datetime) -> bool:
        """Whether that moment, written in this form, gives this text. Seconds may have been rounded up."""
        slack = timedelta(seconds=0.5) if self.shown <= timedelta(seconds=1) else timedelta(0)
        return self.at - slack <= moment < self.at + self.shown


def read_time(text: str, order: Order | None) -> ShownTime:
    """The time of a cell; `order` is that of the table's other dates. Raises InvalidText."""
    text = text.strip()
    if SERIAL.fullmatch(text):
        return ShownTime(SERIAL_START + timedelta(days=float(text.replace(",", "."))), timedelta(seconds=1))
    if found := YEAR_FIRST.fullmatch(text):
        return _time(found, int(found["year"]), int(found["month"]), int(found["day"]))
    found = YEAR_LAST.fullmatch(text)
    if found is None:
        raise InvalidText(NOT_A_TIME)
    first, other = int(found["first"]), int(found["other"])
    own = _own_order(first, other) or order
    if own is None and first != other:
        raise InvalidText(
            "Nothing in this table tells which of the two numbers is the day. Write it like 2026-08-12T17:42:08Z."
        )
    day, month = (other, first) if own is Order.MONTH else (first, other)
    year = int(found["year"])
    return _time(found, year + 2000 if year < 100 else year, month, day)


def find_order(cells: Iterable[tuple[str, datetime | None]]) -> Order | None:
    """The order of a table's dates, from its cells and what each was when it was written.

    A cell that nobody has changed tells it, and so does a number above 12. None when nothing does, or they disagree.
    """
    votes = {Order.DAY: 0, Order.MONTH: 0}
    for text, before in cells:
        found = YEAR_LAST.fullmatch(text.strip())
        if found is None:
            continue
        first, other = int(found["first"]), int(found["other"])
        if own := _own_order(first, other):
            votes[own] += 1
        elif before is not None and first != other and int(found["year"]) % 100 == before.year % 100:
            votes[Order.DAY] += (first, other) == (before.day, before.month)
            votes[Order.MONTH] += (first, other) == (before.month, before.day)
    if (votes[Order.DAY] > 0) == (votes[Order.MONTH] > 0):
        return None
    return Order.DAY if votes[Order.DAY] else Order.MONTH


def _own_order(first: int, other: int) -> Order | None:
    """What the numbers themselves tell."""
    if first > 12 >= other:
        return Order.DAY
    return Order.MONTH if other > 12 >= first else None


def _time(found: re.Match[str], year: int, month: int, day: int) -> ShownTime:
    hour, shown = int(found["hour"] or 0), timedelta(days=1)
    if found["hour"] is not None:
        shown = timedelta(minutes=1)
    if found["half"] is not None:
        if not 1 <= hour <= 12:
            raise InvalidText(NOT_A_TIME)
        hour = hour % 12 + (12 if found["half"][0] in "Pp" else 0)
    fraction = found["fraction"] or ""
    if found["second"] is not None:
        shown = max(timedelta(seconds=10 ** -len(fraction)), timedelta(microseconds=1))
    try:
        at = datetime(
            year,
            month,
            day,
            hour,
            int(found["minute"] or 0),
            int(found["second"] or 0),
            int(fraction.ljust(6, "0")[:6]),
            tzinfo=UTC,
        )
        return ShownTime(at - _offset(found["zone"]), shown)
    except (ValueError, OverflowError):
        raise InvalidText(NOT_A_TIME) from None


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone in ("Z", "z", "UTC"):
        return timedelta(0)
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    if minutes >= 24 * 60:
        raise ValueError(zone)
    return timedelta(minutes=-minutes if zone[0] == "-" else minutes)
