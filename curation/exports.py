"""Taking metadata out: what a filter shows, as CSV, a line per media or per shape.

The lines come from the database as they are read: constant memory, whatever the number.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from curation import looks
from curation.accesses import PEOPLE, require_scope
from curation.browse import Count, conditions, sections_of
from curation.csv_columns import BASES, Column, Drawn, Join, as_if_new, choose_columns
from curation.media_filter import MediaFilter
from curation.paging import Section
from db.models import Access, Media
from db.streaming import stream_csv_lines
from db.types import AnySelect

UTF8_BOM = b"\xef\xbb\xbf"  # without it, spreadsheets take UTF-8 for the system's old code page

# Makes of an expression what it is for whoever asked (`as_if_new`).
SeenAs = Callable[[Any], Any]


class Per(enum.StrEnum):
    """What one line of an export stands for."""

    MEDIA = "media"
    SHAPE = "shape"


class CsvStream(Iterator[bytes]):
    """Chunks of one CSV file; `rows` is the number of lines handed out so far, without the header."""

    def __init__(self, header: bytes, chunks: Iterator[tuple[bytes, int]]) -> None:
        self.rows = 0
        self._header: bytes | None = header
        self._chunks = chunks

    def __next__(self) -> bytes:
        if self._header is not None:
            header, self._header = self._header, None
            return header
        chunk, rows = next(self._chunks)
        self.rows += rows
        return chunk

    def close(self) -> None:
        """Stop the database where it is."""
        self._chunks.close()  # type: ignore[attr-defined]


def export_csv(
    session: Session,
    access: Access,
    wanted: MediaFilter,
    *,
    per: Per | str = Per.MEDIA,
    raw: bool = False,
    columns: Sequence[str] | None = None,
    editable: bool = False,
) -> CsvStream:
    """The metadata of exactly what the filter shows to this access, in its order, as UTF-8 CSV.

    One line per media, or per shape of the current annotations (a media without shapes has one line, its
    shape columns empty). Texts that begin like a formula, or with an apostrophe, get a leading apostrophe
    unless `raw`. With `editable` every row also says how it was, so that it can be changed and dropped back
    (`curation.tables`). What the access has to answer blind reads as if nobody had answered it, as in lists: left
    out, it would be missing beside what they show and count. With `db.streaming.hold_still` before, the lines and
    `count_rows` are of one moment. Raises NotAllowed and UnknownFilter at once, not at the first line.
    """
    require_scope(access, *PEOPLE)
    per_shape = Per(per) is Per.SHAPE
    chosen = choose_columns(columns, per_shape=per_shape)
    if editable:
        chosen.extend(column for column in BASES if per_shape or not column.of_shape)
    matching = conditions(access, wanted)
    seen_as = as_if_new(looks.given_looks(session, access))
    statements = (
        _statement(session, chosen, section, matching, seen_as, per_shape=per_shape, raw=raw)
        for section in sections_of(session, wanted)
    )
    header = UTF8_BOM + ",".join(column.name for column in chosen).encode() + b"\n"
    return CsvStream(header, _lines(session, statements))


def count_rows(
    session: Session,
    access: Access,
    wanted: MediaFilter,
    *,
    per: Per | str = Per.MEDIA,
    cap: int | None = None,
) -> Count:
    """How many lines the export has, the header aside; counting stops at `cap`."""
    require_scope(access, *PEOPLE)
    lines: AnySelect = select(literal_column("1")).select_from(Media).where(*conditions(access, wanted))
    if Per(per) is Per.SHAPE:
        seen_as = as_if_new(looks.given_looks(session, access))
        lines = lines.outerjoin(Drawn, seen_as(Drawn.annotation_id == Media.current_annotation_id))
    if cap is not None:
        lines = lines.limit(cap + 1)
    number = session.scalar(select(func.count()).select_from(lines.subquery())) or 0
    return Count(min(number, cap), True) if cap is not None and number > cap else Count(number)


def _lines(session: Session, statements: Iterable[AnySelect]) -> Iterator[tuple[bytes, int]]:
    for statement in statements:
        yield from stream_csv_lines(session, statement)


def _statement(
    session: Session,
    columns: Sequence[Column],
    section: Section,
    matching: Sequence[Any],
    seen_as: SeenAs,
    *,
    per_shape: bool,
    raw: bool,
) -> AnySelect:
    """The lines of one section of the order, their cells as they are written."""
    order = [column.desc() if section.descending else column.asc() for column in section.columns]
    of_media = [column for column in columns if not column.of_shape]
    of_shape = [column for column in columns if column.of_shape]
    shown = _with_joins(select(*_cells(of_media, raw, seen_as)).select_from(Media), of_media, seen_as)
    shown = shown.where(*matching, *section.where).order_by(*order)
    if not per_shape:
        return shown
    if session.get_bind().dialect.name != "postgresql":
        # SQLite walks in this order by itself; a subquery would make it sort everything.
        lines = shown.outerjoin(Drawn, seen_as(Drawn.annotation_id == Media.current_annotation_id))
        lines = _with_joins(lines, of_shape, seen_as).with_only_columns(*_cells(columns, raw, seen_as))
        return lines.order_by(Drawn.position, Drawn.id)
    # PostgreSQL would make the cells of a media anew for each of its shapes; OFFSET keeps it from that.
    keys = [column.label(f"order_{number}") for number, column in enumerate(section.columns)]
    drawn_in = seen_as(Media.current_annotation_id.label("drawn_in"))
    media = shown.add_columns(drawn_in, *keys).offset(0).subquery("shown")
    lines = select(*(column.cell(raw) if column.of_shape else media.c[column.name] for column in columns))
    lines = lines.select_from(media).outerjoin(Drawn, Drawn.annotation_id == media.c.drawn_in)
    ordered = [media.c[key.name] for key in keys]
    return _with_joins(lines, of_shape, seen_as).order_by(
        *(column.desc() if section.descending else column.asc() for column in ordered),
        Drawn.position,
        Drawn.id,
    )


def _cells(columns: Sequence[Column], raw: bool, seen_as: SeenAs) -> list[Any]:
    return [seen_as(column.cell(raw).label(column.name)) for column in columns]


def _with_joins(statement: AnySelect, columns: Sequence[Column], seen_as: SeenAs) -> AnySelect:
    """The statement with the rows that these columns need beside it, each once."""
    joins: dict[int, Join] = {}
    for column in columns:
        join = column.join
        chain = []
        while join is not None:
            chain.append(join)
            join = join.after
        joins.update((id(join), join) for join in reversed(chain))
    for join in joins.values():
        statement = statement.outerjoin(join.target, seen_as(join.on))
    return statement
