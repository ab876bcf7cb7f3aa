"""Making an export: annotation files from one moment of the database, then pictures from the bucket, into one file.

The file grows on this host's disk, where `following` reads it, and goes to the bucket when it is whole, with its
receipt; the row that says so comes last. A killed export is made again from its beginning, as of a new moment.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from curation import jobs
from curation.announcements import announce_export
from curation.datasets.asking import UNDER_WAY, described, job_of
from curation.datasets.contents import Contents
from curation.datasets.files import (
    export_key,
    growing_file,
    growing_files,
    media_key,
    receipt_key,
    shown_key,
)
from curation.datasets.growing import Growing, growing
from curation.datasets.options import ExportOptions
from curation.datasets.receipt import ReceiptBook
from curation.datasets.shares import shares_record
from curation.datasets.shown import ShownMedia, withdrawals_since
from curation.datasets.shown_then import is_told_of_moments
from curation.datasets.since import Since
from curation.datasets.source import Dataset, of_filter, of_release
from curation.datasets.splits import Split
from curation.datasets.watching import Stopped, Watch, WatchedFile, still_ours
from curation.datasets.writers import Writer, writer_for
from curation.errors import CurationError, Unavailable
from curation.events import record
from curation.kill_points import reached
from curation.media_filter import MediaFilter
from db.clock import database_now
from db.models import Access, Export, ExportState, Job, Release
from db.outages import is_away, told
from db.streaming import hold_still
from db.types import Sessions
from storage import Bucket
from storage.errors import BucketFull, BucketUnreachable

# An outage is waited for so long, counted from when the export was asked for.
PATIENCE = timedelta(hours=1)
AGAIN_AFTER, OTHERS_FIRST = 10.0, 1.0  # seconds
NO_ROOM = "There is no room for this export. Ask for less of it, or try again later."
BUG = "It could not be made because of an error of ours. It was written down for whoever keeps this installation."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Order:
    """What is to be made, without a session."""

    id: int
    attempt: int
    access_id: int
    asked_by: str
    asked_at: datetime
    asked: dict[str, Any]
    wanted: MediaFilter
    # The same, or the filter of its release.
    made_of: MediaFilter
    release_id: int | None
    since: Since | None
    options: ExportOptions
    # What its parts were to be; None without parts, and for changes alone, which are no part of anything.
    split: Split | None
    writer: Writer
    file_name: str
    content_type: str

    def dataset(self, session: Session) -> Dataset:
        """What it is made of, as of the moment of this session."""
        access = session.get_one(Access, self.access_id)
        if self.release_id is not None:
            return of_release(session, access, self.release_id, since=self.since)
        return of_filter(session, access, self.wanted, split=self.options.split, since=self.since)


def make_export(
    sessions: Sessions, bucket: Bucket, export_id: int, *, spool_folder: Path, kept_for: timedelta
) -> None:
    """The job. Harmless to repeat; one that is over, or cancelled, is left alone. Raises NotYet during an outage,
    while all decoders are busy, and when somebody else's goes first."""
    with sessions() as session:
        order = _begin(session, export_id)
    if order is None:
        return
    try:
        with (
            jobs.kept_alive(sessions, job_of(order.options), export_id),
            growing(
                growing_file(spool_folder, export_id, order.attempt),
                growing_files(spool_folder, export_id),
                bucket.largest,
            ) as file,
            ReceiptBook(spool_folder) as receipt,
            ShownMedia(sessions, spool_folder) as shown,
        ):
            frozen_at = _write(sessions, bucket, order, file, receipt, shown, spool_folder)
            reached("export.written")
            _keep(sessions, bucket, order, file, receipt, shown, frozen_at, kept_for)
    except Stopped:
        log.info("export %s is not wanted any more", export_id)
    except jobs.NotYet:
        raise
    except Exception as error:  # repeating it helps against an outage alone; whoever asked wants to know why
        if _is_still_ours(sessions, order):
            _explain(sessions, order, error)
        else:  # what stopped it may have come as an error of whoever was reading the file, such as a bucket's client
            log.info("export %s is not wanted any more: %s", export_id, told(error))


