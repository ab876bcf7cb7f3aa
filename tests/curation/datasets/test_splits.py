"""Train, validation and test."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from curation.datasets.splits import Split, assign
from curation.errors import Refused
from curation.picture_hashing import hash_picture
from curation.twins import keep_hashes
from db.models import Media, NearTwin, State
from tests.factories import a_media, an_access
from tests.views import a_view

NOON = datetime(2026, 8, 12, 12, tzinfo=UTC)
A_SPLIT = Split(0.5, 0.25, 0.25, seed=7)


def splits(session: Session, split: Split = A_SPLIT) -> dict[int, str]:
    session.flush()
    of = assign(session, split)
    ids = [media.id for media in session.query(Media).filter(Media.state != State.WITHDRAWN)]
    return {media_id: of(media_id) for media_id in ids}


@given(
    st.tuples(st.integers(0, 100), st.integers(0, 100)).filter(lambda cuts: sum(cuts) <= 100),
    st.integers(0, 2**31 - 1),
    st.lists(st.text(), max_size=20),
)
def test_nothing_goes_where_the_share_is_nothing(cuts: tuple[int, int], seed: int, names: list[str]) -> None:
    train, val = cuts[0] / 100, cuts[1] / 100
    split = Split(train, val, max(0.0, 1 - train - val) if sum(cuts) < 100 else 0.0, seed)
    assert {split.of(name) for name in names} <= {
        name for name in ("train", "val", "test") if getattr(split, name) > 0
    }


def test_the_real_shares_of_many_are_those_asked_for() -> None:
    where = [Split(0.8, 0.1, 0.1, seed=3).of(f"sequence {number}") for number in range(20_000)]
    assert [round(where.count(name) / len(where), 2) for name in ("train", "val", "test")] == [0.8, 0.1, 0.1]


@pytest.mark.parametrize(
    "payload",
    [
        {"train": 0.8, "val": 0.1},
        {"train": 1.2, "val": -0.2},
        {"train": "1"},
        {"train": 1, "seed": -1},
        {"x": 1},
        [],
    ],
)
def test_a_split_that_is_none_is_refused(payload: object) -> None:
    with pytest.raises(Refused):
        Split.from_payload(payload)


def test_a_split_reads_back_what_it_writes() -> None:
    assert Split.from_payload(A_SPLIT.to_payload()) == A_SPLIT


def test_a_named_sequence_and_the_frames_of_a_camera_stay_together(session: Session) -> None:
    access = an_access(session)
    named, camera = defaultdict(list), defaultdict(list)
    for number in range(60):
        named[number % 12].append(a_media(session, uploaded_by=access, sequence=f"fire {number % 12}").id)
        at = NOON + timedelta(hours=2 * (number % 15), minutes=number)
        camera[number % 15].append(a_media(session, uploaded_by=access, source="ridge", captured_at=at).id)
    found = splits(session)
    for ids in (*named.values(), *camera.values()):
        assert len({found[media_id] for media_id in ids}) == 1
    assert set(found.values()) == {"train", "val", "test"}


def test_what_comes_later_moves_nothing(session: Session) -> None:
    access = an_access(session)
    for number in range(80):
        at = NOON + timedelta(hours=2 * number)
        a_media(session, uploaded_by=access, source="ridge", captured_at=at)
        a_media(session, uploaded_by=access, captured_at=None)
    before = splits(session)
    for number in range(80):
        at = NOON + timedelta(hours=2 * number) - timedelta(minutes=20)
        a_media(session, uploaded_by=access, source="ridge", captured_at=at)
    # The oldest media of a group still gives it its name when nobody is shown it any more.
    first = session.get_one(Media, min(before))
    first.state = State.WITHDRAWN
    after = splits(session)
    assert {media_id: after[media_id] for media_id in before if media_id in after} == {
        media_id: split for media_id, split in before.items() if media_id != first.id
    }


def test_who_joins_two_groups_brings_the_younger_to_the_older(session: Session) -> None:
    access = an_access(session)
    older, younger = (
        [a_media(session, uploaded_by=access, sequence=f"{age} {n}", captured_at=None).id for n in range(40)]
        for age in ("older", "younger")
    )
    before = splits(session)
    for number in range(0, 40, 2):
        twin = a_media(session, uploaded_by=access, sequence=f"older {number}", captured_at=None)
        session.add(NearTwin(media_id=twin.id, other_id=younger[number], distance=3))
    after = splits(session)
    assert [after[media_id] for media_id in older] == [before[media_id] for media_id in older]
    assert [after[media_id] for media_id in younger[1::2]] == [before[media_id] for media_id in younger[1::2]]
    assert [after[media_id] for media_id in younger[::2]] == [before[media_id] for media_id in older[::2]]
    assert any(after[media_id] != before[media_id] for media_id in younger)


def test_the_same_content_is_on_one_side_whatever_else_is_known_of_it(session: Session) -> None:
    access = an_access(session)
    for number in range(20):
        known = a_media(session, uploaded_by=access, sequence=f"fire {number}", captured_at=None)
        at = NOON + timedelta(hours=2 * number)
        timed = a_media(session, uploaded_by=access, source="ridge", captured_at=at)
        timed.blob_id = known.blob_id
        bare = Media(uploaded_by_id=access.id, blob_id=known.blob_id, state=State.NEW)
        session.add(bare)
        found = splits(session)
        assert found[known.id] == found[timed.id] == found[bare.id]


def test_a_frame_stays_with_the_next_one_whether_it_is_in_a_sequence_or_has_a_source(
    session: Session,
) -> None:
    access = an_access(session)
    for number in range(20):
        at = NOON + timedelta(hours=2 * number)
        soon = at + timedelta(seconds=10)
        named = a_media(
            session, uploaded_by=access, source="ridge", captured_at=at, sequence=f"fire {number}"
        )
        unnamed = a_media(session, uploaded_by=access, source="ridge", captured_at=soon)
        one = a_media(session, uploaded_by=access, captured_at=at)
        next_one = a_media(session, uploaded_by=access, captured_at=soon)
        found = splits(session)
        assert found[named.id] == found[unnamed.id]
        assert found[one.id] == found[next_one.id]


def test_near_twins_are_on_one_side_whatever_was_decided(session: Session) -> None:
    access = an_access(session)
    for _ in range(20):
        one, other = (a_media(session, uploaded_by=access, captured_at=None) for _ in range(2))
        session.add(NearTwin(media_id=other.id, other_id=one.id, distance=2))
        found = splits(session)
        assert found[one.id] == found[other.id]


@pytest.mark.parametrize("source", ["ridge", None])
def test_exposures_without_a_time_are_on_one_side(session: Session, source: str | None) -> None:
    access = an_access(session)
    for scene in range(6):
        ids = []
        for noise in range(8):
            media = a_media(session, uploaded_by=access, source=source, captured_at=None, camera=f"{scene}")
            hashes = hash_picture(a_view(scene, noise=noise, size=(320, 240)))
            keep_hashes(session, media.blob_id or 0, hashes)
            ids.append(media.id)
        found = splits(session)
        assert len({found[media_id] for media_id in ids}) == 1
    assert len(set(splits(session).values())) > 1


def test_frames_stay_with_their_video(session: Session) -> None:
    access = an_access(session)
    for _ in range(20):
        video = a_media(session, uploaded_by=access, type="video", captured_at=None)
        of_video = [
            a_media(session, uploaded_by=access, extracted_from_id=video.id, captured_at=None, sequence=name)
            for name in (f"video-{video.id}", None)
        ]
        found = splits(session)
        assert len({found[media.id] for media in (video, *of_video)}) == 1
