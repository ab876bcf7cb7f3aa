"""Putting right what a check has found: each thing by itself, looked at once more while it is held."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from curation.annotation_files import write_annotation_file
from curation.errors import AnnotationNotFound
from curation.spool import sweep_spool
from curation.storage_checks.findings import HARMLESS, WEIGHTY, Finding, Kind
from curation.storage_checks.histories import put_right
from curation.storage_checks.looking import GRACE, SETTLED, Looking
from curation.trash import settle_upload, trash_unused
from curation.two_step import sweep as sweep_media
from curation.whole import is_whole
from db.models import Annotation, Blob, BlobState, Media
from db.upsert import insert_or_ignore
from storage.errors import BucketError, BucketUnreachable, ObjectCutShort, ObjectMissing

# What nobody knows or has stays for a week after it was found: longer than anything else in the trash.
UNKNOWN_TRASH = timedelta(days=7)

log = logging.getLogger(__name__)


def repair(looking: Looking, *, weighty: bool) -> None:
    """Put right what is harmless to put right, and with `weighty` the rest of what can be.

    A finding that is not so any more is left alone. Raises BucketUnreachable and what the database raises.
    """
    wanted = HARMLESS | WEIGHTY if weighty else HARMLESS
    for finding in looking.report.repairable:
        if finding.kind not in wanted:
            continue
        looking.still_here()
        try:
            if _REPAIRS[finding.kind](looking, finding):
                looking.report.repaired[finding.kind] += 1
        except BucketError as problem:
            # A bucket that is away is so for all of them; one object that ends early is not.
            if isinstance(problem, BucketUnreachable) and not isinstance(problem, ObjectCutShort):
                raise
            log.error("%s was not repaired: %s", finding, problem)


def _mark(looking: Looking, finding: Finding) -> bool:
    """Content that is gone or not itself is marked so, and not shown any more; its row and its media stay.

    It is settled as an upload that was broken off is: looked at once more, while its row says that this is under way.
    Whoever stores the object again meanwhile takes the row over, and then it is not marked.
    """
    content, seen = finding.about["content"], BlobState(finding.about["state"])
    with looking.sessions() as session:
        if not _move_content(session, content, seen, BlobState.PENDING, lease_until=looking.now):
            return False
    # A crash, or a bucket that goes away, leaves it to the clean-up; until then it is shown as before.
    settled = settle_upload(looking.sessions, looking.bucket, content, looking.now)
    return settled not in (None, BlobState.STORED)


def _show_again(looking: Looking, finding: Finding) -> bool:
    """What was lost or damaged has been read from its first byte to its last, and is whole."""
    with looking.sessions() as session:
        state = BlobState(finding.about["state"])
        return _move_content(session, finding.about["content"], state, BlobState.STORED)


def _move_content(
    session: Session,
    content: int,
    seen: BlobState,
    state: BlobState,
    *,
    lease_until: datetime | None = None,
) -> bool:
    moved = update(Blob).where(Blob.id == content, Blob.state == seen)
    moved = moved.values(state=state, lease_until=lease_until)
    return session.execute(moved.returning(Blob.id)).first() is not None


def _trash_unknown(looking: Looking, finding: Finding) -> bool:
    """An object without a row gets one, in the trash: uploads of the same content find it there, and take it out."""
    about = finding.about
    if about.get("answer_file"):
        return _delete_unknown_file(looking, finding)
    key = about["key"]
    row = {
        "sha256": key.rpartition("/")[2].partition(".")[0],
        "size": about["size"],
        "content_type": (about["content_type"] or "application/octet-stream")[:50],
        "width": 0,  # nobody has looked into it
        "height": 0,
        "orientation": 1,
        "bucket_key": key,
        "state": BlobState.TRASH,
        "delete_after": looking.now + UNKNOWN_TRASH,
        "created_at": looking.now,
    }
    with looking.sessions() as session:
        return insert_or_ignore(session, Blob, [row], unique=["sha256"]) > 0


def _delete_unknown_file(looking: Looking, finding: Finding) -> bool:
    """A file that belongs to no answer has no row to wait in: its own age says how long it was left alone."""
    key = finding.about["key"]
    if not _has_waited(looking, key):
        return False
    looking.bucket.delete(key)
    return True


def _has_waited(looking: Looking, key: str) -> bool:
    found = looking.bucket.head(key)
    if found is None or found.last_modified is None:
        return False
    return looking.bucket_now - found.last_modified >= GRACE + UNKNOWN_TRASH


def _keep_one(looking: Looking, finding: Finding) -> bool:
    """Of two objects of one content the row's own stays if it is whole; else the row is led to the other if that is."""
    content, key = finding.about["content"], finding.about["key"]
    row = _settled(looking, content)
    if row is None or row.bucket_key == key:
        return False
    if _is_whole(looking, row, row.bucket_key):
        now = _settled(looking, content) if _has_waited(looking, key) else None
        if now is None or now.bucket_key != row.bucket_key:
            return False
        looking.bucket.delete(key)
        return True
    if not _is_whole(looking, row, key):
        return False
    same = (Blob.id == content, Blob.bucket_key == row.bucket_key, Blob.state.in_(SETTLED))
    with looking.sessions() as session:
        led = update(Blob).where(*same).values(bucket_key=key, state=BlobState.STORED)
        if session.execute(led.returning(Blob.id)).first() is None:
            return False
        session.execute(update(Media).where(Media.blob_id == content).values(bucket_key=key))
    return True


