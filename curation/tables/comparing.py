"""What was changed in a table: every cell against how it was when it was written."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from curation.csv_columns import EDITABLE, KEPT
from curation.errors import Refused
from curation.imports.found import Remark
from curation.tables.cells import (
    NUMBER,
    RANGES,
    Value,
    Words,
    base_value,
    read_cell,
    same_value,
    shows_less,
    undo_apostrophe,
)
from curation.tables.moments import Order, find_order
from curation.tables.reading import Table

SPOILT_BASE = "How this row was can no longer be read. Export the table again, and change that."
SHIFTED = (
    "This row was changed as another one: columns were sorted apart. Export the table again, and change that."
)

REASON = "decision_comment"
TWO_TIMES = "Its rows were written at different times. Keep those of one table."
LARGEST_ID = 2**63 - 1  # that a database can be asked for
_POSITION = tuple((column, EDITABLE.index(column)) for column in ("lat", "lon"))


@dataclass(frozen=True)
class Edit:
    """One cell that somebody has changed: what it was, and what it is to be."""

    row: int
    column: str
    media_id: int
    base: Value
    mine: Value
    shape_id: int | None = None

    @property
    def place(self) -> tuple[int, str, int | None]:
        return self.media_id, self.column, self.shape_id


@dataclass(frozen=True)
class CellProblem:
    """What is wrong in a cell; the whole media is left out for it."""

    row: int
    column: str
    value: str
    sentence: str
    media_id: int | None = None


@dataclass
class Edits:
    """All changes of a table, what is wrong in it, and annotation and position of each media when it was written."""

    edits: list[Edit] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    annotations: dict[int, int | None] = field(default_factory=dict)
    positions: dict[int, tuple[Value, ...]] = field(default_factory=dict)
    # Reasons that somebody typed; and of older tables, which do not say how they were, all that stand there.
    reasons: dict[int, Edit] = field(default_factory=dict)
    comments: dict[int, str] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def edited(self) -> dict[int, list[Edit]]:
        """The edits of each media in which nothing is wrong, in the order of the rows."""
        wrong = {problem.media_id for problem in self.problems}
        found: dict[int, list[Edit]] = defaultdict(list)
        for edit in self.edits:
            if edit.media_id not in wrong:
                found[edit.media_id].append(edit)
        return dict(sorted(found.items(), key=lambda item: item[1][0].row))


@dataclass(frozen=True)
class _Base:
    raw: bool
    media_id: int
    annotation_id: int | None
    cells: tuple[str | None, ...]

    @property
    def knows_reason(self) -> bool:
        return len(self.cells) == len(KEPT)


@dataclass(frozen=True)
class _ShapeBase:
    shape_id: int
    label_class: str


def find_edits(table: Table, words: Words) -> Edits:
    """Every change of the table. Rows that are gone change nothing; rows that are there twice count once."""
    found = Edits()
    rows = _rows_with_base(table.cells, found)
    if rows.empty:
        return found
    order = _order(rows) if "captured_at" in rows else None
    for at, column in enumerate(EDITABLE):
        if column in rows:
            before = [base.cells[at] for base in rows["base"]]
            _compare(found, rows, column, before, words, order)
    if "label_class" in rows:
        of_shapes = rows[rows["shape_base"].notna()]
        before = [base.label_class for base in of_shapes["shape_base"]]
        _compare(found, of_shapes, "label_class", before, words, order)
        _refuse_new_shapes(found, rows)
    if REASON in rows:
        _compare_reasons(found, rows, words)
    _settle_doubles(found)
    found.reasons = {edit.media_id: edit for edit in found.edits if edit.column == REASON}
    found.edits = [edit for edit in found.edits if edit.column != REASON]
    return found


def _rows_with_base(cells: pd.DataFrame, found: Edits) -> pd.DataFrame:
    """The rows of which is known how they were, with that parsed; the others are problems."""
    kept: list[int] = []
    bases: list[_Base] = []
    shape_bases: list[_ShapeBase | None] = []
    no_shape = "shape_base" not in cells
    for row, media_id, text, shape_text in zip(
        cells.index,
        cells["media_id"],
        cells["base"],
        [""] * len(cells) if no_shape else cells["shape_base"],
        strict=True,
    ):
        base = _read_base(text)
        shape = _read_shape_base(shape_text) if shape_text.strip() else None
        if base is None or (shape is None and shape_text.strip()):
            where, value = ("base", text) if base is None else ("shape_base", shape_text)
            about = base.media_id if base is not None else _id(media_id)
            found.problems.append(CellProblem(row, where, value[:60], SPOILT_BASE, about))
            continue
        if media_id.strip() and _id(media_id) != base.media_id:
            found.problems.append(CellProblem(row, "media_id", media_id[:60], SHIFTED, base.media_id))
            continue
        kept.append(row)
        bases.append(base)
        shape_bases.append(shape)
        found.positions.setdefault(
            base.media_id, tuple(base_value(column, base.cells[at]) for column, at in _POSITION)
        )
        if found.annotations.setdefault(base.media_id, base.annotation_id) != base.annotation_id:
            found.problems.append(
                CellProblem(
                    row,
                    "base",
                    "",
                    TWO_TIMES,
                    base.media_id,
                )
            )
    rows = cells.loc[kept].drop(columns=["base", "shape_base"], errors="ignore")
    return rows.assign(
        base=pd.Series(bases, index=kept, dtype=object),
        shape_base=pd.Series(shape_bases, index=kept, dtype=object),
    )


def _compare(
    found: Edits,
    rows: pd.DataFrame,
    column: str,
    before: Sequence[str | None],
    words: Words,
    order: Order | None,
) -> None:
    """Add the cells of a column that say something else than before."""
    cells = rows[column]
    harmless = cells.str.startswith("'") & ~rows["base"].map(lambda base: base.raw).astype(bool)
    cells = cells.where(~harmless, cells.map(undo_apostrophe))
    texts: list[Any] = list(before)
    was_text = pd.Series(texts, index=rows.index, dtype=object)
    differing = cells[cells.ne(was_text.fillna(""))].index
    at: Any
    shown_less: list[int] = []
    for at in differing:
        base: Any = rows.at[at, "base"]
        shape: Any = rows.at[at, "shape_base"] if column == "label_class" else None
        text, before_it = str(cells[at]), was_text[at]
        try:
            mine = read_cell(column, text, before_it, words, order)
        except Refused as problem:
            found.problems.append(CellProblem(at, column, text.strip()[:60], problem.sentence, base.media_id))
            continue
        was = base_value(column, before_it)
        if not same_value(column, mine, was):
            shape_id = shape.shape_id if shape is not None else None
            found.edits.append(Edit(at, column, base.media_id, was, mine, shape_id))
        elif before_it and text and shows_less(column, text, before_it, order):
            shown_less.append(at)
    if shown_less:
        found.remarks.append(Remark(column, _taken_for_unchanged(shown_less)))


def _taken_for_unchanged(rows: Sequence[int]) -> str:
    sentence = (
        "Cells that show less than was in them, as spreadsheets round and shorten, were taken for unchanged:"
        f" {len(rows)}, the first in row {rows[0]}."
    )
    return sentence


def _refuse_new_shapes(found: Edits, rows: pd.DataFrame) -> None:
    """A label class where no shape is: nobody would know where to draw it."""
    without = rows[rows["shape_base"].isna() & rows["label_class"].str.strip().ne("")]
    for row, word, base in zip(without.index, without["label_class"], without["base"], strict=True):
        sentence = "There is no shape in this row. Shapes are drawn on the Review page."
        found.problems.append(CellProblem(row, "label_class", word[:60], sentence, base.media_id))


def _order(rows: pd.DataFrame) -> Order | None:
    at = EDITABLE.index("captured_at")
    moments = (base.cells[at] for base in rows["base"])
    before = (datetime.fromisoformat(moment) if moment else None for moment in moments)
    return find_order(zip(rows["captured_at"], before, strict=True))


def _compare_reasons(found: Edits, rows: pd.DataFrame, words: Words) -> None:
    """What was typed about each media's decision, and not what somebody else had said of it before."""
    knows = rows["base"].map(lambda base: base.knows_reason).astype(bool)
    known, older = rows[knows], rows[~knows]
    if not known.empty:
        _compare(found, known, REASON, [base.cells[-1] for base in known["base"]], words, None)
    older = older[older[REASON].str.strip().ne("")]
    for base, text in zip(older["base"], older[REASON], strict=True):
        found.comments.setdefault(base.media_id, (text if base.raw else undo_apostrophe(text)).strip())