def _begin(session: Session, export_id: int) -> _Order | None:
    export = session.get(Export, export_id, with_for_update=True)
    if export is None or export.state not in UNDER_WAY:
        return None
    options = ExportOptions.from_payload(export.options)
    if export.state == ExportState.WAITING:
        _let_others_go_first(session, export, job_of(options))
    export.state = ExportState.RUNNING
    export.attempts += 1
    export.frozen_at = export.total = None
    export.done = export.size = 0
    since = None
    if export.since_release_id is not None or export.since_at is not None:
        since = Since(export.since_release_id, export.since_at)
    release = session.get(Release, export.release_id) if export.release_id is not None else None
    return _Order(
        id=export.id,
        attempt=export.attempts,
        access_id=export.access_id,
        asked_by=session.get_one(Access, export.access_id).login,
        asked_at=export.created_at,
        asked=described(export),
        wanted=MediaFilter.from_query(export.filter),
        made_of=MediaFilter.from_query(release.filter if release is not None else export.filter),
        release_id=export.release_id,
        since=since,
        options=options,
        split=_split(session, export, options) if since is None else None,
        writer=writer_for(export.format, options, is_split=release.split is not None if release else None),
        file_name=export.file_name,
        content_type=export.content_type,
    )


def _split(session: Session, export: Export, options: ExportOptions) -> Split | None:
    if export.release_id is None:
        return options.split
    split = session.get_one(Release, export.release_id).split
    return Split.from_payload(split) if split is not None else None


def _let_others_go_first(session: Session, export: Export, job: str) -> None:
    """Raise NotYet when this would be a further one of its access while somebody waits for a first one."""
    same = select(Export.access_id).join(Job, (Job.subject_id == Export.id) & (Job.name == job))
    having = set(session.scalars(same.where(Export.state == ExportState.RUNNING)))
    if export.access_id not in having:
        return
    waiting = same.where(Export.state == ExportState.WAITING, Export.access_id.not_in(having))
    if session.scalar(waiting.limit(1)) is not None:
        raise jobs.NotYet(OTHERS_FIRST, "somebody else waits for a first one")


def _write(
    sessions: Sessions,
    bucket: Bucket,
    order: _Order,
    file: Growing,
    receipt: ReceiptBook,
    shown: ShownMedia,
    spool_folder: Path,
) -> datetime:
    """Write the whole file; returns the moment that it shows. Raises Stopped when nobody wants it any more."""
    with ExitStack() as held:
        # Asked for before: what comes in between is in the next export since this moment, not in none.
        with sessions(read_only=True) as clock:
            frozen_at = database_now(clock)
        session = held.enter_context(sessions(read_only=True))
        hold_still(session)
        dataset = order.dataset(session)
        _start(sessions, order, frozen_at, dataset.count(), withdrawals_since(session, frozen_at))
        with (
            Watch(sessions, order.id, order.attempt) as watch,
            Contents(order.writer, order.options, bucket, receipt, shown, watch, spool_folder) as contents,
        ):
            of_a_moment = order.since is not None and order.since.moment is not None
            if of_a_moment and not is_told_of_moments(order.made_of):
                receipt.unsure_of_tombstones()
            for chunk in contents.chunks(dataset, held.close):
                watch.still_wanted()
                file.write(chunk)
                watch.done, watch.size = contents.done, file.size
    if order.writer.single:
        receipt.file(order.file_name, file.size, file.sha256)
    return frozen_at


def _start(
    sessions: Sessions, order: _Order, frozen_at: datetime, total: int, withdrawals_known: int
) -> None:
    """Write down which moment it shows. Raises Stopped when it is not this attempt's any more."""
    with sessions() as session:
        started = session.execute(
            update(Export)
            .where(*still_ours(order.id, order.attempt))
            .values(frozen_at=frozen_at, total=total, withdrawals_known=withdrawals_known)
            .returning(Export.id)
        )
        if started.first() is None:
            raise Stopped


