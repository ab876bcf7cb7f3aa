"""Tables: our own CSV, and the ones that other tools write, a line per shape; whatever the separator and the code page.

Lines of one picture may stand anywhere: they wait on the disk until all are read, when it is also known whether
their corners are pixels or fractions.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, TextIO

from curation.csv_columns import APOSTROPHE, FORMULA_STARTS
from curation.errors import InvalidShape, Refused
from curation.formats.reading import number
from curation.imports.found import Files, FoundAnswer, FoundMedia
from curation.imports.readers import lines
from curation.imports.readers.columns import SEPARATORS, Columns, find_columns, said_separator
from curation.imports.readers.drawn import Drawn, likelihood
from curation.imports.readers.measuring import NO_SIZE, said_size, size_of
from curation.imports.readers.names import Pictures, clean_path
from curation.imports.readers.own_dates import COLUMN as CAPTURED_AT
from curation.imports.readers.own_pictures import find_own
from curation.imports.readers.reading import LARGEST_ROW, LONGEST_WORD, Reading
from curation.imports.readers.shelf import Shelf
from curation.imports.readers.signs import UNREADABLE_SIGN, writable

_ESCAPED = frozenset((*map(chr, FORMULA_STARTS), chr(APOSTROPHE)))

NO_COLUMNS = (
    "No column of this table names a picture, as file_name, image or path would: nothing of it was read."
)
BROKEN = "This table breaks off: a line of it cannot be read."
TOO_LARGE = "A line of this table is too long: it was read to there."
NO_NAME = "A line names no picture and was left out."
BROKEN_CORNERS = "A line has corners that are no numbers: its shape was left out."
LEFT_TOP_SIZE = "A column of four numbers was read as left, top, width and height of a box, as COCO has them."
CORNERS = "A column of four numbers was read as left, top, right and low edge of a box."
OUTLINE = "A column of outlines was passed over: the boxes beside it were read."
ROWS_MISSING = (
    "The table has another number of rows for a media than it counts shapes: those that are there were read."
)
NO_SHAPES = "The table counts shapes and does not hold them: this answer needs a line per shape."
# What our columns are called in everything else of ours.
_RENAMED = {
    "last_decision": "decision",
    "decided_by": "reviewer",
    "decision_comment": "review_comment",
}
_NUMBERS = ("azimuth", "lat", "lon", "score", "duration", "extracted_at")
_NOT_DETAILS = {
    *(
        "media_id",
        "sha256",
        "width",
        "height",
        "state",
        "replies",
        "label_classes",
        "shape_count",
        "shape_id",
    ),
    *("label_class", "x_min", "y_min", "x_max", "y_max", "polygon", "origin", "confidence", "model"),
    *("annotation_id", "annotation_number", "annotator", "removed", "split", "base"),
}


def read(files: Files, chosen: Sequence[str]) -> Reading:
    """The media of these tables."""
    reading = Reading()
    reading.media = _media(files, chosen, reading)
    return reading


def _media(files: Files, chosen: Sequence[str], reading: Reading) -> Iterator[FoundMedia]:
    pictures = Pictures(files.names())
    for name in chosen:
        with closing(Shelf()) as shelf:
            columns = _put_aside(files, name, shelf, reading)
            for key in shelf.each_key() if columns else ():
                assert columns is not None
                try:
                    rows = shelf.take(key)
                except Refused as error:
                    reading.remark(f"{name}:{key}", error.sentence, fatal=True)
                    continue
                if columns.ours:
                    yield _our_media(files, rows, name, columns, pictures, reading)
                else:
                    yield _their_media(files, rows, name, columns, pictures, reading)


def _put_aside(files: Files, name: str, shelf: Shelf, reading: Reading) -> Columns | None:
    with files.open(name) as file:
        start = file.read(2**16)
    columns = None
    with files.open(name) as file, closing(io.TextIOWrapper(file, _encoding(start), newline="")) as text:
        try:
            head, before = text.readline(2**16), 1
            separator = said_separator(head)
            if separator is not None:
                head, before = text.readline(2**16), 2
            separator = separator or max(SEPARATORS, key=head.count)
            first = next(csv.reader([writable(head)], delimiter=separator), [])
            columns = find_columns(first)
            if columns is None:
                reading.remark(name, NO_COLUMNS, fatal=True)
                return None
            if columns.not_understood:
                _refuse(name, ", ".join(columns.not_understood), reading)
                return None
            if columns.place in (("bbox",), ("bbox_corners",)):
                reading.remark(name, LEFT_TOP_SIZE if columns.place == ("bbox",) else CORNERS)
            columns.decimal_comma = separator != ","
            if columns.headless:
                _put_row(shelf, name, before, first, columns, reading)
            for place, row in enumerate(_rows(text, separator), before + 1):
                if (called := columns.place_in(row)) is not None:
                    _refuse(name, called, reading)
                    return None
                if any(cell.strip() for cell in row):
                    _put_row(shelf, name, place, row, columns, reading)
        except (csv.Error, UnicodeError):
            reading.remark(name, BROKEN, fatal=True)
        except Refused as error:
            reading.remark(name, error.sentence, fatal=True)
    return columns


def _refuse(name: str, columns: str, reading: Reading) -> None:
    reading.remark(
        name,
        f"Where shapes are is written in columns that are not understood here ({columns[:200]}): nothing of this "
        "table was read.",
        fatal=True,
    )


def _rows(text: TextIO, separator: str) -> Iterator[list[str]]:
    """The rows of a table, of which none fills memory: neither by one long line nor by many. Raises Refused."""
    taken = 0

    def lines_of_row() -> Iterator[str]:
        nonlocal taken
        while line := text.readline(LARGEST_ROW + 1):
            taken += len(line)
            if taken > LARGEST_ROW:
                raise Refused(TOO_LARGE)
            yield line.replace("\0", UNREADABLE_SIGN)

    for row in csv.reader(lines_of_row(), delimiter=separator):
        yield row
        taken = 0


def _encoding(start: bytes) -> str:
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8-sig")().decode(start)
    except UnicodeDecodeError:
        return "cp1252"  # what spreadsheets of western Europe write
    return "utf-8-sig"


def _put_row(shelf: Shelf, name: str, place: int, row: list[str], columns: Columns, reading: Reading) -> None:
    written = {column: cell for column, cell in zip(columns.names, row, strict=False) if column}
    cells = {column: cell.strip() for column, cell in written.items()}
    if columns.ours:
        if "file_name" in written:
            # The one text here that may begin or end with blanks other than the plain one.
            cells["file_name"] = written["file_name"].strip(" ")
        cells = {column: _unescaped(cell) for column, cell in cells.items()}
        key = cells.get("media_id") or cells.get("sha256") or cells.get("file_name")
        if cells.get("removed"):
            return
    else:
        key = clean_path(cells.get("file"))
    if not key:
        reading.remark(f"{name}:{place}", NO_NAME, fatal=True)
        return
    columns.look_at(cells)
    if columns.ours:
        columns.dates.look_at(cells)
    shelf.put(key, {**cells, "line": f"{name}:{place}"})


def _unescaped(cell: str) -> str:
    """The text before an apostrophe made it harmless to spreadsheets."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in _ESCAPED else cell