def _settle_doubles(found: Edits) -> None:
    """A media that was changed in several rows: the same change counts once, two different ones are a problem."""
    first: dict[tuple[int, str, int | None], Edit] = {}
    for edit in sorted(found.edits, key=lambda edit: edit.row):
        known = first.setdefault(edit.place, edit)
        if not same_value(edit.column, known.mine, edit.mine):
            sentence = f"Row {known.row} is about the same media, and says something else."
            found.problems.append(CellProblem(edit.row, edit.column, "", sentence, edit.media_id))
    found.edits = list(first.values())


def _read_base(text: str) -> _Base | None:
    # Numbers stay as they were written: they are compared as text first.
    try:
        values = json.loads(text, parse_float=str, parse_int=str)
        raw, media_id, annotation_id, *cells = values
        if raw not in ("0", "1") or len(cells) not in (len(EDITABLE), len(KEPT)):
            return None
        if not all(cell is None or isinstance(cell, str) for cell in cells):
            return None
        for cell, column in zip(cells, KEPT, strict=False):
            if column == "captured_at" and cell and datetime.fromisoformat(cell).tzinfo is None:
                return None
            if column in RANGES and cell is not None and not math.isfinite(float(cell)):
                return None
        of_media, of_annotation = int(media_id), int(annotation_id) if annotation_id is not None else None
        if not (0 < of_media <= LARGEST_ID and 0 < (of_annotation or 1) <= LARGEST_ID):
            return None
        return _Base(raw == "1", of_media, of_annotation, tuple(cells))
    except (ValueError, TypeError, RecursionError):
        return None


def _read_shape_base(text: str) -> _ShapeBase | None:
    """How a shape was. None for what cannot be read."""
    try:
        shape_id, label_class = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return None
    known = type(shape_id) is int and 0 < shape_id <= LARGEST_ID and isinstance(label_class, str)
    return _ShapeBase(shape_id, label_class) if known else None


def _id(text: str) -> int | None:
    """A number that spreadsheets may write as 12.0."""
    text = text.strip().replace(",", ".")
    if not NUMBER.fullmatch(text):
        return None
    number = int(text) if text.isdigit() else float(text)
    return int(number) if 0 < number <= LARGEST_ID and number == int(number) else None
