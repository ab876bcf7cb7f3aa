"""Rows 8 and 9: metadata as CSV, beside PostgreSQL's COPY of a SELECT written by hand.

Run as a program of its own, `python -m bench.exports DATABASE_URL`, it exports everything once and prints what
memory it took, in MB: idle, then at most.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import psycopg

from bench.figures import Figure, at_least, at_most, below
from bench.ground import Ground
from bench.processes import forget_peak, peak_megabytes, resident_megabytes
from bench.timing import race
from curation.accesses import find_access
from curation.exports import Per, export_csv
from curation.media_filter import MediaFilter
from db.session import make_engine, open_session
from db.streaming import hold_still
from tests.product import ROOT

FLAT = (
    *("media_id", "file_name", "type", "content_type", "size", "width", "height", "sha256", "bucket_key"),
    *("source", "azimuth", "sequence", "captured_at", "uploaded_at", "uploader", "lat", "lon", "state"),
)


def _safe(text: str) -> str:
    return f"CASE WHEN left({text}, 1) IN ('=', '+', '-', '@', chr(9), chr(13)) THEN '''' || {text} ELSE {text} END"


def _time(moment: str) -> str:
    return f"""to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


_OF_MEDIA = f"""m.id, {_safe("m.file_name")}, m.type, b.content_type, b.size, b.width, b.height, b.sha256,
    {_safe("m.bucket_key")}, {_safe("s.name")}, m.azimuth, {_safe("m.sequence")}, {_time("m.captured_at")},
    {_time("m.created_at")}, {_safe("u.login")}, m.lat, m.lon"""
_BESIDE = """FROM media m LEFT JOIN blobs b ON b.id = m.blob_id LEFT JOIN sources s ON s.id = m.source_id
    JOIN accesses u ON u.id = m.uploaded_by_id"""
_SHOWN = "WHERE m.state NOT IN ('awaiting_content', 'withdrawn') ORDER BY m.id DESC"
FLAT_BY_HAND = f"SELECT {_OF_MEDIA}, m.state {_BESIDE} {_SHOWN}"

_ANSWERS = f"""{_OF_MEDIA},
    (SELECT {_safe("string_agg(t.name, ';' ORDER BY t.name)")} FROM media_tags x JOIN tags t ON t.id = x.tag_id
        WHERE x.media_id = m.id), m.state, r.decision, {_safe("ru.login")}, {_time("r.created_at")},
    {_safe("r.comment")}, a.id, a.number, {_safe("au.login")},
    CASE WHEN a.id IS NOT NULL THEN (SELECT count(*) FROM shapes x WHERE x.annotation_id = a.id) END,
    (SELECT {_safe("string_agg(l.key, ';' ORDER BY l.position)")} FROM annotation_labels x
        JOIN label_classes l ON l.id = x.label_class_id WHERE x.annotation_id = a.id)"""
_BESIDE_ANSWERS = f"""{_BESIDE} LEFT JOIN reviews r ON r.id = m.last_review_id
    LEFT JOIN accesses ru ON ru.id = r.access_id LEFT JOIN annotations a ON a.id = m.current_annotation_id
    LEFT JOIN accesses au ON au.id = a.author_id"""
ANSWERS_BY_HAND = f"SELECT {_ANSWERS} {_BESIDE_ANSWERS} {_SHOWN}"
SHAPES_BY_HAND = f"""SELECT {_ANSWERS}, d.id, {_safe("c.key")}, d.x_min, d.y_min, d.x_max, d.y_max, d.points, d.origin,
    d.confidence {_BESIDE_ANSWERS} LEFT JOIN shapes d ON d.annotation_id = a.id
    LEFT JOIN label_classes c ON c.id = d.label_class_id {_SHOWN}, d.position"""


