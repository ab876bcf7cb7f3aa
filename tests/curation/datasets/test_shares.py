"""What a split really comes to, and that it is said where that is far from what was asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.datasets import shares
from curation.datasets.freezing import freeze_release
from curation.datasets.items import SPLITS
from curation.datasets.shares import MISSED_BY, SHARES_MISSED, count_shares, misses, shares_record
from curation.datasets.splits import Split
from curation.media_filter import MediaFilter
from curation.releases import create_release
from db.models import Access
from db.session import open_session
from tests.exported import exported
from tests.factories import a_media, an_admin

SPLIT = {"train": 0.5, "val": 0.25, "test": 0.25, "seed": 7}
ALL_TRAIN = {"train": 1, "val": 0, "test": 0, "seed": 7}
counts = st.fixed_dictionaries({part: st.integers(0, 2_000) for part in SPLITS})


@pytest.fixture
def admin(installation) -> Access:
    """With three media of one camera that never rests: one group."""
    with open_session() as session:
        access = an_admin(session)
        for _ in range(3):
            a_media(session, uploaded_by=access, source="ridge")
        return access


@given(counts, st.integers(0, 100), st.integers(0, 100))
def test_shares_are_missed_where_a_part_is_far_off_or_empty(
    counted: dict[str, int], one: int, other: int
) -> None:
    first, second = sorted((one, other))
    asked = {"train": first / 100, "val": (second - first) / 100, "test": (100 - second) / 100}
    total = sum(counted.values())
    away = [abs(counted[part] - asked[part] * total) for part in SPLITS]
    empty = any(asked[part] and not counted[part] for part in SPLITS)
    if not total or (not empty and max(away) < MISSED_BY * total - 1e-6):
        assert not misses(asked, counted)
    if total and (empty or max(away) > MISSED_BY * total + 1e-6):
        assert misses(asked, counted)


def test_shares_that_are_met_go_without_a_warning() -> None:
    record = shares_record(Split(0.8, 0.1, 0.1), {"train": 810, "val": 95, "test": 95})
    assert record["warning"] is None
    assert record["real"] == {"train": 0.81, "val": 0.095, "test": 0.095}


def test_a_receipt_says_when_the_shares_are_missed(admin: Access) -> None:
    receipt = exported(admin, options={"split": SPLIT}).receipt
    assert receipt is not None
    assert receipt["split"]["asked"] == SPLIT
    assert sorted(receipt["split"]["real"].values()) == [0, 0, 1]  # a group is not parted to meet them
    assert receipt["split"]["warning"] == SHARES_MISSED
    met = exported(admin, options={"split": ALL_TRAIN}).receipt
    assert met is not None and met["split"]["warning"] is None


def test_a_receipt_of_a_release_has_the_shares_of_its_split_and_one_of_changes_has_none(
    admin: Access,
) -> None:
    with open_session() as session:
        split = Split.from_payload(SPLIT)
        release = create_release(session, admin, "autumn", wanted=MediaFilter(), split=split)
    freeze_release(open_session, release.id)
    whole = exported(admin, release_id=release.id).receipt
    assert whole is not None and whole["split"]["warning"] == SHARES_MISSED
    changes = exported(admin, since_release_id=release.id, options={"split": SPLIT}).receipt
    plain = exported(admin).receipt
    assert changes is not None and plain is not None
    assert "split" not in changes and "split" not in plain


def test_real_shares_are_counted_while_that_is_quick(admin: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    split, wanted = Split.from_payload(SPLIT), MediaFilter(source=("valley",))
    with open_session() as session:
        a_media(session, uploaded_by=admin, source="valley")
    with open_session(read_only=True) as session:
        found = count_shares(session, admin, wanted, split)
        assert found is not None and sorted(found.values()) == [0, 0, 1]
        # What does not match is looked at as well.
        monkeypatch.setattr(shares, "COUNTED_UP_TO", 3)
        assert count_shares(session, admin, wanted, split) is None
        monkeypatch.setattr(shares, "COUNTED_UP_TO", 4)
        assert count_shares(session, admin, wanted, split) == found
