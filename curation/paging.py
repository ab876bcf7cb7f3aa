"""Keyset paging: any page of any list costs the same, however deep it lies.

A sort is a list of sections, shown one after the other (known times, then unknown ones), each walked
along columns that end with the id. A cursor names the section and the values at its row.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, literal, select, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from curation.errors import UnknownFilter
from db.types import AnyRow, AnySelect


@dataclass(frozen=True)
class Section:
    """Rows for which `where` holds, in the order of `columns` (the last is unique)."""

    columns: tuple[InstrumentedAttribute[Any], ...]
    descending: bool
    where: tuple[ColumnElement[bool], ...] = ()


@dataclass(frozen=True)
class Cursor:
    """A place between two rows: the section, the values of its columns, and which way to go."""

    section: int
    values: tuple[Any, ...]
    backwards: bool = False

    def encode(self) -> str:
        values = [value.isoformat() if isinstance(value, datetime) else value for value in self.values]
        raw = json.dumps([self.section, values, int(self.backwards)], separators=(",", ":"))
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


@dataclass(frozen=True)
class RowPage:
    rows: Sequence[AnyRow]
    next_cursor: str | None
    previous_cursor: str | None


def decode_cursor(text: str, sections: Sequence[Section]) -> Cursor:
    """Read a cursor that this list gave out; raises UnknownFilter for anything else."""
    try:
        raw = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        number, values, backwards = raw
        columns = sections[number].columns
        if type(number) is not int or number < 0 or len(values) != len(columns):
            raise ValueError(text)
        read = tuple(_read_value(column, value) for column, value in zip(columns, values, strict=True))
        return Cursor(number, read, bool(backwards))
    except (
        ValueError,
        TypeError,
        IndexError,
        KeyError,
        binascii.Error,
        RecursionError,
    ):
        raise UnknownFilter("The cursor is not one that this list gave out.") from None


def _read_value(column: InstrumentedAttribute[Any], value: Any) -> Any:
    kind = column.type.python_type
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None or not 1000 <= moment.year <= 9000:
            raise ValueError(value)
        return moment
    if type(value) is not kind:
        raise ValueError(value)
    if kind is str:
        value.encode()  # a lone surrogate cannot be asked for
    if kind is float and not math.isfinite(value):
        raise ValueError(value)
    if kind is int and not -(2**63) <= value < 2**63:
        raise ValueError(value)
    return value


def read_page(
    session: Session,
    statements: Sequence[AnySelect],
    sections: Sequence[Section],
    cursor: Cursor | None,
    limit: int,
    place: Callable[[AnyRow, int], tuple[Any, ...]],
) -> RowPage:
    """Up to `limit` rows of all statements together, after (or, going backwards, before) the cursor.

    The statements have the same columns, those of the sections among them, and no row in common.
    `place(row, section)` gives the values of the section's columns for a row.
    """
    backwards = cursor is not None and cursor.backwards
    start = cursor.section if cursor else 0
    order = range(start, -1, -1) if backwards else range(start, len(sections))
    found: list[tuple[int, AnyRow]] = []
    for number in order:
        section = sections[number]
        descending = section.descending != backwards
        limits = [*section.where]
        if cursor is not None and number == cursor.section:
            limits.append(_beyond(section.columns, cursor.values, descending))
        parts = [statement.where(*limits) for statement in statements]
        rows = session.execute(_merged(parts, section, descending, limit + 1 - len(found))).all()
        found.extend((number, row) for row in rows)
        if len(found) > limit:
            break
    more = len(found) > limit
    found = found[:limit]
    if backwards:
        found.reverse()
    if not found:
        return RowPage([], None, None)
    first, last = found[0], found[-1]
    before = Cursor(first[0], place(first[1], first[0]), backwards=True).encode()
    after = Cursor(last[0], place(last[1], last[0])).encode()
    return RowPage(
        rows=[row for _, row in found],
        next_cursor=after if more or backwards else None,
        previous_cursor=before if (more if backwards else cursor is not None) else None,
    )


def _merged(parts: Sequence[AnySelect], section: Section, descending: bool, limit: int) -> AnySelect:
    """The first rows of all parts in the section's order. Each part walks its own index so far, not all of it."""
    walks = [part.order_by(*_ordered(section.columns, descending)).limit(limit) for part in parts]
    if len(walks) == 1:
        return walks[0]
    # The database compares: texts have another order here than there.
    rows = union_all(*(select(walk.subquery()) for walk in walks)).subquery()
    columns = [rows.c[column.key] for column in section.columns]
    return select(rows).order_by(*_ordered(columns, descending)).limit(limit)


def _ordered(columns: Sequence[Any], descending: bool) -> list[ColumnElement[Any]]:
    return [column.desc() if descending else column.asc() for column in columns]


def _beyond(
    columns: Sequence[InstrumentedAttribute[Any]],
    values: Sequence[Any],
    descending: bool,
) -> ColumnElement[bool]:
    # A row value comparison: both databases walk the index with it, which an OR of cases prevents.
    here = tuple_(*columns)
    there = tuple_(*(literal(value, column.type) for column, value in zip(columns, values, strict=True)))
    return here < there if descending else here > there
