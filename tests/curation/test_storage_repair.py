"""Repairing: what a check may change, what it must not, and when it stops before changing anything."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from typing import Any, BinaryIO

import pytest
from sqlalchemy import select, update

from curation.clean_up import clean_up
from curation.errors import ContentGone, WrongBucket
from curation.reviews import decide
from curation.serving import get_picture
from curation.storage_checks import marker
from curation.storage_checks.findings import Kind
from db.models import (
    Annotation,
    Blob,
    BlobState,
    CheckOutcome,
    Decision,
    Event,
    Media,
    State,
    StorageCheck,
    utc_now,
)
from db.session import open_session
from storage import open_bucket
from storage.errors import ObjectDamaged
from storage.local import LocalBucket
from tests.conftest import Installation
from tests.curation.checked import Checked, grow_old
from tests.factories import a_jpeg, an_access

UNKNOWN = "ab" * 32


@pytest.fixture
def checked(installation: Installation) -> Checked:
    with open_session() as session:
        curator = an_access(session)
    marker.settle(open_session, open_bucket())
    return Checked(installation.data_dir, curator)


def break_bytes(checked: Checked, media_id: int) -> None:
    path = checked.path_of(media_id)
    content = bytearray(path.read_bytes())
    content[50] ^= 1
    path.write_bytes(content)


def cut_short(checked: Checked, media_id: int) -> None:
    path = checked.path_of(media_id)
    path.write_bytes(path.read_bytes()[:-1])


def lose(checked: Checked, media_id: int) -> None:
    checked.path_of(media_id).unlink()


@pytest.mark.parametrize(
    ("damage", "state"),
    [(lose, BlobState.LOST), (cut_short, BlobState.DAMAGED), (break_bytes, BlobState.DAMAGED)],
)
def test_what_is_lost_or_damaged_is_shown_no_more_and_healed_by_the_same_content(
    checked: Checked, damage: Callable[[Checked, int], None], state: BlobState
) -> None:
    content = a_jpeg()
    media_id = checked.register(content).media_id
    checked.register()
    damage(checked, media_id)

    result = checked.check(deep=True, repair=True)
    assert result.outcome == CheckOutcome.DRIFT, "it is marked, and still to be healed"
    assert result.report.repaired.total() == 1
    assert checked.blob_of(media_id).state == state
    with open_session(read_only=True) as session, pytest.raises(ContentGone, match="Uploading the same"):
        get_picture(session, checked.curator, media_id)
    assert checked.check(deep=True, repair=True).report.repaired.total() == 0

    again = checked.register(content)
    assert (again.media_id, again.twin) == (media_id, True)
    with open_session(read_only=True) as session:
        get_picture(session, checked.curator, media_id)
    assert checked.finds(deep=True) == {}


def test_what_comes_back_whole_is_shown_again(checked: Checked) -> None:
    media_id = checked.register().media_id
    path = checked.path_of(media_id)
    away = path.rename(path.with_suffix(".away"))
    checked.register()
    checked.check(repair=True)
    away.rename(path)
    assert checked.finds() == {Kind.FOUND_AGAIN: 1}
    assert checked.check(repair=True).outcome == CheckOutcome.CLEAN
    assert checked.blob_of(media_id).state == BlobState.STORED


def test_an_unknown_object_waits_a_week_in_the_trash(checked: Checked) -> None:
    checked.register()
    path = checked.put(f"media/ab/ab/{UNKNOWN}.jpg")
    assert checked.check(repair=True).outcome == CheckOutcome.CLEAN
    assert path.exists()
    assert checked.finds() == {}

    grace = timedelta(days=30)
    clean_up(open_session, open_bucket(), utc_now() + timedelta(days=6), grace=grace)
    assert path.exists()
    clean_up(open_session, open_bucket(), utc_now() + timedelta(days=8), grace=grace)
    assert not path.exists()


def test_content_that_is_sent_while_it_waits_in_the_trash_gets_its_facts(checked: Checked) -> None:
    content = a_jpeg(400, 300)
    media_id = checked.register(content).media_id
    key, blob = checked.path_of(media_id), checked.blob_of(media_id)
    with open_session() as session:
        session.execute(update(Media).values(blob_id=None, upload_sha256=None, state=State.AWAITING_CONTENT))
        session.delete(session.get_one(Blob, blob.id))
    grow_old(key)
    checked.register()
    checked.check(repair=True)
    again = checked.register(content).media_id
    assert (checked.blob_of(again).width, checked.blob_of(again).state) == (400, BlobState.STORED)


@pytest.mark.parametrize(
    ("harm", "kept"), [(None, "jpg"), (lose, "jpeg"), (cut_short, "jpeg"), (break_bytes, "jpeg")]
)
def test_of_two_objects_of_one_content_a_whole_one_is_kept(
    checked: Checked, harm: Callable[[Checked, int], None] | None, kept: str
) -> None:
    checked.register()
    content = a_jpeg()
    media_id = checked.register(content).media_id
    key = checked.blob_of(media_id).bucket_key
    second = f"{key.rpartition('.')[0]}.jpeg"
    path = checked.put(second, content)
    if harm is not None:
        harm(checked, media_id)
    assert checked.finds()[Kind.OBJECT_TWICE] == 1
    checked.check(tidy=True)
    assert checked.blob_of(media_id).bucket_key == key, "that is for an admin to decide"

    checked.check(repair=True)
    assert path.exists(), "nothing is deleted that is younger than eight days"
    for one in (path, checked.folder / key):
        if one.exists():
            grow_old(one, timedelta(days=9))
    # One that is damaged becomes the second, and is the one to go.
    checked.check(repair=True)
    assert checked.check(deep=True).outcome == CheckOutcome.CLEAN
    blob = checked.blob_of(media_id)
    assert (blob.state, blob.bucket_key.rpartition(".")[2]) == (BlobState.STORED, kept)
    assert checked.path_of(media_id).read_bytes() == content


def test_a_second_object_that_is_another_thing_than_its_name_says_is_never_kept(checked: Checked) -> None:
    checked.register()
    media_id = checked.register().media_id
    key = checked.blob_of(media_id).bucket_key
    checked.put(f"{key.rpartition('.')[0]}.jpeg", b"anything")
    lose(checked, media_id)
    for _ in range(2):
        checked.check(repair=True)
    assert (checked.blob_of(media_id).state, checked.blob_of(media_id).bucket_key) == (BlobState.LOST, key)


def test_content_that_no_media_has_goes_to_the_trash_by_itself_once_it_is_a_day_old(checked: Checked) -> None:
    content = a_jpeg()
    kept, media_id = checked.register().media_id, checked.register(content).media_id
    path, blob = checked.path_of(media_id), checked.blob_of(media_id)
    with open_session() as session:
        # As a purge leaves it when the same content is sent again at the same moment.
        gone = update(Media).where(Media.id == media_id)
        session.execute(gone.values(blob_id=None, upload_sha256=None, state=State.AWAITING_CONTENT))
    assert checked.finds() == {}, "it may be about to become a media's"

    with open_session() as session:
        session.execute(update(Blob).values(created_at=utc_now() - timedelta(days=2)))
    assert checked.finds() == {Kind.CONTENT_UNUSED: 1}
    assert checked.check(tidy=True).outcome == CheckOutcome.CLEAN
    assert (checked.finds(), path.exists()) == ({}, True)
    assert checked.blob_of(kept).state == BlobState.STORED

    again = checked.register(content).media_id
    assert (checked.blob_of(again).id, checked.blob_of(again).state) == (blob.id, BlobState.STORED)


@pytest.mark.parametrize("key", ["photos/ab/ab/" + UNKNOWN + ".jpg", "media/readme.txt", "holiday.jpg"])
def test_what_is_not_ours_is_never_touched(checked: Checked, key: str) -> None:
    checked.register()
    path = checked.put(key, age=timedelta(days=900))
    checked.check(repair=True, many=True)
    with open_session(read_only=True) as session:
        assert session.scalar(select(Blob.id).where(Blob.state == BlobState.TRASH)) is None
    assert path.exists()


def test_files_and_pictures_that_can_be_made_again_are_put_right_by_themselves(checked: Checked) -> None:
    annotation_id = checked.answer(checked.register().media_id)
    shutil.rmtree(checked.folder / "annotations")
    derived = checked.put(f"derived/v1/{UNKNOWN}-thumb.jpg")
    spooled = checked.data_dir / "spool" / "left.spool"
    spooled.write_bytes(b"half a picture")
    part = checked.put(".parts/half")
    for path in (spooled, part):
        grow_old(path)

    result = checked.check(tidy=True)
    assert result.outcome == CheckOutcome.CLEAN
    assert set(result.report.repaired) == {
        Kind.ANSWER_FILE_MISSING,
        Kind.DERIVED_WITHOUT_CONTENT,
        Kind.FILE_LEFT_BEHIND,
        Kind.PARTS_LEFT_BEHIND,
    }
    assert not (derived.exists() or spooled.exists() or part.exists())
    with open_session(read_only=True) as session:
        key = session.get_one(Annotation, annotation_id).bucket_key
    assert (checked.folder / str(key)).exists()


def test_what_an_admin_has_to_decide_is_left_alone_until_one_does(checked: Checked) -> None:
    media_id = checked.register().media_id
    checked.register()
    lose(checked, media_id)
    assert checked.check(tidy=True).outcome == CheckOutcome.DRIFT
    assert checked.blob_of(media_id).state == BlobState.STORED


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": State.REJECTED},
        {"current_annotation_id": None},
        {"last_review_id": None},
        {"act_count": 9},
    ],
)
def test_a_row_is_written_anew_from_its_history(checked: Checked, wrong: dict[str, object]) -> None:
    media_id = checked.register().media_id
    checked.answer(media_id)
    second = checked.answer(media_id, based_on=checked_current(media_id))
    with open_session() as session:
        decide(session, checked.curator, media_id, Decision.ACCEPTED, annotation_id=second)
    before = row_of(media_id)
    with open_session() as session:
        session.execute(update(Media).where(Media.id == media_id).values(**wrong))
    result = checked.check(repair=True)
    assert (result.outcome, result.report.repaired) == (CheckOutcome.CLEAN, {Kind.HISTORY_DIFFERS: 1})
    assert row_of(media_id) == before


def checked_current(media_id: int) -> int | None:
    with open_session(read_only=True) as session:
        return session.get_one(Media, media_id).current_annotation_id


def row_of(media_id: int) -> tuple[object, ...]:
    with open_session(read_only=True) as session:
        media = session.get_one(Media, media_id)
        return media.state, media.current_annotation_id, media.last_review_id, media.act_count


def test_undone_and_withdrawn_answers_count_no_more_whatever_the_row_says(checked: Checked) -> None:
    media_id = checked.register().media_id
    first = checked.answer(media_id)
    second = checked.answer(media_id, based_on=first)
    with open_session() as session:
        decide(session, checked.curator, media_id, Decision.UNDONE)
    before = row_of(media_id)
    assert before[1] == first
    with open_session() as session:
        session.execute(update(Media).where(Media.id == media_id).values(current_annotation_id=second))
    checked.check(repair=True)
    assert row_of(media_id) == before


def test_too_much_at_once_changes_nothing_until_it_is_asked_for(checked: Checked) -> None:
    media_ids = [checked.register().media_id for _ in range(12)]
    for media_id in media_ids[:11]:
        lose(checked, media_id)
    derived = checked.put(f"derived/v1/{UNKNOWN}-thumb.jpg")

    stopped = checked.check(repair=True)
    assert stopped.outcome == CheckOutcome.STOPPED
    assert stopped.problem is not None and "11 rows and objects" in stopped.problem
    assert checked.blob_of(media_ids[0]).state == BlobState.STORED
    assert derived.exists()

    checked.check(repair=True, many=True)
    assert checked.blob_of(media_ids[0]).state == BlobState.LOST


def test_an_empty_bucket_stops_everything(checked: Checked) -> None:
    media_id = checked.register().media_id
    shutil.rmtree(checked.folder)
    open_bucket().prepare()
    stopped = checked.check(repair=True, many=True)
    assert stopped.outcome == CheckOutcome.STOPPED
    assert checked.blob_of(media_id).state == BlobState.STORED
    with pytest.raises(WrongBucket):
        clean_up(open_session, open_bucket(), utc_now(), grace=timedelta(days=30))


def test_a_bucket_that_was_emptied_around_its_marker_stops_everything(checked: Checked) -> None:
    checked.register()
    shutil.rmtree(checked.folder / "media")
    stopped = checked.check(repair=True, many=True)
    assert stopped.outcome == CheckOutcome.STOPPED
    assert stopped.problem is not None and stopped.problem.startswith("The bucket holds none")


def test_a_database_that_was_emptied_stops_everything(checked: Checked) -> None:
    path = checked.put(f"media/ab/ab/{UNKNOWN}.jpg")
    stopped = checked.check(repair=True, many=True)
    assert stopped.outcome == CheckOutcome.STOPPED
    assert path.exists()


def test_the_bucket_of_another_installation_is_not_even_looked_at(checked: Checked) -> None:
    checked.register()
    (checked.folder / marker.MARKER_KEY).write_text('{"installation": "another"}')
    stopped = checked.check(repair=True)
    assert (stopped.outcome, stopped.report.looked_at.total()) == (CheckOutcome.STOPPED, 0)
    with pytest.raises(WrongBucket, match="another installation"):
        marker.settle(open_session, open_bucket())
    marker.adopt(open_session, open_bucket())
    assert checked.check().outcome == CheckOutcome.CLEAN


def test_a_marker_that_was_stored_damaged_is_nobody_elses_name(checked: Checked) -> None:
    class Damaging(LocalBucket):
        def put(self, key: str, content: BinaryIO, **about: Any) -> None:
            super().put(key, content, **about)
            (checked.folder / key).write_text('{"installa')
            raise ObjectDamaged(key)

    checked.register()
    (checked.folder / marker.MARKER_KEY).unlink()
    with pytest.raises(ObjectDamaged):
        marker.settle(open_session, Damaging(checked.folder))
    marker.settle(open_session, open_bucket())
    assert marker.read_bond(open_session, open_bucket()) == marker.Bond.OURS


def test_a_lost_marker_is_written_again_where_the_bucket_holds_what_is_ours(checked: Checked) -> None:
    checked.register()
    (checked.folder / marker.MARKER_KEY).unlink()
    marker.settle(open_session, open_bucket())
    assert marker.read_bond(open_session, open_bucket()) == marker.Bond.OURS


def test_a_repair_stands_in_the_audit_trail(checked: Checked) -> None:
    media_id = checked.register().media_id
    checked.register()
    lose(checked, media_id)
    checked.check(repair=True)
    with open_session(read_only=True) as session:
        event = session.scalars(select(Event).where(Event.name == "storage_repaired")).one()
        check = session.scalars(select(StorageCheck)).one()
    assert event.detail == {"check": check.id, "object_missing": 1}
