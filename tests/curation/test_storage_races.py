"""Repairing while others store, and through a bucket that reads badly: nothing good is marked lost or damaged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from curation.storage_checks import marker
from curation.storage_checks.findings import Kind
from curation.storage_checks.listing import check_listing
from curation.storage_checks.looking import Looking
from curation.storage_checks.repair import repair
from curation.storage_checks.running import Result, Wanted, make_check
from db.models import BlobState, CheckOutcome
from db.session import open_session
from storage import open_bucket
from storage.bucket import ObjectStream, StoredObject
from storage.errors import ObjectMissing
from storage.local import LocalBucket
from tests.conftest import Installation
from tests.curation.checked import Checked
from tests.factories import a_jpeg, an_access

Mangle = Callable[[bytes], bytes]


@pytest.fixture
def checked(installation: Installation) -> Checked:
    with open_session() as session:
        curator = an_access(session)
    marker.settle(open_session, open_bucket())
    return Checked(installation.data_dir, curator)


def look(checked: Checked, bucket: LocalBucket | None = None) -> Looking:
    """A check that has found what there is, and repaired nothing yet."""
    looking = Looking(open_session, bucket or open_bucket(), checked.place)
    check_listing(looking)
    return looking


def test_what_is_stored_again_before_its_repair_is_not_marked_lost(checked: Checked) -> None:
    content = a_jpeg()
    media_id = checked.register(content).media_id
    checked.path_of(media_id).unlink()
    looking = look(checked)
    assert looking.report.found == {Kind.OBJECT_MISSING: 1}
    assert checked.register(content).twin
    repair(looking, weighty=True)
    assert (checked.blob_of(media_id).state, looking.report.repaired.total()) == (BlobState.STORED, 0)


def test_what_is_stored_again_in_the_middle_of_its_repair_is_not_marked_lost(checked: Checked) -> None:
    content = a_jpeg()
    media_id = checked.register(content).media_id
    checked.path_of(media_id).unlink()

    class Late(LocalBucket):
        """What was missing when somebody asked is there a moment later."""

        def open(self, key: str, **part: Any) -> ObjectStream:
            try:
                return super().open(key, **part)
            except ObjectMissing:
                assert checked.register(content).twin
                raise

    looking = look(checked, Late(checked.folder))
    repair(looking, weighty=True)
    assert checked.path_of(media_id).exists()
    assert (checked.blob_of(media_id).state, looking.report.repaired.total()) == (BlobState.STORED, 0)


class Misread(LocalBucket):
    """A folder whose originals arrive wrong the first so many times that each is read."""

    def __init__(self, checked: Checked, mangle: Mangle, times: int) -> None:
        super().__init__(checked.folder)
        self._mangle, self._times, self._reads = mangle, times, Counter[str]()

    def open(self, key: str, **part: Any) -> ObjectStream:
        stream = super().open(key, **part)
        self._reads[key] += 1
        if not key.startswith("media/") or self._reads[key] > self._times:
            return stream
        return ObjectStream(
            StoredObject(key, stream.size, None, None), stream.length, self._mangled(stream), stream.close
        )

    def _mangled(self, stream: ObjectStream) -> Iterator[bytes]:
        yield self._mangle(stream.read())


def garbled(content: bytes) -> bytes:
    return content[:50] + bytes([content[50] ^ 1]) + content[51:]


def cut(content: bytes) -> bytes:
    return content[:-1]


def check(checked: Checked, bucket: LocalBucket, **wanted: Any) -> Result:
    return make_check(open_session, bucket, checked.place, Wanted(deep=True, **wanted))


@pytest.mark.parametrize("mangle", [garbled, cut])
def test_one_bad_read_of_each_object_changes_nothing(checked: Checked, mangle: Mangle) -> None:
    media_ids = [checked.register().media_id for _ in range(3)]
    result = check(checked, Misread(checked, mangle, 1), repair=True)
    assert (result.outcome, result.report.found.total()) == (CheckOutcome.CLEAN, 0)
    assert {checked.blob_of(media_id).state for media_id in media_ids} == {BlobState.STORED}


def test_what_was_misread_by_the_check_is_looked_at_again_before_it_is_marked(checked: Checked) -> None:
    media_id = checked.register().media_id
    result = check(checked, Misread(checked, garbled, 3), repair=True)
    assert result.report.found == {Kind.CONTENT_DIFFERS: 1}
    assert (checked.blob_of(media_id).state, result.report.repaired.total()) == (BlobState.STORED, 0)


def test_what_is_cut_short_at_each_read_was_not_looked_at_and_is_not_damaged(checked: Checked) -> None:
    media_id = checked.register().media_id
    result = check(checked, Misread(checked, cut, 9), repair=True)
    assert (result.outcome, result.report.found) == (CheckOutcome.DRIFT, {Kind.CONTENT_UNREAD: 1})
    assert result.report.examples[Kind.CONTENT_UNREAD][0]["media"] == [media_id]
    assert checked.blob_of(media_id).state == BlobState.STORED
    assert checked.blob_of(media_id).verified_at is None


def test_what_is_whole_again_is_shown_again_by_a_check_that_was_due(checked: Checked) -> None:
    media_id = checked.register().media_id
    checked.register()
    path = checked.path_of(media_id)
    away = path.rename(path.with_suffix(".away"))
    checked.check(repair=True)
    assert checked.blob_of(media_id).state == BlobState.LOST
    away.rename(path)
    assert checked.check(tidy=True).outcome == CheckOutcome.CLEAN
    assert checked.blob_of(media_id).state == BlobState.STORED
