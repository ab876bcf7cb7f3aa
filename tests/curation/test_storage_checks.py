"""Storage checks: each thing that can differ between database and bucket is found, and nothing else is."""

from __future__ import annotations

import hashlib
import shutil
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from curation.media_keys import media_key
from curation.storage_checks.findings import Kind
from curation.storage_checks.histories import check_histories
from curation.storage_checks.listing import check_listing
from curation.storage_checks.looking import Looking
from curation.storage_checks.marker import settle
from db.models import Access, Annotation, Blob, BlobState, CheckOutcome, Media, Review, State, utc_now
from db.session import open_session
from storage import StoredObject, open_bucket
from storage.local import LocalBucket
from tests.conftest import Installation
from tests.curation.checked import Checked
from tests.factories import an_access


@pytest.fixture
def checked(installation: Installation) -> Checked:
    with open_session() as session:
        curator = an_access(session)
    settle(open_session, open_bucket())
    return Checked(installation.data_dir, curator)


def test_an_installation_that_was_only_used_is_clean(checked: Checked) -> None:
    for _ in range(3):
        checked.answer(checked.register().media_id)
    result = checked.check(deep=True)
    assert (result.outcome, result.report.found.total()) == (CheckOutcome.CLEAN, 0)
    assert result.report.looked_at["contents_read"] == 3
    assert result.report.looked_at["answer_files"] == 3
    assert result.report.foreign == 0


def test_a_lost_object_is_named_with_its_media(checked: Checked) -> None:
    kept, lost = checked.register(), checked.register()
    checked.path_of(lost.media_id).unlink()
    report = checked.check().report
    assert report.found == {Kind.OBJECT_MISSING: 1}
    assert report.examples[Kind.OBJECT_MISSING][0]["media"] == [lost.media_id]
    assert kept.media_id not in report.examples[Kind.OBJECT_MISSING][0]["media"]


def test_an_object_cut_short_differs_in_size_at_any_look(checked: Checked) -> None:
    path = checked.path_of(checked.register().media_id)
    path.write_bytes(path.read_bytes()[:-1])
    assert checked.finds() == {Kind.SIZE_DIFFERS: 1}


def test_a_flipped_byte_is_seen_by_who_reads(checked: Checked) -> None:
    checked.register()
    path = checked.path_of(checked.register().media_id)
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    assert checked.finds() == {}
    assert checked.finds(deep=True) == {Kind.CONTENT_DIFFERS: 1}


def test_a_deep_check_writes_down_what_it_has_verified(checked: Checked) -> None:
    media_id = checked.register().media_id
    checked.check()
    assert checked.blob_of(media_id).verified_at is None
    checked.check(deep=True)
    assert checked.blob_of(media_id).verified_at is not None


def test_objects_without_a_row_are_found_once_they_are_a_day_old(checked: Checked) -> None:
    checked.register()
    old, young = "ab" * 32, "cd" * 32
    checked.put(f"media/ab/ab/{old}.jpg", age=timedelta(hours=25))
    checked.put(f"media/cd/cd/{young}.jpg", age=timedelta(hours=23))
    report = checked.check().report
    assert report.found == {Kind.OBJECT_WITHOUT_ROW: 1}
    assert report.examples[Kind.OBJECT_WITHOUT_ROW][0]["key"] == f"media/ab/ab/{old}.jpg"


@pytest.mark.parametrize(
    "key",
    ["holiday.jpg", "media/holiday.jpg", "media/ab/cd/not-a-hash.jpg", "photos/ab/ab/" + "ab" * 32 + ".jpg"],
)
def test_what_is_not_ours_is_counted_and_no_drift(checked: Checked, key: str) -> None:
    checked.register()
    checked.put(key)
    result = checked.check()
    assert result.outcome == CheckOutcome.CLEAN
    assert result.report.foreign_examples == [key]


def test_contents_stay_known_when_the_folder_of_the_settings_is_another_one(checked: Checked) -> None:
    media_ids = [checked.register().media_id for _ in range(3)]
    with open_session() as session:
        for media_id in media_ids:
            media = session.get_one(Media, media_id)
            blob = session.get_one(Blob, media.blob_id)
            media.bucket_key = blob.bucket_key = blob.bucket_key.replace("media/", "before/")
    shutil.move(checked.folder / "media", checked.folder / "before")
    newer = checked.register().media_id
    assert checked.finds(deep=True) == {}
    checked.path_of(media_ids[1]).unlink()
    checked.path_of(newer).unlink()
    assert checked.finds() == {Kind.OBJECT_MISSING: 2}


def test_derived_pictures_of_contents_that_are_no_more_are_found(checked: Checked) -> None:
    checked.register()
    checked.put(f"derived/v1/{'ab' * 32}-thumb.jpg")
    assert checked.finds() == {Kind.DERIVED_WITHOUT_CONTENT: 1}