def measure(ground: Ground) -> Iterator[Figure]:
    number = ground.million
    url = ground.database(number)
    exports = Exports(ground, url)
    note = (
        "both stream the same lines, formulas made harmless; the limit is COPY of a SELECT written by hand, as "
        "PostgreSQL plans it."
    )
    for row, operation, by_hand, ours in (
        ("8", f"CSV of {number:,} media, flat", FLAT_BY_HAND, lambda: exports.ours(columns=FLAT)),
        ("9", f"CSV of {number:,} media, with answers", ANSWERS_BY_HAND, exports.ours),
        (
            "9",
            f"CSV of {number:,} media, a line per shape",
            SHAPES_BY_HAND,
            lambda: exports.ours(per=Per.SHAPE),
        ),
    ):
        yield exports.compare(row, operation, by_hand, ours, rounds=4 if ground.quick else 2, note=note)
    first = race(
        20,
        ours=lambda: exports.ours(columns=FLAT, whole=False),
        raw=lambda: exports.copy(FLAT_BY_HAND, whole=False),
    )
    yield at_most(
        "8", f"first byte of {number:,} media", first["ours"].median, first["raw"].median, 10, shown="ms"
    )
    growth = {size: _growth(ground.database(size)) for size in sorted({100_000, number})}
    for size, megabytes in growth.items():
        yield below("8", f"memory over idle, {size:,} media with answers", megabytes, 32, shown="MB")


class Exports:
    """The same lines from our use case and from COPY."""

    def __init__(self, ground: Ground, url: str) -> None:
        self._engine = ground.engine(url)
        self._connection: psycopg.Connection = ground.connect(url)
        with open_session(read_only=True, engine=self._engine) as session:
            access = find_access(session, "curator-1")
            assert access is not None
            self._access = access
        self._lines = {"ours": 0, "raw": 0}

    def compare(
        self, row: str, operation: str, by_hand: str, ours: Callable[[], None], *, rounds: int, note: str
    ) -> Figure:
        times = race(rounds, warm=True, ours=ours, raw=lambda: self.copy(by_hand))
        lines = self._lines["ours"]
        assert lines == self._lines["raw"], self._lines
        rates = [lines / times[name].least for name in ("ours", "raw")]
        return at_least(row, operation, *rates, 0.5, unit="lines/s", note=note)

    def ours(
        self, *, columns: tuple[str, ...] | None = None, per: Per = Per.MEDIA, whole: bool = True
    ) -> None:
        with open_session(read_only=True, engine=self._engine) as session:
            hold_still(session)
            stream = export_csv(session, self._access, MediaFilter(), per=per, columns=columns)
            next(stream)
            for _ in stream:
                if not whole:
                    stream.close()
            self._lines["ours"] = stream.rows

    def copy(self, by_hand: str, *, whole: bool = True) -> None:
        lines = 0
        try:
            with (
                self._connection.cursor() as cursor,
                cursor.copy(f"COPY ({by_hand}) TO STDOUT (FORMAT csv)".encode()) as copy,
            ):
                while copy.read():
                    lines += 1
                    if not whole:
                        raise _Enough
        except _Enough:
            pass
        self._lines["raw"] = lines


class _Enough(Exception):
    pass


def _growth(url: str) -> float:
    answer = subprocess.run(
        [sys.executable, "-m", "bench.exports", url],
        cwd=ROOT,
        env={**os.environ, "MALLOC_ARENA_MAX": "2"},  # as the product sets it for its processes
        stdout=subprocess.PIPE,
        check=True,
    )
    idle, most = json.loads(answer.stdout)
    return float(most - idle)


def _export_once(url: str) -> tuple[float, float]:
    engine = make_engine(url)
    with open_session(read_only=True, engine=engine) as session:
        access = find_access(session, "curator-1")
        assert access is not None
    time.sleep(0.2)
    idle = resident_megabytes(os.getpid())
    forget_peak(os.getpid())
    with open_session(read_only=True, engine=engine) as session:
        for _ in export_csv(session, access, MediaFilter()):
            pass
    return idle, peak_megabytes(os.getpid())


if __name__ == "__main__":
    print(json.dumps(_export_once(sys.argv[1])))
