"""On which side of a split changes stand, beside the release that they are added to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from curation.datasets.items import DatasetItem
from curation.datasets.since import Since
from curation.datasets.source import of_filter
from curation.datasets.splits import Split
from db.models import Access, ExportFormat, Media, State
from db.session import open_session
from tests.curation.datasets.test_releases import ACCEPTED, an_accepted_media, freeze, items, relabel
from tests.exported import exported
from tests.factories import a_media, an_admin

NOON = datetime(2026, 8, 12, 12, tzinfo=UTC)
A_SPLIT = Split(0.5, 0.25, 0.25, seed=7)


@pytest.fixture
def admin(installation) -> Access:
    with open_session() as session:
        return an_admin(session)


def a_frame(admin: Access, minutes: int) -> int:
    return an_accepted_media(admin, source="ridge", captured_at=NOON + timedelta(minutes=minutes))


def increment(admin: Access, release_id: int, split: Split = A_SPLIT) -> list[DatasetItem]:
    with open_session(read_only=True) as session:
        dataset = of_filter(session, admin, ACCEPTED, split=split, since=Since(release_id))
        found = list(dataset.items())
        parts = [item for part in ("train", "val", "test") for item in dataset.items(part)]
    assert sorted(parts, key=lambda item: item.media_id) == found
    return found


def splits(found: list[DatasetItem]) -> dict[int, str | None]:
    return {item.media_id: item.split for item in found}


def warnings(admin: Access, **asked: object) -> list[tuple[str, str]]:
    made = exported(admin, ExportFormat.JSONL, **asked)
    assert made.receipt is not None
    return [(warning["why"], warning["sentence"]) for warning in made.receipt["warnings"]]


def test_a_release_and_its_increment_part_no_group(admin):
    frames = [a_frame(admin, 50 * number) for number in range(40)]
    release = freeze(admin, split=A_SPLIT)
    base = splits(items(release.id))
    between = {number: a_frame(admin, 50 * number + 25) for number in range(0, 40, 2)}
    found = splits(increment(admin, release.id))
    both = {**base, **found}
    for number, media_id in between.items():
        assert both[frames[number]] == both[media_id] == both[frames[number + 1]] == base[frames[number]]
    moved = {media_id for media_id in frames if both[media_id] != base[media_id]}
    assert moved
    assert set(found) == moved | set(between.values())
    asked = {
        "wanted": {"state": ["accepted"]},
        "since_release_id": release.id,
        "options": {"split": A_SPLIT.to_payload()},
    }
    told = [
        (
            "moved",
            f"In the release {len(moved)} media are on another side of the split: before you add this to it, "
            "take away what it says of them.",
        )
    ]
    assert warnings(admin, **asked) == told
    # From one release to the next the same are sent, and said.
    following = freeze(admin, split=A_SPLIT)
    sent = splits(items(following.id, Since(release.id)))
    assert {media_id for media_id in sent if media_id in base} == moved
    assert warnings(admin, release_id=following.id, since_release_id=release.id) == told


def test_what_comes_to_a_group_of_the_release_goes_where_the_release_has_it(admin):
    with open_session() as session:
        older = [
            a_media(session, source="ridge", captured_at=NOON + timedelta(minutes=200 * number - 25)).id
            for number in range(20)
        ]
    frames = [a_frame(admin, 200 * number + 25) for number in range(20)]
    release = freeze(admin, split=A_SPLIT)
    base = splits(items(release.id))
    # By these a group is joined with an older media that is in no release, and would be called after it.
    between = {number: a_frame(admin, 200 * number) for number in range(20)}
    relabel(admin, frames[0], "dust")
    for split in (A_SPLIT, Split(0.2, 0.2, 0.6, seed=1)):
        found = splits(increment(admin, release.id, split))
        assert set(found) == {frames[0], *between.values()}
        assert found[frames[0]] == base[frames[0]]
        assert [found[between[number]] for number in range(20)] == [base[frame] for frame in frames]
    asked = {
        "wanted": {"state": ["accepted"]},
        "since_release_id": release.id,
        "options": {"split": A_SPLIT.to_payload()},
    }
    assert "moved" not in dict(warnings(admin, **asked))
    with open_session(read_only=True) as session:
        assert all(session.get_one(Media, media_id).state == State.NEW for media_id in older)
