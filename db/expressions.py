"""SQL that reads the same on both databases where their functions differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, Boolean, ColumnElement, Float, Integer, String, any_, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class first_code(FunctionElement[int]):
    """The code point of a text's first character; of an empty text 0 or NULL."""

    type = Integer()
    inherit_cache = True


class iso_utc(FunctionElement[str]):
    """A moment as ISO 8601 in UTC, always with six decimals: a column of them has one format."""

    type = String()
    inherit_cache = True


class shortest_number(FunctionElement[float]):
    """A number that prints with the fewest digits that read back to it: 0.1, 45, 1e-05."""

    type = Float()
    inherit_cache = True


class json_list(FunctionElement[str]):
    """Values as one JSON array, in text."""

    type = String()
    inherit_cache = True


class in_byte_order(FunctionElement[str]):
    """A text to order by, the same whatever the database's language."""

    type = String()
    inherit_cache = True


class found_in(FunctionElement[bool]):
    """A condition said twice: that a row is in a list (SQLite), and that there is one for it (PostgreSQL).

    SQLite begins with the list where that is short, and looks into it for each row otherwise. PostgreSQL, where it is
    to walk row by row (`db.streaming.be_patient`), or the condition is one of several, would go through the whole list
    for each row; asked whether there is one, it looks along an index, or remembers them all.
    """

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> found_in:
        return self  # not as `... = 1`, of which SQLite would look along no index


def _inner(element: FunctionElement[Any], compiler: SQLCompiler, **given: Any) -> str:
    return compiler.process(element.clauses.clauses[0], **given)


@compiles(first_code, "postgresql")
def _first_code_postgresql(element: first_code, compiler: SQLCompiler, **given: Any) -> str:
    return f"ascii({_inner(element, compiler, **given)})"


@compiles(first_code, "sqlite")
def _first_code_sqlite(element: first_code, compiler: SQLCompiler, **given: Any) -> str:
    return f"unicode({_inner(element, compiler, **given)})"


@compiles(iso_utc, "postgresql")
def _iso_utc_postgresql(element: iso_utc, compiler: SQLCompiler, **given: Any) -> str:
    moment = _inner(element, compiler, **given)
    return f"""to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


@compiles(iso_utc, "sqlite")
def _iso_utc_sqlite(element: iso_utc, compiler: SQLCompiler, **given: Any) -> str:
    # Stored as text in UTC with six decimals and a space (db.types.UtcDateTime).
    return f"replace({_inner(element, compiler, **given)}, ' ', 'T') || 'Z'"


@compiles(shortest_number, "postgresql")
def _shortest_number_postgresql(element: shortest_number, compiler: SQLCompiler, **given: Any) -> str:
    return _inner(element, compiler, **given)


@compiles(shortest_number, "sqlite")
def _shortest_number_sqlite(element: shortest_number, compiler: SQLCompiler, **given: Any) -> str:
    # Whole numbers become integers here: Python would write them as 45.0, PostgreSQL writes 45.
    number = _inner(element, compiler, **given)
    return f"CASE WHEN {number} = CAST({number} AS INTEGER) THEN CAST({number} AS INTEGER) ELSE {number} END"


@compiles(json_list, "postgresql")
def _json_list_postgresql(element: json_list, compiler: SQLCompiler, **given: Any) -> str:
    return f"CAST(json_build_array({compiler.process(element.clauses, **given)}) AS text)"


@compiles(json_list, "sqlite")
def _json_list_sqlite(element: json_list, compiler: SQLCompiler, **given: Any) -> str:
    return f"json_array({compiler.process(element.clauses, **given)})"


@compiles(in_byte_order, "postgresql")
def _in_byte_order_postgresql(element: in_byte_order, compiler: SQLCompiler, **given: Any) -> str:
    return f'{_inner(element, compiler, **given)} COLLATE "C"'


@compiles(in_byte_order, "sqlite")
def _in_byte_order_sqlite(element: in_byte_order, compiler: SQLCompiler, **given: Any) -> str:
    return f"{_inner(element, compiler, **given)} COLLATE BINARY"


@compiles(found_in, "sqlite")
def _found_in_sqlite(element: found_in, compiler: SQLCompiler, **given: Any) -> str:
    return f"({_inner(element, compiler, **given)})"


@compiles(found_in, "postgresql")
def _found_in_postgresql(element: found_in, compiler: SQLCompiler, **given: Any) -> str:
    return f"({compiler.process(element.clauses.clauses[1], **given)})"


def among(session: Session, column: InstrumentedAttribute[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """`column.in_(values)` for hundreds of values, each of which driver and database would take apart otherwise."""
    if session.get_bind().dialect.name != "postgresql":
        return column.in_(values)
    return column == any_(literal(values, ARRAY(column.type)))
