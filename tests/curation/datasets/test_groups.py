"""Which media belong together, and what that costs."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from curation.datasets.groups import (
    CAMERAS_AT_ONCE,
    LOOKED_AT,
    Frame,
    Groups,
    Untimed,
    is_same_view,
    neighbours,
    read_groups,
    runs,
)
from curation.datasets.splits import Split
from curation.picture_hashes import FINE_NEIGHBOURS
from curation.picture_hashing import hash_picture
from db.models import Media, NearTwin, State
from tests.factories import a_media, an_access
from tests.views import a_view

NOON = datetime(2026, 8, 12, 12, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)

numbers = st.one_of(st.integers(1, 30), st.integers(4_090, 4_100), st.integers(2**31 - 5, 2**31 - 1))
pairs = st.lists(st.tuples(numbers, numbers), max_size=40)


def connected(members: Iterable[int], joined: Iterable[tuple[int, int]]) -> dict[int, int]:
    """The smallest number that each can be reached from, found the slow way."""
    sets = {member: {member} for member in members}
    for one, other in joined:
        merged = sets[one] | sets[other]
        for member in merged:
            sets[member] = merged
    return {member: min(found) for member, found in sets.items()}


@given(pairs)
def test_what_is_joined_over_any_steps_is_known_by_its_smallest(drawn: list[tuple[int, int]]) -> None:
    groups = Groups()
    for one, other in drawn:
        groups.join(one, other)
    named = {number for pair in drawn for number in pair} | {7, 5_000}
    assert {number: groups.first(number) for number in named} == connected(named, drawn)


@given(pairs, st.randoms(use_true_random=False))
def test_the_order_of_joining_says_nothing(drawn: list[tuple[int, int]], chance: random.Random) -> None:
    groups, again = Groups(), Groups()
    for one, other in drawn:
        groups.join(one, other)
    for one, other in chance.sample(drawn, len(drawn)):
        again.join(other, one)
    assert all(groups.first(number) == again.first(number) for pair in drawn for number in pair)


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), max_size=25),
    st.lists(st.tuples(st.integers(31, 45), st.integers(1, 45)), max_size=15),
    st.integers(0, 1_000),
)
def test_newcomers_move_only_what_they_join_and_of_that_never_the_oldest(
    before: list[tuple[int, int]], later: list[tuple[int, int]], seed: int
) -> None:
    groups = Groups()
    for pair in before:
        groups.join(*pair)
    old = {number: groups.first(number) for number in range(1, 31)}
    for pair in later:
        groups.join(*pair)
    new = {number: groups.first(number) for number in old}
    split = Split(0.5, 0.25, 0.25, seed)
    for number, first in old.items():
        met = {old[other] for other in old if new[other] == new[number]}
        assert new[number] == min(met)
        if len(met) == 1 or first == min(met):
            assert split.of(f"media {new[number]}") == split.of(f"media {first}")


cameras = st.sampled_from(
    [(1, 1, None), (1, 2, "x"), (2, 1, None), (None, 1, None), (None, 1, "x"), (None, 2, "x")]
)
frames = st.lists(
    st.tuples(cameras, st.sampled_from([None, 0.0, 2.5, 6.0, 10.0, 180.0, 357.0]), st.integers(0, 240)),
    max_size=40,
)


def is_same_camera(one: Frame, other: Frame) -> bool:
    if one.source_id is not None or other.source_id is not None:
        return one.source_id == other.source_id
    return (one.uploaded_by_id, one.camera) == (other.uploaded_by_id, other.camera)


@given(frames)
@settings(max_examples=200, deadline=None)
def test_frames_near_in_time_of_one_view_are_never_apart(
    drawn: list[tuple[tuple[int | None, int, str | None], float | None, int]],
) -> None:
    known = [
        Frame(number, *camera, azimuth, NOON + timedelta(minutes=minutes))
        for number, (camera, azimuth, minutes) in enumerate(drawn, start=1)
    ]
    groups = Groups()
    for one, other in runs(sorted(known, key=lambda frame: (frame.captured_at, frame.media_id))):
        groups.join(one, other)
    # Connected by steps of at most half an hour, and by nothing else.
    steps = [
        (one.media_id, other.media_id)
        for one in known
        for other in known
        if abs(one.captured_at - other.captured_at) <= HALF_AN_HOUR
        and is_same_camera(one, other)
        and is_same_view(one.azimuth, other.azimuth)
    ]
    ids = [frame.media_id for frame in known]
    assert {media_id: groups.first(media_id) for media_id in ids} == connected(ids, steps)


def test_cameras_that_were_seen_long_ago_are_forgotten() -> None:
    """Each has a name of its own: what is remembered of a million must not be a million."""
    held = 0

    class Counted(str):
        __slots__ = ()

        def __del__(self) -> None:
            nonlocal held
            held -= 1

    def many() -> Iterable[Frame]:
        nonlocal held
        for number in range(2_000):
            held += 1
            at = NOON + timedelta(minutes=number)
            yield Frame(number + 1, None, 1, Counted(f"camera {number}"), None, at)
            assert held < 100

    assert list(runs(many())) == []


def looks(scene: int, *, noise: int | None = None) -> str:
    hashes = hash_picture(a_view(scene, noise=noise, size=(320, 240)))
    assert hashes is not None
    return hashes.fine


def joined(untimed: Iterable[Untimed]) -> dict[int, int]:
    found = list(untimed)
    groups = Groups()
    for one, other in neighbours(found):
        groups.join(one, other)
    return {media.media_id: groups.first(media.media_id) for media in found}


def test_exposures_of_one_view_without_a_time_are_together_in_whatever_order_they_came() -> None:
    exposures = [looks(1, noise=number) for number in range(12)]
    others = [looks(scene) for scene in range(2, 14)]
    mixed = [look for both in zip(exposures, others, strict=True) for look in both]
    random.Random(5).shuffle(mixed)
    for source_id, camera in ((1, None), (None, None), (None, "ridge")):
        drawn = [Untimed(number, source_id, 1, camera, None, look) for number, look in enumerate(mixed, 1)]
        found = joined(drawn)
        alike = {found[number] for number, look in enumerate(mixed, 1) if look in exposures}
        assert len(alike) == 1 and len(set(found.values())) == 13


def test_what_comes_later_parts_nothing_that_looks_alike() -> None:
    """Nor does what nobody has looked at yet, whose looks are known later on."""
    exposures = [looks(1, noise=number) for number in range(6)]
    strangers = [looks(scene) for scene in range(2, 8)]
    known = [Untimed(number, 1, 1, None, None, look) for number, look in enumerate(exposures, 1)]
    waiting = [Untimed(100 + number, 1, 1, None, None, "") for number in range(LOOKED_AT - 7)]
    last = Untimed(200, 1, 1, None, None, looks(1, noise=9))
    before = joined([*known, *waiting, last])
    assert before[200] == 1
    hashed = [media._replace(fine_hash=strangers[number % 6]) for number, media in enumerate(waiting)]
    after = joined([*known, *hashed, last, Untimed(300, 1, 1, None, None, strangers[0])])
    assert {number: after[number] for number in (*range(1, 7), 200)} == dict.fromkeys((*range(1, 7), 200), 1)


def test_those_of_other_cameras_and_views_and_those_that_came_long_before_are_apart() -> None:
    look = looks(1)
    assert set(joined([Untimed(1, 1, 1, None, None, look), Untimed(2, 2, 1, None, None, look)]).values()) == {
        1,
        2,
    }
    turned = [Untimed(number, 1, 1, None, azimuth, look) for number, azimuth in ((1, 10.0), (2, 90.0))]
    assert set(joined(turned).values()) == {1, 2}
    # One of which nobody knows which way it looks may look either.
    assert set(joined([*turned, Untimed(3, 1, 1, None, None, look)]).values()) == {1}
    between = [Untimed(number, 1, 1, None, None, "") for number in range(2, LOOKED_AT + 2)]
    far = joined([Untimed(1, 1, 1, None, None, look), *between, Untimed(99, 1, 1, None, None, look)])
    assert far[99] == 99


def test_of_cameras_whose_media_have_no_time_only_the_last_are_remembered() -> None:
    look = looks(1)
    many = [Untimed(number, number, 1, None, None, look) for number in range(1, CAMERAS_AT_ONCE + 2)]
    again = [Untimed(10_000 + number, number, 1, None, None, look) for number in (2, 1)]
    found = joined([*many, *again])
    assert (found[10_002], found[10_001]) == (2, 10_001)


def test_a_camera_that_stands_still_makes_one_pair_for_each_media() -> None:
    look = looks(1)
    still = [Untimed(number, 1, 1, None, None, look) for number in range(1, 101)]
    assert len(list(neighbours(still))) == 99


def test_those_that_look_alike_are_together_over_several_steps_whichever_of_them_are_looked_at() -> None:
    chance = random.Random(11)
    scenes = [chance.getrandbits(256) for _ in range(3)]
    known: list[Untimed] = []
    for number in range(1, 501):
        bits = chance.choice(scenes)
        for place in chance.sample(range(256), k=chance.choice((0, 20, FINE_NEIGHBOURS // 2 + 8, 60))):
            bits ^= 1 << place
        azimuth = chance.choice((None, 0.0, 4.0, 8.0, 90.0)) if number % 5 == 0 else 4.0 * (number % 3)
        known.append(Untimed(number, 1, 1, None, azimuth, f"{bits:064x}" if number % 7 else ""))
    steps = [
        (one.media_id, other.media_id)
        for at, other in enumerate(known)
        for one in known[max(at - LOOKED_AT, 0) : at]
        if one.fine_hash
        and other.fine_hash
        and (int(one.fine_hash, 16) ^ int(other.fine_hash, 16)).bit_count() <= FINE_NEIGHBOURS
        and is_same_view(one.azimuth, other.azimuth)
    ]
    expected = connected([media.media_id for media in known], steps)
    assert 5 < len(set(expected.values())) < 400
    assert joined(known) == expected
    assert len(list(neighbours(known))) < len(steps) / 2


def test_reading_all_groups_ends_when_nobody_wants_them_any_more(session: Session) -> None:
    a_media(session, uploaded_by=an_access(session))
    session.flush()

    class NotWanted(Exception):
        pass

    def still_wanted() -> None:
        raise NotWanted

    with pytest.raises(NotWanted):
        read_groups(session, still_wanted)


def test_frames_of_which_only_some_say_where_they_look_are_together(session: Session) -> None:
    access = an_access(session)
    for number in range(6):
        a_media(
            session,
            uploaded_by=access,
            source="ridge",
            captured_at=NOON + timedelta(minutes=number),
            azimuth=90.0 if number % 2 else None,
        )
    session.flush()
    groups = read_groups(session)
    assert len({groups.first(media_id) for media_id in session.scalars(select(Media.id))}) == 1


def test_memory_is_four_bytes_a_media() -> None:
    groups = Groups()
    for number in range(2, 100_001):
        groups.join(number - 1, number)
    pages = groups._below._pages.values()
    assert sum(page.itemsize * len(page) for page in pages) < 4.2 * 100_000


def test_all_that_media_have_in_common_joins_them_whatever_their_state(session: Session) -> None:
    chance, access = random.Random(3), an_access(session)
    media: list[Media] = []
    pairs: list[tuple[int, int]] = []
    for _ in range(150):
        one = a_media(
            session,
            uploaded_by=access,
            camera=chance.choice([None, "north", "south"]),
            source=chance.choice([None, "ridge", "valley"]),
            azimuth=chance.choice([None, 10.0, 120.0]),
            sequence=chance.choice([None] * 8 + [f"fire {chance.randrange(12)}"]),
            captured_at=chance.choice([None, NOON + timedelta(minutes=chance.randrange(6_000))]),
            state=chance.choice([State.NEW, State.ACCEPTED, State.WITHDRAWN]),
        )
        if media and chance.random() < 0.1:
            one.blob_id = chance.choice(media).blob_id
        if media and chance.random() < 0.05:
            one.extracted_from_id = chance.choice(media).id
        if media and chance.random() < 0.05:
            other = chance.choice(media)
            session.add(NearTwin(media_id=one.id, other_id=other.id, distance=2))
            pairs.append((one.id, other.id))
        media.append(one)
    session.flush()

    def belong(one: Media, other: Media) -> bool:
        if one.blob_id == other.blob_id or one.id == other.extracted_from_id:
            return True
        if one.sequence is not None and one.sequence == other.sequence:
            return True
        if one.captured_at is None or other.captured_at is None or one.source_id != other.source_id:
            return False
        near = abs(one.captured_at - other.captured_at) <= HALF_AN_HOUR
        camera = one.source_id is not None or one.camera == other.camera
        return near and camera and is_same_view(one.azimuth, other.azimuth)

    pairs += [(one.id, other.id) for one in media for other in media if belong(one, other)]
    groups = read_groups(session)
    ids = list(session.scalars(select(Media.id)))
    found = {media_id: groups.first(media_id) for media_id in ids}
    assert found == connected(ids, pairs)
    assert 10 < len(set(found.values())) < 140  # neither all together nor all alone