# --- ours -----------------------------------------------------------------------------------------


def _our_media(
    files: Files,
    rows: list[dict[str, str]],
    file: str,
    columns: Columns,
    pictures: Pictures,
    reading: Reading,
) -> FoundMedia:
    first = rows[0]
    said = clean_path(first.get("file_name")) or first.get("sha256") or first["line"]
    size = said_size(first.get("width"), first.get("height"))
    drawn = Drawn(size)
    answer = _our_answer(rows, drawn, reading)
    document: dict[str, Any] = {
        _RENAMED.get(column, column): _detail(column, cell)
        for column, cell in first.items()
        if cell and column not in _NOT_DETAILS and column != "line"
    }
    document.pop(CAPTURED_AT, None)
    if (captured_at := columns.dates.read(first, drawn)) is not None:
        document[CAPTURED_AT] = captured_at
    document |= {"sha256": first.get("sha256"), "state": first.get("state")}
    document["media_id"] = _whole(first.get("media_id"))
    name, why = find_own(files, pictures, {**document, "split": first.get("split")}, said, file)
    return lines.found_from(document, name, first["line"], size, answer, drawn, unclear=why)


def _our_answer(rows: list[dict[str, str]], drawn: Drawn, reading: Reading) -> FoundAnswer | None:
    first = rows[0]
    # Empty where nobody has answered.
    if not first.get("shape_count"):
        return None
    for row in rows:
        if row.get("x_min"):
            _draw_ours(drawn, row, reading)
    drawn_here = sum(bool(row.get("x_min")) for row in rows)
    if first["shape_count"] not in ("0", "0.0") and not drawn_here:
        drawn.leave_out(first["line"], NO_SHAPES)
        return None
    if _whole(first["shape_count"]) != drawn_here:
        drawn.remark(first["line"], ROWS_MISSING)
    words = [word for word in first.get("label_classes", "").split(";") if word]
    for word in words:
        reading.name_class(word)
    said = [reply.partition(":") for reply in first.get("replies", "").split(";") if reply]
    replies = {key: yes == "yes" for key, _, yes in said if yes in ("yes", "no")}
    return lines.answer_from({"label_classes": words, "replies": replies}, drawn, first["line"])


