"""Near twins: media that look alike although their bytes differ. Found as they come, and shown until somebody decides.

Nothing is dropped by itself. A media that looks like several is paired with the first of them, so that all frames of
a camera that stands still make one group instead of a pair each with each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from curation import looks
from curation.accesses import PEOPLE, require_scope
from curation.browse import conditions
from curation.errors import UnknownFilter
from curation.media_filter import MediaFilter
from curation.media_view import MediaView, fill_tags, get_visible_media, media_rows, media_view
from curation.picture_hashes import BANDS, COARSE_ALIKE, FINE_ALIKE, FINE_STILL, PictureHashes, distance
from curation.states import LIVE_STATES
from db.locks import lock_words
from db.media_queries import near_twin_groups, near_twins_of
from db.models import Access, Media, NearTwin, PictureHash
from db.types import AnyCompound, AnyRow
from db.upsert import insert_or_ignore

# A fixed camera fills the same bands for years: only its newest are compared, whatever else there is.
COMPARED_PER_BAND = 50
MOST_TWINS = 3
FOLLOWED = 20
SHOWN_OF_GROUP = 199
GROUPS = 12
NO_BANDS = [-1] * BANDS
KNOWN = (Media.source_id, Media.sequence, Media.captured_at, Media.extracted_from_id)


@dataclass(frozen=True)
class Newcomer:
    """What is known of a media whose twins are looked for."""

    id: int
    source_id: int | None
    sequence: str | None
    captured_at: datetime | None
    extracted_from_id: int | None = None

    @classmethod
    def of(cls, media: Media) -> Newcomer:
        return cls(media.id, media.source_id, media.sequence, media.captured_at, media.extracted_from_id)


@dataclass(frozen=True)
class Twin:
    """A media that looks like another; `distance` is how many bits differ, `decided` what was said of the pair."""

    media: MediaView
    distance: int
    decided: str | None = None


@dataclass(frozen=True)
class TwinGroup:
    """A media, and the first of those that came later and look like it, of `total`."""

    first: MediaView
    twins: list[Twin]
    total: int


@dataclass(frozen=True)
class TwinPage:
    groups: list[TwinGroup]
    next_cursor: str | None


def keep_hashes(session: Session, blob_id: int, hashes: PictureHashes | None) -> None:
    """Store what a content looks like, once; also that it shows next to nothing, so that nobody looks again."""
    bands = hashes.bands if hashes is not None else NO_BANDS
    row = {
        "blob_id": blob_id,
        "hash": hashes.coarse if hashes is not None else "",
        "fine_hash": hashes.fine if hashes is not None else "",
        **{f"band_{number}": band for number, band in enumerate(bands)},
    }
    insert_or_ignore(session, PictureHash, [row], unique=["blob_id"])


def find_twins(session: Session, media: Newcomer, hashes: PictureHashes | None) -> tuple[int, ...]:
    """Pair a media that is new with those it looks like, at most three; their ids, the nearest first.

    Its hashes are kept by then. One query where there are none, and on PostgreSQL a lock, however many media there are.
    """
    if hashes is None:
        return ()
    # Two that are stored at the same moment would not see each other. Whatever may look alike shares a band: the second
    # waits until the first is stored, and then finds it; all others wait for nobody.
    lock_words(session, *(f"band {number} {band}" for number, band in enumerate(hashes.bands)))
    near = {
        row.id: distance(hashes.coarse, row.hash)
        for row in _candidates(session, media, hashes)
        if _is_near(media, hashes, row)
    }
    if not near:
        return ()
    chosen = _first_of_groups(session, media, hashes, near)
    for other_id, bits in chosen:
        first, later = sorted((media.id, other_id))
        pair = {"media_id": later, "other_id": first, "distance": bits}
        insert_or_ignore(session, NearTwin, [pair], unique=["media_id", "other_id"])
    return tuple(other_id for other_id, _bits in chosen)


def _candidates(session: Session, media: Newcomer, hashes: PictureHashes) -> Sequence[AnyRow]:
    """The newest that share a band: whatever differs in three bits at most is among them."""
    columns = (PictureHash.band_0, PictureHash.band_1, PictureHash.band_2, PictureHash.band_3)
    newest = (
        select(PictureHash.blob_id, PictureHash.hash, PictureHash.fine_hash)
        .where(column == band)
        .order_by(PictureHash.blob_id.desc())
        .limit(COMPARED_PER_BAND)
        .subquery()
        for column, band in zip(columns, hashes.bands, strict=True)
    )
    found = union_all(*(select(part) for part in newest)).subquery()
    return session.execute(
        select(Media.id, *KNOWN, found.c.hash, found.c.fine_hash)
        .join(found, found.c.blob_id == Media.blob_id)
        .where(Media.id != media.id, Media.state.in_(LIVE_STATES))
        .distinct()
    ).all()


def _is_near(media: Newcomer, hashes: PictureHashes, row: AnyRow) -> bool:
    """Whether two are worth showing. All frames of a fixed camera are alike: of those only what stands still is.

    Frames they are by their times, or because they are in one sequence or video, which no split parts anyway. What
    says no time may be the same frame, stored once more.
    """
    if media.captured_at is not None and row.captured_at is not None:
        frames = media.captured_at != row.captured_at and (
            _both(media.source_id, row.source_id) or _both(media.sequence, row.sequence)
        )
    else:
        of_one_video = _both(media.extracted_from_id, row.extracted_from_id)
        frames = of_one_video or _both(media.sequence, row.sequence)
    fine = FINE_STILL if frames else FINE_ALIKE
    return distance(hashes.coarse, row.hash) <= COARSE_ALIKE and distance(hashes.fine, row.fine_hash) <= fine


def _both(one: int | str | None, other: int | str | None) -> bool:
    return one is not None and one == other


def _first_of_groups(
    session: Session, media: Newcomer, hashes: PictureHashes, near: dict[int, int]
) -> list[tuple[int, int]]:
    """Whom to pair with, and the bits that differ: instead of a later one of a group its first, if that is near too."""
    nearest = sorted(near, key=lambda media_id: (near[media_id], media_id))[:FOLLOWED]
    firsts = session.execute(
        select(NearTwin.media_id, Media.id, *KNOWN, PictureHash.hash, PictureHash.fine_hash)
        .join(Media, Media.id == NearTwin.other_id)
        .join(PictureHash, PictureHash.blob_id == Media.blob_id)
        .where(NearTwin.media_id.in_(nearest), Media.id != media.id, Media.state.in_(LIVE_STATES))
        .order_by(Media.id)
    ).all()
    led: set[int] = set()
    chosen: dict[int, int] = {}
    for row in firsts:
        if _is_near(media, hashes, row):
            chosen[row.id] = distance(hashes.coarse, row.hash)
            led.add(row.media_id)
    for media_id in nearest:
        if media_id not in led:
            chosen.setdefault(media_id, near[media_id])
    return sorted(chosen.items(), key=lambda pair: (pair[1], pair[0]))[:MOST_TWINS]


def list_groups(
    session: Session,
    access: Access,
    cursor: str | None = None,
    limit: int = GROUPS,
    *,
    wanted: MediaFilter | None = None,
    members: int = SHOWN_OF_GROUP,
) -> TwinPage:
    """Groups nobody has decided about, those whose first media is newest first; with a filter, where any one matches.

    Of each at most so many `members` beside its first. Raises UnknownFilter, NotAllowed.
    """
    require_scope(access, *PEOPLE)
    wanted_groups = near_twin_groups(LIVE_STATES).order_by(NearTwin.other_id.desc()).limit(limit + 1)
    if cursor is not None:
        wanted_groups = wanted_groups.where(NearTwin.other_id < _place(cursor))
    if wanted is not None and not wanted.is_empty:
        wanted_groups = wanted_groups.where(NearTwin.other_id.in_(_with_a_match(access, wanted)))
    rows = session.execute(wanted_groups).all()
    numbered = (
        select(
            NearTwin.other_id,
            NearTwin.media_id,
            NearTwin.distance,
            func.row_number().over(partition_by=NearTwin.other_id, order_by=NearTwin.media_id).label("at"),
        )
        .join(Media, Media.id == NearTwin.media_id)
        .where(
            NearTwin.other_id.in_([row.other_id for row in rows[:limit]]),
            NearTwin.decision_id.is_(None),
            Media.state.in_(LIVE_STATES),
        )
        .subquery()
    )
    later: dict[int, list[tuple[int, int]]] = defaultdict(list)
    # One more than is shown: the oldest may have to stand for a first that is not live.
    for row in session.execute(select(numbered).where(numbered.c.at <= members + 1).order_by(numbered.c.at)):
        later[row.other_id].append((row.media_id, row.distance))
    # Two groups may be led by the same media, when what led one of them is gone: they are one then.
    led: dict[int, dict[int, int]] = defaultdict(dict)
    totals: dict[int, int] = defaultdict(int)
    for row in rows[:limit]:
        found = later[row.other_id]
        if not found:
            continue  # somebody has decided about them since they were asked for
        first, others = (row.other_id, found) if row.is_live else (found[0][0], found[1:])
        doubles = sum(one in led[first] for one, _bits in others)
        totals[first] += row.later - (not row.is_live) - doubles
        led[first] |= dict(others)
    shown = {first: sorted(others.items())[:members] for first, others in led.items()}
    ids = [*shown, *(one for others in shown.values() for one, _bits in others)]
    views, bits_of = _views(session, access, ids), _distances(session, ids)
    groups = [
        TwinGroup(
            views[first], [Twin(views[one], bits_of(first, one, bits)) for one, bits in others], totals[first]
        )
        for first, others in shown.items()
    ]
    return TwinPage(groups, str(rows[limit - 1].other_id) if len(rows) > limit else None)


def _with_a_match(access: Access, wanted: MediaFilter) -> AnyCompound:
    """What media look like of which one, or which itself, matches a filter."""
    return union_all(
        *(
            select(NearTwin.other_id)
            .join(Media, Media.id == one)
            .where(NearTwin.decision_id.is_(None), Media.state.in_(LIVE_STATES), *conditions(access, wanted))
            for one in (NearTwin.media_id, NearTwin.other_id)
        )
    )


def list_twins(session: Session, access: Access, media_id: int) -> list[Twin]:
    """What a media looks like, decided about or not; the nearest first. Raises MediaNotFound."""
    require_scope(access, *PEOPLE)
    media = get_visible_media(session, access, media_id)
    if media.state not in LIVE_STATES:
        return []
    found = near_twins_of(media_id, LIVE_STATES).order_by("distance", "id").limit(SHOWN_OF_GROUP)
    rows = {row.id: row for row in reversed(session.execute(found).all())}
    views, bits_of = _views(session, access, list(rows)), _distances(session, [media_id, *rows])
    twins = [
        Twin(
            views[row.id],
            bits_of(media_id, row.id, row.distance),
            row.answer.value if row.answer is not None else None,
        )
        for row in rows.values()
    ]
    return sorted(twins, key=lambda twin: (twin.distance, twin.media.id))


def _distances(session: Session, media_ids: Sequence[int]) -> Callable[[int, int, int], int]:
    """What tells how many bits of two of these differ; of what has no hash, as many as are given."""
    rows = session.execute(
        select(Media.id, PictureHash.hash)
        .join(PictureHash, PictureHash.blob_id == Media.blob_id)
        .where(Media.id.in_(media_ids), PictureHash.hash != "")
    )
    hashes = {row.id: row.hash for row in rows}
    return lambda one, other, else_: (
        distance(hashes[one], hashes[other]) if one in hashes and other in hashes else else_
    )


def _views(session: Session, access: Access, media_ids: Sequence[int]) -> dict[int, MediaView]:
    views = [media_view(row) for row in session.execute(media_rows().where(Media.id.in_(media_ids)))]
    fill_tags(session, views)
    looks.disguise(session, access, views)
    return {view.id: view for view in views}


def _place(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdecimal()) or not 0 < int(cursor) < 2**63:
        raise UnknownFilter("The cursor is not one that this list gave out.")
    return int(cursor)