def _settled(looking: Looking, content: int) -> Blob | None:
    with looking.sessions(read_only=True) as session:
        return session.scalar(select(Blob).where(Blob.id == content, Blob.state.in_(SETTLED)))


def _is_whole(looking: Looking, row: Blob, key: str) -> bool:
    try:
        return is_whole(looking.bucket, key, row.size, row.sha256, still_here=looking.still_here)
    except ObjectMissing:
        return False


def _settle_upload(looking: Looking, finding: Finding) -> bool:
    return settle_upload(looking.sessions, looking.bucket, finding.about["content"], looking.now) is not None


def _trash_unused(looking: Looking, finding: Finding) -> bool:
    with looking.sessions() as session:
        return trash_unused(session, finding.about["content"], SETTLED, looking.now + UNKNOWN_TRASH)


def _sweep_media(looking: Looking, _finding: Finding) -> bool:
    with looking.sessions() as session:
        sweep_media(session)
    return True


def _delete_object(looking: Looking, finding: Finding) -> bool:
    looking.bucket.delete(finding.about["key"])
    return True


def _delete_left_behind(looking: Looking, finding: Finding) -> bool:
    if "key" in finding.about:
        return _delete_object(looking, finding)
    sweep_spool(looking.place.spool_folder)
    return True


def _sweep_parts(looking: Looking, _finding: Finding) -> bool:
    looking.bucket.sweep()
    return True


def _put_right(looking: Looking, finding: Finding) -> bool:
    with looking.sessions() as session:
        return put_right(session, finding.about["media"][0])


def _write_file(looking: Looking, finding: Finding) -> bool:
    annotation_id = finding.about["annotation"]
    with looking.sessions(read_only=True) as session:
        came_as_file = select(Annotation.file_sha256).where(Annotation.id == annotation_id)
        if session.scalar(came_as_file) is not None:
            return False
    try:
        write_annotation_file(
            looking.sessions, looking.bucket, annotation_id, looking.place.annotation_folder
        )
    except AnnotationNotFound:
        return False
    return True


_REPAIRS: dict[Kind, Callable[[Looking, Finding], bool]] = {
    Kind.OBJECT_MISSING: _mark,
    Kind.OBJECT_WITHOUT_ROW: _trash_unknown,
    Kind.OBJECT_TWICE: _keep_one,
    Kind.SIZE_DIFFERS: _mark,
    Kind.CONTENT_DIFFERS: _mark,
    Kind.FOUND_AGAIN: _show_again,
    Kind.UPLOAD_UNFINISHED: _settle_upload,
    Kind.CONTENT_UNUSED: _trash_unused,
    Kind.MEDIA_UNFILLED: _sweep_media,
    Kind.DERIVED_WITHOUT_CONTENT: _delete_object,
    Kind.FILE_LEFT_BEHIND: _delete_left_behind,
    Kind.PARTS_LEFT_BEHIND: _sweep_parts,
    Kind.HISTORY_DIFFERS: _put_right,
    Kind.ANSWER_FILE_MISSING: _write_file,
}
