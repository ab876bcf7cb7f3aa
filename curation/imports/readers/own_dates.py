"""Times in our own tables, as a spreadsheet has left them: read as those of an edited table are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from curation.capture import clean_moment
from curation.csv_columns import KEPT
from curation.errors import InvalidText
from curation.imports.readers.drawn import Drawn
from curation.tables.moments import YEAR_LAST, Order, find_order, read_time

COLUMN = "captured_at"
# In `base`, before what a row was: how it was written, its media, its annotation.
_BASE_AT = 3 + KEPT.index(COLUMN)

NO_TIME = "A captured_at is not a time that can be read: it is left out."
WHICH_IS_THE_DAY = (
    "Nothing in this table tells which of the two numbers of a captured_at is the day: it is left out. Write it like "
    "2026-08-12T17:42:08Z."
)


@dataclass
class Dates:
    """The times of one table, and what its rows tell of the order of day and month."""

    _orders: set[Order] = field(default_factory=set)

    def look_at(self, cells: Mapping[str, str]) -> None:
        """Learn from a row."""
        text = cells.get(COLUMN, "")
        if YEAR_LAST.fullmatch(text) and (order := find_order([(text, _before(cells))])) is not None:
            self._orders.add(order)

    def read(self, cells: Mapping[str, str], drawn: Drawn) -> str | None:
        """The time of a row as text, None where it has none or it cannot be read, which is remarked."""
        text = cells.get(COLUMN, "")
        if not text:
            return None
        before = _before(cells)
        order = next(iter(self._orders)) if len(self._orders) == 1 else None
        try:
            read = read_time(text, order)
            moment = clean_moment(COLUMN, read.at)
        except InvalidText:
            undecided = order is None and YEAR_LAST.fullmatch(text) is not None and _is_date(text)
            drawn.remark(cells["line"], WHICH_IS_THE_DAY if undecided else NO_TIME)
            return None
        # Spreadsheets show less than was written.
        shown = before if before is not None and read.shows(before) else moment
        return f"{shown.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def _is_date(text: str) -> bool:
    """Whether a text is a time once the order of day and month is known."""
    try:
        read_time(text, Order.DAY)
    except InvalidText:
        return False
    return True


def _before(cells: Mapping[str, str]) -> datetime | None:
    """What stood there when a table to be edited was written."""
    try:
        written = json.loads(cells.get("base") or "[]")[_BASE_AT]
        moment = datetime.fromisoformat(written)
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    return moment if moment.tzinfo is not None else None
