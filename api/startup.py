"""What a serving process does once, before its first request."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from curation import deliveries, drafts, leases, two_step
from curation.accesses import dummy_hash
from curation.annotation_files import write_annotation_file
from curation.annotations import ANNOTATION_FILE
from curation.announcements import DELIVERY
from curation.clean_up import clean_up
from curation.errors import Unavailable
from curation.extractions import EXTRACT_FRAMES, extract_frames
from curation.jobs import JobLoop
from curation.spool import sweep_spool
from curation.storage_checks.asking import STORAGE_CHECK, make_asked_check
from curation.storage_checks.due import check_if_due
from curation.storage_checks.looking import Place
from curation.storage_checks.standing import standing_of
from db.clock import database_now
from db.outages import told
from db.session import open_session
from reporting import configure_logging, init_sentry
from settings import Settings
from storage import open_bucket
from storage.errors import BucketError

SENDERS = 2  # of webhooks, so that one slow receiver does not hold up all others

log = logging.getLogger(__name__)


def prepare(settings: Settings) -> None:
    """Logging, error reports, and the spool files of a process that was killed."""
    configure_logging(settings)
    init_sentry(settings)
    # Made now, off the way: else the first unknown login would last longer than a known one.
    threading.Thread(target=dummy_hash, name="dummy-hash", daemon=True).start()
    sweep_spool(settings.data_dir / "spool")
    try:
        open_bucket().prepare()
    except BucketError as error:
        # It may come back while we run: /ready says so until then, and every request that needs it.
        log.error("the bucket cannot be used: %s", error)
    # Off the way too: a bucket that is far away takes a second for it, and /ready waits for what it finds.
    threading.Thread(target=_try_bucket, name="self-test", daemon=True).start()


def _try_bucket() -> None:
    try:
        standing_of(open_bucket()).require(open_session, open_bucket())
    except (Unavailable, BucketError, SQLAlchemyError) as error:
        log.error("the bucket cannot be used yet: %s", told(error))


def start_jobs(settings: Settings) -> list[JobLoop]:
    """The loops that do what nobody waits for; apart are those of webhooks, which wait for strangers, and of videos
    and of what is cleaned up and checked in the bucket, which take minutes."""
    spool_folder = settings.data_dir / "spool"
    works = {
        ANNOTATION_FILE: partial(_write_annotation_file, folder=settings.bucket_annot_folder),
    }
    deliver = partial(
        deliveries.deliver,
        open_session,
        api_url=f"{settings.public_url}/api",
        to_private=settings.webhooks_to_private,
    )
    extract = partial(
        _extract_frames,
        media_folder=settings.bucket_media_folder,
        spool_folder=spool_folder,
    )
    clean = partial(_clean_up, grace=timedelta(days=settings.grace_days))
    place = Place(settings.bucket_media_folder, settings.bucket_annot_folder, spool_folder)
    check = partial(_make_asked_check, place=place)
    loops = [
        JobLoop(open_session, works, [_each(leases.sweep), _each(drafts.sweep), _each(two_step.sweep)]),
        JobLoop(open_session, {DELIVERY: deliver}, [_each(deliveries.sweep)], name="webhooks"),
        *(JobLoop(open_session, {DELIVERY: deliver}, name="webhooks") for _ in range(SENDERS - 1)),
        JobLoop(open_session, {EXTRACT_FRAMES: extract}, name="videos"),
        JobLoop(open_session, {}, [partial(sweep_spool, spool_folder), clean], name="storage"),
        # Apart from the clean-up, which must not wait for a check that reads everything.
        JobLoop(open_session, {STORAGE_CHECK: check}, [partial(_check_if_due, place)], name="storage checks"),
    ]
    for loop in loops:
        loop.start()
    return loops


def stop_jobs(loops: list[JobLoop]) -> None:
    """End all loops, each after what it is doing."""
    for loop in loops:
        loop.stop_soon()
    for loop in loops:
        loop.stop()


def _each(chore: Callable[[Session], None]) -> Callable[[], None]:
    """A chore in a transaction of its own each time."""

    def do() -> None:
        with open_session() as session:
            chore(session)

    return do


def _clean_up(*, grace: timedelta) -> None:
    with open_session(read_only=True) as session:
        now = database_now(session)
    clean_up(open_session, open_bucket(), now, grace=grace)


def _make_asked_check(check_id: int, *, place: Place) -> None:
    make_asked_check(open_session, open_bucket(), place, check_id)


def _check_if_due(place: Place) -> None:
    check_if_due(open_session, open_bucket(), place)


def _write_annotation_file(annotation_id: int, *, folder: str) -> None:
    write_annotation_file(open_session, open_bucket(), annotation_id, folder)


def _extract_frames(extraction_id: int, *, media_folder: str, spool_folder: Path) -> None:
    extract_frames(
        open_session, open_bucket(), extraction_id, media_folder=media_folder, spool_folder=spool_folder
    )
