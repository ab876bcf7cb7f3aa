"""Every cell that an edited table is about, to be looked through before it is applied, however many there are."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from curation.imports.views import get_import
from curation.paging import Section, decode_cursor, read_page
from curation.tables.cells import shown_value
from curation.tables.merging import Change
from db.models import Access, ImportItem
from db.types import AnyRow, AnySelect

PAGE_SIZE = 100  # media at a time: each comes with all of its cells


class What(enum.StrEnum):
    """What is to be looked through."""

    CHANGE = "change"
    CONFLICT = "conflict"
    PROBLEM = "problem"


@dataclass(frozen=True)
class TableCell:
    """One cell: `base` when the table was written, `old` now, `new` by the table. A conflict is chosen by its `place`;
    of a problem `new` is what stands in the cell, and `sentence` says what is wrong.
    """

    row: int
    column: str
    place: str
    media_id: int | None
    file_name: str | None
    base: str = ""
    old: str = ""
    new: str = ""
    sentence: str | None = None


@dataclass(frozen=True)
class TableCellPage:
    items: list[TableCell]
    next_cursor: str | None


def list_table_cells(
    session: Session,
    access: Access,
    import_id: int,
    what: What,
    *,
    cursor: str | None = None,
    limit: int = PAGE_SIZE,
) -> TableCellPage:
    """The changes, the conflicts or the problems of at most so many media, in the order of their rows.

    There are none of an import that is no table. Raises ImportNotFound, NotAllowed, UnknownFilter.
    """
    get_import(session, access, import_id)
    wanted: AnySelect = select(
        ImportItem.position, ImportItem.name, ImportItem.media_id, ImportItem.wanted
    ).where(
        ImportItem.import_id == import_id,
        ImportItem.wanted[("cells", what.value)].as_integer() > 0,
    )
    sections = [Section((ImportItem.position,), descending=False)]
    after = decode_cursor(cursor, sections) if cursor else None
    page = read_page(session, [wanted], sections, after, limit, lambda row, _section: (row.position,))
    return TableCellPage([cell for row in page.rows for cell in _cells(row, what)], page.next_cursor)


def shown_change(change: Change, media_id: int, file_name: str | None) -> TableCell:
    """A change as it is shown."""
    return TableCell(
        row=change.row,
        column=change.column,
        place=change.place,
        media_id=media_id,
        file_name=file_name,
        base=shown_value(change.base),
        old=shown_value(change.old),
        new=shown_value(change.new),
    )


def _cells(row: AnyRow, what: What) -> Iterator[TableCell]:
    if what is What.PROBLEM:
        yield from map(_problem, row.wanted["problems"])
        return
    for known in row.wanted["changes"]:
        change = Change(**known)
        if change.conflict == (what is What.CONFLICT):
            yield shown_change(change, row.media_id, row.name)


def _problem(problem: Mapping[str, Any]) -> TableCell:
    return TableCell(
        row=problem["row"],
        column=problem["column"],
        place=f"{problem['row']}:{problem['column']}",
        media_id=problem["media_id"],
        file_name=None,
        new=problem["value"],
        sentence=problem["sentence"],
    )
