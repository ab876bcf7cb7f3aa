"""A table as it comes back from a spreadsheet: whatever that has made of its encoding, delimiter and line ends."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field

import pandas as pd

from curation.csv_columns import EDITABLE, column_names
from curation.errors import Refused, TooLarge
from curation.imports.found import Remark

LARGEST_TABLE = 64 * 2**20
MOST_ROWS = 100_000
DELIMITERS = (",", ";", "\t", "|")
KEYS = ("media_id", "base", "shape_base", "shape_id")
# Read to be compared, or as the reason for a changed state; all others are left alone.
LOOKED_AT = (*EDITABLE, "label_class", "decision_comment")
KNOWN = frozenset((*column_names(per_shape=True), *KEYS))
HOW = "Export it as a table to be edited, and save it as CSV."
OLD_CODE_PAGE = "It is not in UTF-8, so it was read as Windows-1252: look at accents in the changes."
NOT_OURS = "These are not columns of ours, and were not looked at."
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_TOO_MANY = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")


@dataclass(frozen=True)
class Table:
    """The cells as text, a row each under its number in the spreadsheet, where the header is row 1."""

    cells: pd.DataFrame
    looked_at: tuple[str, ...]
    left_alone: tuple[str, ...]
    encoding: str
    delimiter: str
    remarks: tuple[Remark, ...] = field(default=())

    @property
    def rows(self) -> int:
        return len(self.cells)


def read_table(content: bytes) -> Table:
    """The table of a CSV file. Raises Refused for what is none of ours, TooLarge."""
    if len(content) > LARGEST_TABLE:
        raise TooLarge(f"A table has at most {LARGEST_TABLE // 2**20} MiB.")
    text, encoding, remarks = _decoded(content)
    skipped = _SEPARATOR_LINE.match(text)
    if skipped:
        text = text[skipped.end() :]
    header, delimiter = _header(text, skipped.group(1) if skipped else None)
    wanted = [name for name in header if name in LOOKED_AT or name in KEYS]
    cells = _cells(text, header, delimiter, wanted)
    cells.index = pd.Index(range(2 + bool(skipped), len(cells) + 2 + bool(skipped)))
    cells = cells[(cells != "").any(axis=1)]
    if len(cells) > MOST_ROWS:
        raise TooLarge(
            f"A table has at most {MOST_ROWS:,} rows. Send it in parts, or without the rows that you left as they were."
        )
    unknown = [name for name in header if name and name not in KNOWN]
    if unknown:
        remarks.append(Remark(", ".join(_shown(name) for name in unknown[:5]), NOT_OURS))
    return Table(
        cells=cells,
        looked_at=tuple(name for name in header if name in LOOKED_AT),
        left_alone=tuple(name for name in header if name in KNOWN and name not in (*LOOKED_AT, *KEYS)),
        encoding=encoding,
        delimiter=delimiter,
        remarks=tuple(remarks),
    )


def _decoded(content: bytes) -> tuple[str, str, list[Remark]]:
    """The text, what it was encoded in, and what is to be said about that."""
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Refused("This is a workbook of a spreadsheet. Save it as CSV, and drop that.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16"), "utf-16", []
        except UnicodeDecodeError:
            raise Refused(f"This file is no text. {HOW}") from None
    try:
        text, encoding, remarks = content.decode("utf-8-sig"), "utf-8", []
    except UnicodeDecodeError:
        try:
            text, encoding = content.decode("cp1252"), "windows-1252"
        except UnicodeDecodeError:
            raise Refused(f"This file is no text. {HOW}") from None
        remarks = [Remark("file", OLD_CODE_PAGE)]
    if "\x00" in text:
        raise Refused(f"This file is no text. {HOW}")
    return text, encoding, remarks


def _header(text: str, said: str | None) -> tuple[list[str], str]:
    """The names of the columns and what stands between cells: what gives the most columns that we know."""
    best: tuple[int, list[str], str] = (0, [], ",")
    for delimiter in (said,) if said else DELIMITERS:
        try:
            row = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        except (csv.Error, TypeError):
            continue
        names = [cell.strip().strip("'").lower() for cell in row]
        known = sum(name in KNOWN for name in names)
        if known > best[0]:
            best = (known, names, delimiter)
    _, header, delimiter = best
    for name in ("media_id", "base"):
        if name not in header:
            raise Refused(f"This table has no column {name}, so nothing tells what was changed in it. {HOW}")
    twice = sorted({name for name in header if name and header.count(name) > 1 and name in KNOWN})
    if twice:
        raise Refused(f"The column {twice[0]} is there twice. Take one of them away.")
    if "label_class" in header and "shape_base" not in header:
        raise Refused(f"This table has no column shape_base, so nothing tells what was changed in it. {HOW}")
    return header, delimiter


def _cells(text: str, header: list[str], delimiter: str, wanted: list[str]) -> pd.DataFrame:
    """The cells of these columns as they stand in the file."""
    # Columns without a name, as spreadsheets add them at the right, need one of their own here.
    names = [name if name in wanted else f"{number}|{name}" for number, name in enumerate(header)]
    try:
        return pd.read_csv(
            io.StringIO(text),
            sep=delimiter,
            header=0,
            names=names,
            usecols=wanted,
            dtype=str,
            keep_default_na=False,
            na_filter=False,
            skip_blank_lines=False,
            index_col=False,
            engine="c",
        )
    except pd.errors.ParserError as problem:
        if found := _TOO_MANY.search(str(problem)):
            expected, line, seen = (int(number) for number in found.groups())
            raise Refused(f"Line {line} has {seen} cells, and the header {expected}.") from None
        raise Refused(f"This file cannot be read as a table: a quotation mark is not closed. {HOW}") from None
    except pd.errors.EmptyDataError:
        raise Refused(f"This file is empty. {HOW}") from None


def _shown(name: str) -> str:
    return "".join(character for character in name[:40] if character.isprintable())
