"""Which media belong together: what a model that was trained on one of them knows of the others by heart.

Media are joined in pairs, and whatever is joined over several steps is one group: media with the same content, with
the same sequence, frames of one camera that follow each other by their times or, without those, by their looks, a
video and its frames, near twins, and what somebody has grouped. All media are looked at, whatever is asked for
and whatever was decided about them: what belongs together depends on neither.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from curation.picture_hashes import FINE_NEIGHBOURS
from db.media_queries import SAME_AZIMUTH
from db.models import Media, NearTwin, PictureHash, TwinAnswer, TwinDecision
from db.streaming import stream_rows
from db.types import AnyRow, AnySelect

# Of each camera so many media without a time, and of so many cameras.
LOOKED_AT = 32
CAMERAS_AT_ONCE = 500
LONGEST_GAP = timedelta(minutes=30)
AT_A_TIME = 2_000
PAGE = 4_096

Pair = tuple[int, int]
Walk = Callable[[AnySelect], Iterator[AnyRow]]


class Numbers:
    """A small number for each media, 0 where nobody has said one: `kind` (as of `array`) says how large it may be.

    In pages, so that numbers far apart cost no more than there are numbers.
    """

    def __init__(self, kind: str) -> None:
        self._nothing = array(kind, [0]) * PAGE
        self._pages: dict[int, array[int]] = {}

    def __getitem__(self, number: int) -> int:
        page = self._pages.get(number // PAGE)
        return page[number % PAGE] if page is not None else 0

    def __setitem__(self, number: int, value: int) -> None:
        page = self._pages.get(number // PAGE)
        if page is None:
            page = self._pages[number // PAGE] = self._nothing[:]
        page[number % PAGE] = value


class Groups:
    """Numbers joined in pairs. Each group is known by the smallest of its numbers. Four bytes for each number."""

    def __init__(self) -> None:
        # How far below each number the next one of its group is, on the way to the smallest; 0 is the smallest.
        self._below = Numbers("I")

    def first(self, number: int) -> int:
        """The smallest number of the group; a number that nobody has joined is a group of its own."""
        while below := self._below[number]:
            if further := self._below[number - below]:
                self._below[number] = below + further  # the way is halved for whoever comes next
            number -= below + further
        return number

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.first(one), self.first(other)))
        if low != high:
            self._below[high] = high - low


def read_groups(session: Session, still_wanted: Callable[[], None] = lambda: None) -> Groups:
    """All media as they belong together, by their ids, in one walk for each way of belonging together.

    Of a million media that takes its time: `still_wanted` is called now and then, and may raise.
    """
    groups = Groups()

    def walk(wanted: AnySelect) -> Iterator[AnyRow]:
        for rows in stream_rows(session, wanted, AT_A_TIME):
            still_wanted()
            yield from rows

    for pairs in (
        _with_the_same(walk, Media.blob_id),
        _with_the_same(walk, Media.sequence),
        _stored(
            walk,
            select(Media.extracted_from_id, Media.id).where(Media.extracted_from_id.is_not(None)),
        ),
        # Whatever was decided about them: who keeps both of two that look alike keeps two that look alike.
        _stored(walk, select(NearTwin.media_id, NearTwin.other_id)),
        _grouped(walk),
        runs(_frames(walk)),
        neighbours(_untimed(walk)),
    ):
        for one, other in pairs:
            groups.join(one, other)
    return groups


def _with_the_same(walk: Walk, column: InstrumentedAttribute[Any]) -> Iterator[Pair]:
    """Each media with the one before it, along the index of a column."""
    wanted = select(column, Media.id).where(column.is_not(None)).order_by(column)
    known, before = None, 0
    for value, media_id in walk(wanted):
        if value == known:
            yield before, media_id
        known, before = value, media_id


def _stored(walk: Walk, wanted: AnySelect) -> Iterator[Pair]:
    return ((row[0], row[1]) for row in walk(wanted))


def _grouped(walk: Walk) -> Iterator[Pair]:
    """What somebody has said belongs together, as long as that stands."""
    wanted = select(TwinDecision.detail).where(
        TwinDecision.answer == TwinAnswer.GROUPED, TwinDecision.undone_at.is_(None)
    )
    for row in walk(wanted):
        yield from pairwise(row[0]["changed"])


class Frame(NamedTuple):
    """A media with a time. Without a source its camera is known by who uploads, and by what they call it."""

    media_id: int
    source_id: int | None
    uploaded_by_id: int | None
    camera: str | None
    azimuth: float | None
    captured_at: datetime


def _frames(walk: Walk) -> Iterator[Frame]:
    wanted = (
        select(
            Media.id,
            Media.source_id,
            Media.uploaded_by_id,
            Media.camera,
            Media.azimuth,
            Media.captured_at,
        )
        .where(Media.captured_at.is_not(None))
        .order_by(Media.captured_at, Media.id)
    )
    return (Frame(*row) for row in walk(wanted))


class _Seen(NamedTuple):
    media_id: int
    at: datetime


def runs(frames: Iterable[Frame]) -> Iterator[Pair]:
    """Pairs of frames of one view with at most half an hour between them, out of frames in the order of time.

    What is remembered is the last frame of each view in the last half hour.
    """
    cameras: dict[tuple[int | str | None, ...], dict[float | None, _Seen]] = {}
    for frame in frames:
        forgotten = frame.captured_at - LONGEST_GAP
        # Of cameras and of their views alike the one that was seen longest ago comes first.
        while cameras and next(reversed(next(iter(cameras.values())).values())).at < forgotten:
            del cameras[next(iter(cameras))]
        camera = _camera(frame)
        views = {azimuth: seen for azimuth, seen in cameras.pop(camera, {}).items() if seen.at >= forgotten}
        for azimuth, seen in views.items():
            if is_same_view(azimuth, frame.azimuth):
                yield seen.media_id, frame.media_id
        views.pop(frame.azimuth, None)
        views[frame.azimuth] = _Seen(frame.media_id, frame.captured_at)
        cameras[camera] = views


class Untimed(NamedTuple):
    """A media without a time, as its camera is known, and what it looks like; "" for one of which nobody can tell."""

    media_id: int
    source_id: int | None
    uploaded_by_id: int | None
    camera: str | None
    azimuth: float | None
    fine_hash: str


def _untimed(walk: Walk) -> Iterator[Untimed]:
    wanted = (
        select(
            Media.id,
            Media.source_id,
            Media.uploaded_by_id,
            Media.camera,
            Media.azimuth,
            func.coalesce(PictureHash.fine_hash, ""),
        )
        .outerjoin(PictureHash, PictureHash.blob_id == Media.blob_id)
        .where(Media.captured_at.is_(None))
        .order_by(Media.id)
    )
    return (Untimed(*row) for row in walk(wanted))


@dataclass(slots=True)
class _Before:
    """One of the last media of a camera; `group` is the first of those of them that it was joined to."""

    media_id: int
    azimuth: float | None
    bits: int | None
    group: int


def neighbours(untimed: Iterable[Untimed]) -> Iterator[Pair]:
    """Pairs that look alike out of media without a time, in the order in which they came: each with the last of its
    camera, and with one of those that are together already, so that a camera that stands still makes one for each.

    Not by their names: who comes later must not part what was together, and the numbers in names begin anew with each
    card. What comes at once comes nearly in the order of its names, so that a few of them are looked at.
    """
    cameras: dict[tuple[int | str | None, ...], deque[_Before]] = {}
    for media in untimed:
        camera = _camera(media)
        before = cameras.pop(camera, None) or deque(maxlen=LOOKED_AT)
        bits = int(media.fine_hash, 16) if media.fine_hash else None
        joined: set[int] = set()
        if bits is not None:
            for one in reversed(before):  # the last looks most like it
                if one.bits is None or one.group in joined or (bits ^ one.bits).bit_count() > FINE_NEIGHBOURS:
                    continue
                if is_same_view(one.azimuth, media.azimuth):
                    joined.add(one.group)
                    yield one.media_id, media.media_id
        group = min(joined, default=media.media_id)
        if len(joined) > 1:
            for one in before:
                if one.group in joined:
                    one.group = group
        before.append(_Before(media.media_id, media.azimuth, bits, group))
        cameras[camera] = before
        # The camera of which nothing came for longest is forgotten.
        if len(cameras) > CAMERAS_AT_ONCE:
            del cameras[next(iter(cameras))]


def _camera(media: Frame | Untimed) -> tuple[int | str | None, ...]:
    return (media.source_id,) if media.source_id is not None else (None, media.uploaded_by_id, media.camera)


def is_same_view(one: float | None, other: float | None) -> bool:
    """Whether two may look the same way: what nobody has said of one of them tells them not apart."""
    if one is None or other is None:
        return True
    turned = abs(one - other)
    return turned <= SAME_AZIMUTH or turned >= 360 - SAME_AZIMUTH
