"""Types around the database: columns that mean the same on SQLite and PostgreSQL, and what is handed around."""

from __future__ import annotations

import enum
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import BigInteger, CompoundSelect, DateTime, Dialect, Enum, Integer, Row, Select
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator


class Sessions(Protocol):
    """`db.session.open_session`, or one like it: for work that must not hold one transaction throughout."""

    def __call__(self, *, read_only: bool = ...) -> AbstractContextManager[Session]: ...


# For questions and answers whose columns are told apart where they are used.
AnySelect = Select[*tuple[Any, ...]]
AnyCompound = CompoundSelect[*tuple[Any, ...]]
AnyRow = Row[*tuple[Any, ...]]

# SQLite gives its automatic row ids to INTEGER PRIMARY KEY only, which is 64 bits wide there anyway.
BigId = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. Refuses times without a zone; SQLite keeps it as text without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def words(kind: type[enum.StrEnum], name: str) -> Enum:
    """An enum stored by its lower-case value, with a CHECK (called after its column) on every value."""
    return Enum(
        kind,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=20,
        name=name,
    )
