"""Rows in every table, with a value in every column, whatever tables there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Engine,
    Enum,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    update,
)
from sqlalchemy import select as sql_select

from db.models import Annotation, Base, Media, Review
from db.types import UtcDateTime

ROWS = 3  # the middle one has a value only where it must
MOMENT = datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=UTC)
INSIDE = {"x_min": 0.1, "y_min": 1 / 3, "x_max": 0.1 + 0.2, "y_max": 1.0, "confidence": 2 / 3}


def fill_every_table(engine: Engine) -> None:
    """Add ROWS rows to each table; what circles back is pointed there at the end."""
    made: dict[str, list[dict[str, Any]]] = {}
    with engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            made[table.name] = [_a_row(table, number, made) for number in range(ROWS)]
            for row in made[table.name]:
                connection.execute(table.insert().values(row))
        connection.execute(
            update(Media)
            .where(Media.id == made["media"][0]["id"])
            .values(
                current_annotation_id=sql_select(Annotation.id).limit(1).scalar_subquery(),
                last_review_id=sql_select(Review.id).limit(1).scalar_subquery(),
            )
        )


def _a_row(table: Table, number: int, made: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return {column.name: _a_value(column, number, made) for column in table.columns}


def _a_value(column: Column[Any], number: int, made: dict[str, list[dict[str, Any]]]) -> Any:
    if column.nullable and number == 1:
        return None
    for key in column.foreign_keys:
        if key.use_alter:
            return None
        if key.column.table is column.table:
            return None if number == 0 else 1000
        return made[key.column.table.name][number][key.column.name]
    kind = column.type
    match kind:
        case Enum():
            return kind.enum_class(kind.enums[number % len(kind.enums)]) if kind.enum_class else None
        case Boolean():
            return number % 2 == 0
        case UtcDateTime():
            return MOMENT + timedelta(days=number)
        case JSON():
            return {"number": number, "é": [0.1 + 0.2, None, True, 'a\n"b"', {}]}
        case Float():
            return INSIDE.get(column.name, number + 1 / 3)
        case Integer():
            return 1000 + number
        case Text():
            return f"{number}: “naïve”\n\t'quoted', \"\\\" \u2028 🔥"
        case String():
            return f"{number}-é-{column.name}"[: kind.length]
    raise NotImplementedError(f"{column}: {kind!r}")


Rows = dict[str, list[dict[str, Any]]]


def rows_as_they_stand(engine: Engine) -> Rows:
    """What the database holds, told by itself and not by the models."""
    found = MetaData()
    with engine.connect() as connection:
        found.reflect(connection)
        return {
            name: sorted((dict(row) for row in connection.execute(sql_select(table)).mappings()), key=repr)
            for name, table in found.tables.items()
            if name != "alembic_version"
        }


def shared(rows: Rows, others: Rows) -> Rows:
    """The rows with those columns alone that the others have too."""
    kept = {}
    for name, found in rows.items():
        if name in others and found and others[name]:
            columns = [column for column in found[0] if column in others[name][0]]
            kept[name] = sorted(({column: row[column] for column in columns} for row in found), key=repr)
    return kept
