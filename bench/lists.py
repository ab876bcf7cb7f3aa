"""Rows 1 to 3: a page of a list, filtered and sorted, at any depth, at a million and at five; and how many match."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, tuple_

from bench.figures import Figure, at_most
from bench.ground import Ground
from bench.timing import race
from curation.accesses import find_access
from curation.browse import PAGE_SIZE, conditions, count_matches, list_page, sections_of
from curation.media_filter import MediaFilter
from curation.media_view import media_rows
from curation.paging import Cursor
from db.session import open_session

WANTED = MediaFilter.from_query({"state": "accepted", "sort": "-captured"})
# What a careful person writes by hand for the same page.
RAW = """SELECT media.id, media.type, media.state, media.file_name, blobs.width, blobs.height, sources.name,
    media.azimuth, media.captured_at, media.captured_at_assumed, media.sequence, media.lat, media.lon,
    media.score, accesses.login, media.created_at, media.current_annotation_id
FROM media LEFT JOIN blobs ON blobs.id = media.blob_id LEFT JOIN sources ON sources.id = media.source_id
JOIN accesses ON accesses.id = media.uploaded_by_id
WHERE media.state = %s AND (media.captured_at, media.id) < (%s, %s)
ORDER BY media.captured_at DESC, media.id DESC LIMIT %s"""
NEAR_THE_END = """SELECT captured_at, id FROM media WHERE state = 'accepted' AND captured_at IS NOT NULL
ORDER BY captured_at {way}, id {way} LIMIT 1 OFFSET %s"""


def measure(ground: Ground) -> Iterator[Figure]:
    rounds = 200 if ground.quick else 500
    number = ground.million
    url = ground.database(number)
    pages = Pages(ground, url)
    first = race(rounds, ours=pages.first, core=pages.core, raw=pages.raw)
    ours, core, raw = (first[name].least for name in ("ours", "core", "raw"))
    page = f"page of {PAGE_SIZE} of {number:,}, filtered and sorted"
    yield at_most("1", f"{page}, beside raw SQL", ours, raw, 15, shown="ms")
    yield at_most("1", f"{page}, beside SQLAlchemy Core", ours, core, 3, shown="ms")

    counted = race(rounds, count=pages.count, raw=pages.raw)
    operation = f"how many of {number:,} match, up to 10,000, beside a raw page"
    yield at_most("3", operation, counted["count"].least, counted["raw"].least, 15, shown="ms")

    depth = race(rounds, first=pages.second, last=pages.last)
    last_page = f"the last page of {number:,}, beside the first"
    yield at_most("2", last_page, depth["last"].least, depth["first"].least, 2, shown="ms")
    many = 5 * number
    larger = Pages(ground, ground.database(many, answers=False))
    sizes = race(
        rounds, small=pages.second, large=larger.second, small_last=pages.last, large_last=larger.last
    )
    beside = f"{many:,} media, beside {number:,}"
    yield at_most("2", f"first page of {beside}", sizes["large"].least, sizes["small"].least, 2, shown="ms")
    yield at_most(
        "2", f"last page of {beside}", sizes["large_last"].least, sizes["small_last"].least, 2, shown="ms"
    )


class Pages:
    """The same page by our use case, by Core and by the bare driver, on one database."""

    def __init__(self, ground: Ground, url: str) -> None:
        self._engine: Engine = ground.engine(url)
        self._connection = ground.connect(url)
        with open_session(read_only=True, engine=self._engine) as session:
            access = find_access(session, "curator-1")
            assert access is not None
            self._access = access
            self._section = sections_of(session, WANTED)[0]
        self.top = self._place("DESC", 0)
        self.near_end = self._place("ASC", PAGE_SIZE)

    def _place(self, way: str, offset: int) -> tuple[Any, ...]:
        row = self._connection.execute(NEAR_THE_END.format(way=way).encode(), [offset]).fetchone()
        assert row is not None
        return row

    def first(self) -> None:
        self._list(None)

    def second(self) -> None:
        self._list(self.top)

    def last(self) -> None:
        self._list(self.near_end)

    def _list(self, after: tuple[Any, ...] | None) -> None:
        cursor = Cursor(0, after).encode() if after else None
        with open_session(read_only=True, engine=self._engine) as session:
            page = list_page(session, self._access, WANTED, cursor)
        assert len(page.items) == PAGE_SIZE

    def count(self) -> None:
        with open_session(read_only=True, engine=self._engine) as session:
            assert count_matches(session, self._access, WANTED).capped

    def core(self) -> None:
        columns = self._section.columns
        statement = (
            media_rows()
            .where(*conditions(self._access, WANTED), *self._section.where)
            .where(tuple_(*columns) < tuple_(*self.top))
            .order_by(*(column.desc() for column in columns))
            .limit(PAGE_SIZE + 1)
        )
        with self._engine.connect() as connection:
            assert len(connection.execute(statement).all()) == PAGE_SIZE + 1

    def raw(self) -> None:
        values = ["accepted", *self.top, PAGE_SIZE + 1]
        assert len(self._connection.execute(RAW, values).fetchall()) == PAGE_SIZE + 1
