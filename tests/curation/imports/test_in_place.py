"""A part of the bucket that somebody else has filled: registered where it lies, checked, and never deleted."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from curation.clean_up import clean_up
from curation.imports.staging import StagedFile
from curation.purging import purge_now
from curation.reviews import decide
from curation.spool import Spool
from curation.storage_checks.findings import Kind
from curation.storage_checks.marker import settle
from curation.trash import TRASH
from curation.uploads import Registered, register_media
from db.models import Blob, BlobState, Decision, ImportKind, Media, utc_now
from db.session import open_session
from storage import ObjectStream, StoredObject, open_bucket
from tests.conftest import Installation
from tests.curation.checked import Checked
from tests.curation.importing import Importer, coco, preview_of
from tests.factories import a_jpeg, an_admin


@pytest.fixture
def admin(installation: Installation) -> Importer:
    with open_session() as session:
        admin = an_admin(session)
    settle(open_session, open_bucket())
    return Importer(admin, installation.data_dir / "spool")


@pytest.fixture
def checked(installation: Installation, admin: Importer) -> Checked:
    return Checked(installation.data_dir, admin.access)


def put(key: str, content: bytes) -> None:
    sha256 = hashlib.sha256(content).hexdigest()
    open_bucket().put(key, io.BytesIO(content), size=len(content), content_type="image/jpeg", sha256=sha256)


def fill(number: int = 3) -> dict[str, bytes]:
    pictures = {f"cameras/2025/{place}.jpg": a_jpeg(320, 240) for place in range(number)}
    for key, content in pictures.items():
        put(key, content)
    return pictures


def bring(admin: Importer, **given: bool) -> int:
    import_id = admin.begin(ImportKind.PREFIX, prefix="cameras/2025", **given)
    assert admin.look(import_id).state == "ready"
    return admin.commit(import_id).id


def register(admin: Importer, content: bytes) -> Registered:
    with Spool(admin.spool_folder, limit=2**30) as spool:
        spool.write(content)
        spooled = spool.finish()
        return register_media(open_session, open_bucket(), admin.access, spooled, file_name="again.jpg")


def blobs() -> list[Blob]:
    with open_session(read_only=True) as session:
        return list(session.scalars(select(Blob).order_by(Blob.bucket_key)))


def test_pictures_are_registered_where_they_lie(admin: Importer) -> None:
    pictures = fill()
    annotations = coco({"0.jpg": [("wildfire", (32.0, 24.0, 64.0, 48.0))]}, (320, 240)).encode()
    put("cameras/2025/labels.json", annotations)
    view = admin.view(bring(admin))
    assert (view.counts["created"], view.counts["answers"]) == (3, 1)
    assert [(blob.bucket_key, blob.in_place) for blob in blobs()] == [(key, True) for key in pictures]
    assert list(open_bucket().list("media/")) == []


def test_copied_pictures_lie_where_all_others_do(admin: Importer) -> None:
    fill()
    bring(admin, in_place=False)
    assert not any(blob.in_place for blob in blobs())
    assert len(list(open_bucket().list("media/"))) == 3


def test_a_second_time_nothing_is_read_or_changed(admin: Importer) -> None:
    fill()
    bring(admin)
    put("cameras/2025/new.jpg", a_jpeg())
    import_id = admin.begin(ImportKind.PREFIX, prefix="cameras/2025")
    preview = preview_of(admin.look(import_id))
    assert (preview["media"]["new"], preview["matched_by"]) == (1, {"key": 3})
    counts = admin.commit(import_id).counts
    assert (counts["already_there"], counts["created"]) == (3, 1)


@pytest.mark.parametrize("same_size", [True, False])
def test_an_object_that_was_replaced_is_another_picture(admin: Importer, same_size: bool) -> None:
    (key, content), *_ = fill(2).items()
    bring(admin)
    other = a_jpeg(320, 240)
    size = len(content) if same_size else len(content) + 1000
    put(key, other.ljust(size, b"\0")[:size] if len(other) <= size else other)
    with open_session() as session:  # the clock of a bucket shows whole seconds
        session.execute(update(Blob).values(created_at=utc_now() - timedelta(minutes=1)))
        session.execute(
            update(Blob).where(Blob.bucket_key != key).values(created_at=utc_now() + timedelta(minutes=1))
        )
    import_id = admin.begin(ImportKind.PREFIX, prefix="cameras/2025")
    preview = preview_of(admin.look(import_id))
    assert (preview["media"]["new"], preview["media"]["known"]) == (1, 1)
    assert [one["where"] for one in preview["remarks"]] == [[key.rpartition("/")[2]]]
    counts = admin.commit(import_id).counts
    assert (counts["already_there"], counts["created"]) == (1, 1)


@pytest.mark.parametrize("in_place", [True, False])
def test_what_changed_under_a_prefix_since_its_preview_is_not_imported(
    admin: Importer, in_place: bool
) -> None:
    (anew, _), (gone, _), (_, as_it_was) = fill().items()
    boxes = {f"{place}.jpg": [("wildfire", (32.0, 24.0, 64.0, 48.0))] for place in range(3)}
    put("cameras/2025/labels.json", coco(boxes, (320, 240)).encode())
    import_id = admin.begin(ImportKind.PREFIX, prefix="cameras/2025", in_place=in_place)
    assert preview_of(admin.look(import_id))["media"]["new"] == 3
    open_bucket().delete(gone)
    put(anew, a_jpeg(640, 480))
    put("cameras/2025/late.jpg", a_jpeg(320, 240))
    done = admin.commit(import_id)
    assert (done.counts["failed"], done.counts["created"], done.counts["answers"]) == (2, 1, 1)
    assert [(item.name, item.why) for item in admin.items(import_id)] == [
        ("0.jpg", "0.jpg was written anew since the preview. Import it again."),
        ("1.jpg", "1.jpg is in the bucket no more."),
        ("2.jpg", None),
    ]
    assert [blob.sha256 for blob in blobs()] == [hashlib.sha256(as_it_was).hexdigest()]
    assert list(open_bucket().list("imports/")) == []


@pytest.mark.parametrize(
    ("second", "microsecond", "same"),
    [(8, 123_000, True), (8, 0, True), (8, 124_000, False), (9, 0, False)],
)
def test_an_object_of_the_same_size_is_another_by_its_moment(
    second: int, microsecond: int, same: bool
) -> None:
    """Where a bucket tells only whole seconds with an object, those are compared."""
    listed = datetime(2026, 8, 12, 17, 42, 8, 123_000, UTC)
    opened = StoredObject("a.jpg", 3, None, listed.replace(second=second, microsecond=microsecond))
    stream = ObjectStream(opened, 3, iter([b"abc"]), lambda: None)
    assert StagedFile("a.jpg", 3, None, listed).still_is(stream) is same


def test_a_storage_check_knows_what_lies_in_place(admin: Importer, checked: Checked) -> None:
    pictures = fill()
    bring(admin)
    result = checked.check(deep=True)
    assert (result.report.found.total(), result.report.foreign) == (0, 0)
    assert result.report.looked_at["contents_read"] == 3
    lost = next(iter(pictures))
    open_bucket().delete(lost)
    report = checked.check().report
    assert report.found == {Kind.OBJECT_MISSING: 1}
    assert report.examples[Kind.OBJECT_MISSING][0]["key"] == lost


def test_purging_leaves_somebody_elses_objects(admin: Importer) -> None:
    pictures = fill()
    bring(admin)
    with open_session() as session:
        for media_id in session.scalars(select(Media.id)).all():
            decide(session, admin.access, media_id, Decision.WITHDRAWN)
            purge_now(session, admin.access, media_id, utc_now())
    later = utc_now() + TRASH + timedelta(hours=1)
    done = clean_up(open_session, open_bucket(), later, grace=timedelta(days=30))
    assert done is not None
    assert (done.contents_deleted, blobs()) == (3, [])
    assert [stored.key for stored in open_bucket().list("cameras/")] == list(pictures)


def test_the_same_content_uploaded_later_stays_where_it_lies(admin: Importer) -> None:
    pictures = fill(1)
    bring(admin)
    assert admin.bring({"again.jpg": next(iter(pictures.values()))}).counts["already_there"] == 1
    assert [blob.bucket_key for blob in blobs()] == list(pictures)


def test_what_was_lost_in_place_is_stored_among_our_own(admin: Importer, checked: Checked) -> None:
    (key, content), *_ = fill().items()
    bring(admin)
    open_bucket().delete(key)
    checked.check(repair=True, many=True)
    admin.bring({"again.jpg": content})
    sha256 = hashlib.sha256(content).hexdigest()
    with open_session(read_only=True) as session:
        blob = session.scalars(select(Blob).where(Blob.sha256 == sha256)).one()
        media = session.scalars(select(Media).where(Media.blob_id == blob.id)).one()
    assert (blob.in_place, blob.bucket_key.startswith("media/")) == (False, True)
    assert media.bucket_key == blob.bucket_key
    assert open_bucket().head(key) is None


@pytest.mark.parametrize("withdrawn", [True, False])
def test_what_its_owner_has_moved_is_found_where_it_lies_now(admin: Importer, withdrawn: bool) -> None:
    [(key, content)] = fill(1).items()
    bring(admin)
    if withdrawn:
        with open_session() as session:
            media_id = session.scalars(select(Media.id)).one()
            decide(session, admin.access, media_id, Decision.WITHDRAWN)
            purge_now(session, admin.access, media_id, utc_now())
        assert [blob.state for blob in blobs()] == [BlobState.TRASH]
    moved = key.replace("cameras/2025", "archive")
    put(moved, content)
    open_bucket().delete(key)
    import_id = admin.begin(ImportKind.PREFIX, prefix="archive")
    assert admin.look(import_id).state == "ready"
    counts = admin.commit(import_id).counts
    assert counts["created" if withdrawn else "already_there"] == 1
    [blob] = blobs()
    assert (blob.bucket_key, blob.in_place, blob.state) == (moved, True, BlobState.STORED)
    with open_session(read_only=True) as session:
        alive = select(Media.bucket_key).where(Media.purged_at.is_(None))
        assert session.scalars(alive).all() == [moved]
    preview = preview_of(admin.look(admin.begin(ImportKind.PREFIX, prefix="archive")))
    assert (preview["matched_by"], preview["remarks"]) == ({"key": 1}, [])


def test_what_lies_twice_in_the_bucket_stays_where_it_was_found_first(admin: Importer) -> None:
    [(key, content)] = fill(1).items()
    bring(admin)
    put("archive/copied.jpg", content)
    import_id = admin.begin(ImportKind.PREFIX, prefix="archive")
    admin.look(import_id)
    assert admin.commit(import_id).counts["already_there"] == 1
    assert [blob.bucket_key for blob in blobs()] == [key]


@pytest.mark.parametrize("replaced", [True, False])
def test_nothing_is_written_where_somebody_else_keeps_their_objects(admin: Importer, replaced: bool) -> None:
    (key, content), *_ = fill(1).items()
    bring(admin)
    other = a_jpeg(400, 300)
    if replaced:
        put(key, other)
    else:
        open_bucket().delete(key)
    register(admin, content)
    found = open_bucket().head(key)
    assert (found.size if found is not None else None) == (len(other) if replaced else None)
    [blob] = blobs()
    with open_session(read_only=True) as session:
        assert session.scalars(select(Media.bucket_key)).all() == [blob.bucket_key]
    assert (blob.in_place, blob.bucket_key.startswith("media/"), blob.state) == (
        False,
        True,
        BlobState.STORED,
    )
    with open_bucket().open(blob.bucket_key) as stream:
        assert b"".join(stream) == content


def test_what_is_staged_is_known_to_the_checks_until_the_import_is_over(
    admin: Importer, checked: Checked
) -> None:
    import_id = admin.begin()
    checked.put(f"imports/{import_id}/one.jpg/{'ab' * 32}", age=timedelta(days=3))
    assert checked.finds() == {}
    checked.put(f"imports/999/one.jpg/{'ab' * 32}", age=timedelta(days=3))
    assert checked.finds() == {Kind.FILE_LEFT_BEHIND: 1}
