"""The tables of a pyro-storage installation, read as they are: three of them, in small parts, never written to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, DateTime, Engine, Integer, MetaData, String, Table, Text, cast, func, select

ROWS_AT_ONCE = 500

_metadata = MetaData()
_ACCESSES = Table(
    "accesses",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String),
    Column("hashed_password", String),
    Column("scope", String),
)
_MEDIA = Table(
    "media",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("type", String),
    Column("bucket_key", String),
    Column("created_at", DateTime),
)
_ANNOTATIONS = Table(
    "annotations",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("media_id", Integer),
    Column("bucket_key", String),
    Column("created_at", DateTime),
)


@dataclass(frozen=True)
class TheirAccess:
    """An account of pyro-storage; `scope` is `user` or `admin`."""

    id: int
    login: str
    hashed_password: str
    scope: str


@dataclass(frozen=True)
class TheirMedia:
    """A media of pyro-storage; without a key its content never came. Times have no zone there: they are UTC."""

    id: int
    type: str
    bucket_key: str | None
    created_at: datetime | None


@dataclass(frozen=True)
class TheirAnnotation:
    """An annotation of pyro-storage: one file about one media, as long as it has a key."""

    id: int
    media_id: int | None
    bucket_key: str | None
    created_at: datetime | None


@dataclass(frozen=True)
class TheirCounts:
    """How many rows there are."""

    accesses: int
    media: int
    annotations: int


def count_theirs(engine: Engine) -> TheirCounts:
    """Count the rows of all three tables; fails with the database's own error where one is missing."""
    with engine.connect() as connection:
        accesses, media, annotations = (
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (_ACCESSES, _MEDIA, _ANNOTATIONS)
        )
    return TheirCounts(accesses, media, annotations)


def read_accesses(engine: Engine) -> Iterator[list[TheirAccess]]:
    """All accesses by id, in small parts."""
    columns = (
        _ACCESSES.c.id,
        _ACCESSES.c.login,
        _ACCESSES.c.hashed_password,
        cast(_ACCESSES.c.scope, Text),
    )
    for rows in _parts(engine, _ACCESSES, columns):
        yield [TheirAccess(*row) for row in rows]


def read_media(engine: Engine) -> Iterator[list[TheirMedia]]:
    """All media by id, in small parts."""
    columns = (_MEDIA.c.id, cast(_MEDIA.c.type, Text), _MEDIA.c.bucket_key, _MEDIA.c.created_at)
    for rows in _parts(engine, _MEDIA, columns):
        yield [TheirMedia(id, type or "image", key, _in_utc(at)) for id, type, key, at in rows]


def read_annotations(engine: Engine) -> Iterator[list[TheirAnnotation]]:
    """All annotations by id, in small parts."""
    columns = tuple(_ANNOTATIONS.c[name] for name in ("id", "media_id", "bucket_key", "created_at"))
    for rows in _parts(engine, _ANNOTATIONS, columns):
        yield [TheirAnnotation(id, media_id, key, _in_utc(at)) for id, media_id, key, at in rows]


def _parts(engine: Engine, table: Table, columns: tuple[Any, ...]) -> Iterator[list[tuple[Any, ...]]]:
    """Rows behind the last one seen: no cursor, and no transaction of theirs, is held while files are carried."""
    last = 0
    while True:
        part = select(*columns).where(table.c.id > last).order_by(table.c.id).limit(ROWS_AT_ONCE)
        with engine.connect() as connection:
            rows = [tuple(row) for row in connection.execute(part)]
        if not rows:
            return
        last = rows[-1][0]
        yield rows


def _in_utc(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)