def test_a_missing_file_of_an_answer_is_found_whether_it_was_ever_written_or_not(checked: Checked) -> None:
    written = checked.answer(checked.register().media_id)
    never = checked.answer(checked.register().media_id)
    shutil.rmtree(checked.folder / "annotations")
    with open_session() as session:
        session.execute(
            update(Annotation)
            .where(Annotation.id == never)
            .values(bucket_key=None, created_at=utc_now() - timedelta(hours=1))
        )
    report = checked.check().report
    assert report.found == {Kind.ANSWER_FILE_MISSING: 2}
    assert {about["annotation"] for about in report.examples[Kind.ANSWER_FILE_MISSING]} == {written, never}


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": State.ACCEPTED},
        {"current_annotation_id": None},
        {"act_count": 7},
    ],
)
def test_a_row_that_says_other_than_its_history_is_found(checked: Checked, wrong: dict[str, object]) -> None:
    media_id = checked.register().media_id
    checked.answer(media_id)
    with open_session() as session:
        session.execute(update(Media).where(Media.id == media_id).values(**wrong))
    assert checked.finds() == {Kind.HISTORY_DIFFERS: 1}


def test_gaps_in_the_numbers_of_a_history_are_found(checked: Checked) -> None:
    media_id = checked.register().media_id
    annotation_id = checked.answer(media_id)
    with open_session() as session:
        session.execute(update(Annotation).where(Annotation.id == annotation_id).values(number=2))
    assert checked.finds() == {Kind.NUMBERS_BROKEN: 1}


def test_an_upload_that_nobody_will_finish_is_found(checked: Checked) -> None:
    media_id = checked.register().media_id
    with open_session() as session:
        session.add(
            Blob(
                sha256="ef" * 32,
                size=10,
                content_type="image/jpeg",
                width=10,
                height=10,
                bucket_key="media/ef/ef/" + "ef" * 32 + ".jpg",
                state=BlobState.PENDING,
                lease_until=utc_now() - timedelta(days=1),
            )
        )
        session.add(
            Media(
                state=State.AWAITING_CONTENT,
                uploaded_by_id=checked.curator.id,
                created_at=utc_now() - timedelta(days=2),
            )
        )
    assert media_id
    assert checked.finds() == {Kind.UPLOAD_UNFINISHED: 1, Kind.MEDIA_UNFILLED: 1}


def test_a_review_about_another_medias_answer_is_found(checked: Checked) -> None:
    one, other = checked.register().media_id, checked.register().media_id
    checked.answer(one)
    foreign = checked.answer(other)
    with open_session() as session:
        session.add(
            Review(
                media_id=one,
                access_id=checked.curator.id,
                annotation_id=foreign,
                decision="accepted",
                act=2,
                state_before=State.ANNOTATED,
                state_after=State.ACCEPTED,
            )
        )
        session.flush()
        session.execute(update(Media).where(Media.id == one).values(act_count=2, state=State.ACCEPTED))
    found = checked.finds()
    assert found[Kind.REFERENCE_BROKEN] == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_check_needs_no_more_memory_however_much_there_is(checked: Checked) -> None:
    place, sizes = checked.place, (2_000, 12_000)
    peaks = []
    for size in sizes:
        with open_session() as session:
            fill_contents(session, size)
        bucket = Listed(size)
        tracemalloc.start()
        looking = Looking(open_session, bucket, place)
        check_listing(looking)
        check_histories(looking)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert looking.report.looked_at["originals"] == looking.report.looked_at["media"] == size
        assert looking.report.found.total() == 0
    assert peaks[1] < 1.5 * peaks[0] + 2 * 2**20


def fill_contents(session: Session, upto: int) -> None:
    """Rows of contents and media numbered up to so many; those that are there stay."""
    there = session.scalar(select(func.count()).select_from(Blob)) or 0
    uploader = session.scalars(select(Access.id)).first()
    contents = [
        {
            "id": number,
            "sha256": hash_of_number(number),
            "size": number,
            "content_type": "image/jpeg",
            "width": 4,
            "height": 3,
            "bucket_key": key_of_number(number),
            "state": BlobState.STORED,
        }
        for number in range(there + 1, upto + 1)
    ]
    session.execute(insert(Blob), contents)
    media = [
        {"id": row["id"], "blob_id": row["id"], "bucket_key": row["bucket_key"], "uploaded_by_id": uploader}
        for row in contents
    ]
    session.execute(insert(Media), media)


def hash_of_number(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def key_of_number(number: int) -> str:
    return media_key("media", hash_of_number(number), "jpg")


class Listed(LocalBucket):
    """A bucket with so many objects, which would take a file each otherwise."""

    def __init__(self, size: int) -> None:
        super().__init__(Path())
        # Small beside what is looked at, and made before anything is measured.
        self._sizes = {key_of_number(number): number for number in range(1, size + 1)}
        self._keys = sorted(self._sizes)

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        for key in self._keys:
            if key.startswith(prefix):
                yield StoredObject(key, self._sizes[key], None, None)