def _draw_ours(drawn: Drawn, row: dict[str, str], reading: Reading) -> None:
    where, word = row["line"], row.get("label_class") or ""
    if word:
        reading.name_class(word)
    known = {
        "confidence": likelihood(row["confidence"]) if row.get("confidence") else None,
        "origin": row.get("origin") or None,
        "model": row.get("model") or None,
    }
    try:
        if row.get("polygon"):
            points = [(number(x, "polygon"), number(y, "polygon")) for x, y in json.loads(row["polygon"])]
            drawn.polygon(where, word, points, **known)
            return
        x_min, y_min, x_max, y_max = (
            number(row.get(column, "").replace(",", "."), column)
            for column in ("x_min", "y_min", "x_max", "y_max")
        )
    except (InvalidShape, ValueError, TypeError, RecursionError):
        drawn.leave_out(where, BROKEN_CORNERS)
        return
    drawn.box(where, word, (x_min, y_min, x_max, y_max), **known)


def _detail(column: str, cell: str) -> Any:
    if column == "tags":
        return cell.split(";")
    if column in _NUMBERS:
        try:
            return number(cell.replace(",", "."), column)
        except InvalidShape:
            return cell
    return cell


def _whole(cell: str | None) -> int | None:
    """A whole number, also where a spreadsheet has written `12.0`."""
    text = (cell or "").removesuffix(".0").removesuffix(",0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


# --- theirs ---------------------------------------------------------------------------------------


def _their_media(
    files: Files,
    rows: list[dict[str, str]],
    file: str,
    columns: Columns,
    pictures: Pictures,
    reading: Reading,
) -> FoundMedia:
    said = clean_path(rows[0]["file"]) or rows[0]["line"]
    name = pictures.find(said, file) or said
    size = said_size(rows[0].get("width"), rows[0].get("height"))
    if size is None and columns.pixels:
        size = size_of(files, name)
    drawn = Drawn(size)
    for row in rows:
        word = row.get("class", "")[:LONGEST_WORD]
        if word:
            reading.name_class(word)
        _draw_theirs(drawn, row, word, columns, size)
    return FoundMedia(name, size=size, answer=drawn.answer(), remarks=tuple(drawn.remarks))


def _draw_theirs(
    drawn: Drawn, row: Mapping[str, str], word: str, columns: Columns, size: tuple[int, int] | None
) -> None:
    if row.get("outline"):
        drawn.remark(row["line"], OUTLINE)
    try:
        corners = columns.corners(row)
    except InvalidShape:
        drawn.leave_out(row["line"], BROKEN_CORNERS)
        return
    if corners is None:
        if word:
            drawn.label_class(word)
        return
    across, down = size or (1, 1)
    if columns.pixels and size is None:
        drawn.leave_out(row["line"], NO_SIZE)
        return
    if columns.pixels:
        corners = [corners[0] / across, corners[1] / down, corners[2] / across, corners[3] / down]
    confidence = likelihood(row["confidence"]) if row.get("confidence") else None
    drawn.box(row["line"], word, corners, confidence=confidence)
