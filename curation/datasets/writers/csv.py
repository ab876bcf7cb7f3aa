"""CSV: the lines of the quick export, made of items, so that a release gives them too; then the split and tombstones.

The columns are those of `curation.csv_columns`, written as PostgreSQL writes them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from curation.csv_columns import APOSTROPHE, FORMULA_STARTS, choose_columns, column_names
from curation.datasets.items import DatasetAnswer, DatasetItem, DatasetShape, finite
from curation.datasets.pictures import picture_name
from curation.datasets.receipt import Reason, ReceiptBook
from curation.datasets.writers.walking import has_pixels, manifest_members, told
from curation.datasets.writers.writer import Member, in_chunks
from curation.exports import UTF8_BOM, Per

if TYPE_CHECKING:
    from curation.datasets.options import ExportOptions
    from curation.datasets.source import Dataset

# Behind the chosen columns, always: which part of the split a media is in, and why one is in the dataset no more.
OURS = ("split", "removed")
_LINES_AT_ONCE = 250
_CORNERS = frozenset({"x_min", "y_min", "x_max", "y_max"})
_ESCAPED = frozenset(chr(start) for start in (*FORMULA_STARTS, APOSTROPHE))

OfItem = Callable[[DatasetItem, bool], Any]
OfShape = Callable[[DatasetShape, bool], Any]


@dataclass(frozen=True)
class CsvWriter:
    """A line per media, or per shape of its answer; a media without shapes has one line."""

    options: ExportOptions

    @property
    def single(self) -> bool:
        return not has_pixels(self.options)

    def members(self, dataset: Dataset, receipt: ReceiptBook) -> Iterator[Member]:
        words, shapes = dataset.vocabulary, self._has_boxes
        if self.single:
            items = told(self, dataset.items(), receipt, shapes=shapes)
        else:
            yield from manifest_members(self, self.options, words, dataset.items(), receipt, shapes=shapes)
            items = dataset.items()
        lines = self._lines(self._reduced(items, receipt))
        yield Member("media.csv", in_chunks(lines, at_once=self.single))

    def left_out(self, item: DatasetItem) -> Reason | None:
        return None

    def picture_name(self, item: DatasetItem) -> str | None:
        return picture_name(item)

    @property
    def _has_boxes(self) -> bool:
        chosen = self.options.columns
        return self.options.per == Per.SHAPE and (chosen is None or _CORNERS.issubset(chosen))

    def _reduced(self, items: Iterable[DatasetItem], receipt: ReceiptBook) -> Iterator[DatasetItem]:
        """The same items; the receipt is told what the table has no columns for."""
        per_shape, chosen = self.options.per == Per.SHAPE, self.options.columns
        missing = [name for name in column_names(per_shape=per_shape) if chosen and name not in chosen]
        of_item = [_OF_ITEM[name] for name in missing if name in _OF_ITEM]
        of_shape = [_OF_SHAPE[name] for name in missing if name in _OF_SHAPE]
        for item in items:
            yield item
            if item.removed is not None:
                continue
            shapes = item.answer.shapes if item.answer is not None else ()
            if shapes and not self._has_boxes:
                receipt.reduced(item, Reason.SHAPES)
            if item.answer is not None and item.answer.comment:
                receipt.reduced(item, Reason.COMMENT)
            if item.captured_at_assumed and item.captured_at is not None:
                receipt.reduced(item, Reason.ASSUMED_TIME)
            if any(cell(item, True) is not None for cell in of_item) or any(
                cell(shape, True) is not None for shape in shapes for cell in of_shape
            ):
                receipt.reduced(item, Reason.COLUMNS)

    def _lines(self, items: Iterable[DatasetItem]) -> Iterator[bytes]:
        per_shape = self.options.per == Per.SHAPE
        chosen = choose_columns(self.options.columns, per_shape=per_shape)
        names = [column.name for column in chosen]
        yield UTF8_BOM + ",".join((*names, *OURS)).encode() + b"\n"
        # Those of the media are the same on each line of its shapes.
        cells = [(_OF_ITEM.get(name), _OF_SHAPE.get(name)) for name in names]
        rows = (row for item in items for row in _rows(item, cells, self.options.raw, per_shape=per_shape))
        yield from written_lines(rows)


def _rows(
    item: DatasetItem, cells: list[tuple[OfItem | None, OfShape | None]], raw: bool, *, per_shape: bool
) -> Iterator[list[Any]]:
    known = [of_item(item, raw) if of_item else None for of_item, _ in cells]
    ours = [item.split, item.removed]
    shapes = item.answer.shapes if item.answer is not None and per_shape else ()
    if not shapes:
        yield known + ours
    for shape in shapes:
        yield [
            of_shape(shape, raw) if of_shape else cell
            for cell, (_, of_shape) in zip(known, cells, strict=True)
        ] + ours


def written_lines(rows: Iterable[list[Any]]) -> Iterator[bytes]:
    r"""Rows as lines that end in \n; cells that hold any line end are quoted."""
    file = io.StringIO(newline="")
    writer = csv.writer(_Lines(file), lineterminator="\r\n")
    for number, row in enumerate(rows, 1):
        writer.writerow(row)
        if number % _LINES_AT_ONCE == 0:
            yield _taken(file)
    yield _taken(file)


class _Lines:
    r"""Takes whole lines of the writer, which quotes `\r` and `\n` alike because its own lines end in both."""

    def __init__(self, file: io.StringIO) -> None:
        self._file = file

    def write(self, line: str) -> None:
        self._file.write(line[:-2] + "\n")


def _taken(file: io.StringIO) -> bytes:
    lines = file.getvalue().encode()
    file.seek(0)
    file.truncate()
    return lines


def safe_text(text: str | None, raw: bool) -> str | None:
    """Text from people, harmless to spreadsheets unless `raw`: as `curation.csv_columns.text_cell`."""
    if not text:
        return None
    return text if raw or text[0] not in _ESCAPED else f"'{text}"


def shortest(number: float | None) -> float | None:
    """A number that prints as both databases print it: 45, not 45.0."""
    number = finite(number)
    return int(number) if number is not None and number == int(number) else number


def moment(value: datetime | None) -> str | None:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if value is not None else None


def _as_is(name: str) -> Callable[[Any, bool], Any]:
    get = attrgetter(name)
    return lambda of, raw: get(of)


def _text(name: str) -> Callable[[Any, bool], Any]:
    get = attrgetter(name)
    return lambda of, raw: safe_text(get(of), raw)


def _number(name: str) -> Callable[[Any, bool], Any]:
    get = attrgetter(name)
    return lambda of, raw: shortest(get(of))


def _moment(name: str) -> Callable[[Any, bool], Any]:
    get = attrgetter(name)
    return lambda of, raw: moment(get(of))


def _answered(cell: Callable[[DatasetAnswer, bool], Any]) -> OfItem:
    return lambda item, raw: cell(item.answer, raw) if item.answer is not None else None


def _polygon(shape: DatasetShape, raw: bool) -> str | None:
    return json.dumps(shape.points) if shape.points is not None else None


_OF_ITEM: dict[str, OfItem] = {
    "media_id": _as_is("media_id"),
    "file_name": _text("file_name"),
    "type": lambda item, raw: item.type.value,
    "content_type": _as_is("content_type"),
    "size": _as_is("size"),
    "width": _as_is("width"),
    "height": _as_is("height"),
    "duration": _number("duration"),
    "frame_rate": _number("frame_rate"),
    "codec": _as_is("codec"),
    "sha256": _as_is("sha256"),
    "bucket_key": _text("bucket_key"),
    "source": _text("source"),
    "azimuth": _number("azimuth"),
    "sequence": _text("sequence"),
    "captured_at": _moment("captured_at"),
    "uploaded_at": _moment("uploaded_at"),
    "uploader": _text("uploader"),
    "lat": _number("lat"),
    "lon": _number("lon"),
    "score": _number("score"),
    "tags": lambda item, raw: safe_text(";".join(item.tags), raw),
    "extracted_from": _as_is("extracted_from"),
    "extracted_at": _number("extracted_at"),
    "state": lambda item, raw: item.state.value,
    "last_decision": _as_is("decision"),
    "decided_by": _text("reviewer"),
    "decided_at": _moment("decided_at"),
    "decision_comment": _text("review_comment"),
    "annotation_id": _answered(_as_is("id")),
    "annotation_number": _answered(_as_is("number")),
    "annotator": _answered(_text("author")),
    "shape_count": _answered(lambda answer, raw: len(answer.shapes) if answer.readable else None),
    "label_classes": _answered(lambda answer, raw: safe_text(";".join(answer.label_classes), raw)),
    "replies": _answered(
        lambda answer, raw: safe_text(
            ";".join(f"{key}:{'yes' if yes else 'no'}" for key, yes in answer.replies), raw
        )
    ),
}
_OF_SHAPE: dict[str, OfShape] = {
    "shape_id": _as_is("id"),
    "label_class": _text("label_class"),
    "x_min": _number("x_min"),
    "y_min": _number("y_min"),
    "x_max": _number("x_max"),
    "y_max": _number("y_max"),
    "polygon": _polygon,
    "origin": lambda shape, raw: shape.origin.value,
    "confidence": _number("confidence"),
    "model": _text("model"),
}