def _keep(
    sessions: Sessions,
    bucket: Bucket,
    order: _Order,
    file: Growing,
    receipt: ReceiptBook,
    shown: ShownMedia,
    frozen_at: datetime,
    kept_for: timedelta,
) -> None:
    """Bring the file and its receipt into the bucket, then say so. What nobody wants by then goes again."""
    key = export_key(order.id, order.attempt, file.sha256, order.file_name)
    whole = {
        "file": {"name": order.file_name, "size": file.size, "sha256": file.sha256},
        "asked": order.asked,
        "asked_by": order.asked_by,
        "asked_at": order.asked_at.isoformat(),
        "frozen_at": frozen_at.isoformat(),
    }
    if order.split is not None:
        whole["split"] = shares_record(order.split, receipt.exported_by_split)
    try:
        with Watch(sessions, order.id, order.attempt) as watch:
            watch.done, watch.size = receipt.told, file.size
            try:
                bucket.put(
                    key,
                    cast("BinaryIO", WatchedFile(file.from_its_start(), watch)),
                    size=file.size,
                    content_type=order.content_type,
                    sha256=file.sha256,
                )
            finally:  # a client of a bucket has an error of its own for a file that cannot be read to its end
                watch.still_wanted()
        receipt.put_media(bucket, media_key(key))
        _put_receipt(bucket, receipt_key(key), receipt, whole, file.path.parent)
        if order.options.reads_bucket:
            shown.put(bucket, key)
        reached("export.put")
        with sessions() as session:
            now = database_now(session)
            short = {**whole, **receipt.to_payload()}
            finished = session.execute(
                update(Export)
                .where(*still_ours(order.id, order.attempt))
                .values(
                    state=ExportState.READY,
                    bucket_key=key,
                    sha256=file.sha256,
                    size=file.size,
                    done=receipt.told,
                    total=receipt.told,
                    receipt=short,
                    finished_at=now,
                    expires_at=now + kept_for,
                )
                .returning(Export.id)
            )
            if finished.first() is None:
                raise Stopped
            _tell_end(session, order, short)
    except Stopped:
        for beside in (receipt_key(key), media_key(key), shown_key(key), key):
            bucket.delete(beside)
        raise


def _put_receipt(
    bucket: Bucket, key: str, receipt: ReceiptBook, head: dict[str, Any], spool_folder: Path
) -> None:
    with tempfile.TemporaryFile(dir=spool_folder) as content:
        digest = hashlib.sha256()
        for chunk in receipt.chunks(head):
            content.write(chunk)
            digest.update(chunk)
        size = content.tell()
        content.seek(0)
        bucket.put(key, content, size=size, content_type="application/json", sha256=digest.hexdigest())


def _tell_end(session: Session, order: _Order, receipt: dict[str, Any]) -> None:
    access = session.get_one(Access, order.access_id)
    detail = {**order.asked, **receipt["file"], **receipt["media"], "files": receipt["files"]["number"]}
    detail["file_name"] = detail.pop("name")
    record(session, access, "export_finished", detail)
    announce_export(session, access, "export_finished", detail)


def _is_still_ours(sessions: Sessions, order: _Order) -> bool:
    with sessions(read_only=True) as session:
        return session.scalar(select(Export.id).where(*still_ours(order.id, order.attempt))) is not None


def _explain(sessions: Sessions, order: _Order, error: Exception) -> None:
    """Say why it failed; raises NotYet when trying again may help."""
    log.warning("export %s was not made: %s", order.id, told(error))
    if isinstance(error, BucketFull) or (
        isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    ):
        sentence = NO_ROOM
    elif _is_outage(error):
        with sessions() as session:
            in_time = database_now(session) - order.asked_at < PATIENCE
        if in_time:
            raise jobs.NotYet(AGAIN_AFTER, told(error)) from error
        sentence = error.sentence if isinstance(error, Unavailable) else jobs.AWAY_TOO_LONG
    elif isinstance(error, CurationError):
        sentence = error.sentence
    else:
        log.error("that was our own fault", exc_info=error)
        sentence = BUG
    with sessions() as session:
        ours = select(Export).where(*still_ours(order.id, order.attempt)).with_for_update()
        if (export := session.scalar(ours)) is not None:
            _fail(session, export, sentence)


def give_up_export(session: Session, export_id: int, error: Exception) -> bool:
    """Its job is tried no more: say so, unless it is over. Whoever asked may ask for another one."""
    export = session.get(Export, export_id, with_for_update=True)
    if export is None or export.state not in UNDER_WAY:
        return False
    _fail(session, export, jobs.AWAY_TOO_LONG if _is_outage(error) else BUG)
    return True


def _is_outage(error: Exception) -> bool:
    return isinstance(error, BucketUnreachable | Unavailable) or is_away(error)


def _fail(session: Session, export: Export, sentence: str) -> None:
    export.state, export.error = ExportState.FAILED, sentence
    export.finished_at = database_now(session)
    access = session.get_one(Access, export.access_id)
    record(session, access, "export_failed", {**described(export), "why": sentence})
