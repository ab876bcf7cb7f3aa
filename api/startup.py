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
from curation.acts import ReviewPolicy
from curation.annotation_files import write_annotation_file
from curation.annotations import ANNOTATION_FILE
from curation.announcements import DELIVERY
from curation.clean_up import clean_up
from curation.datasets.asking import MAKE_EXPORT, MAKE_PICTURE_EXPORT
from curation.datasets.freezing import freeze_release, give_up_release
from curation.datasets.making import give_up_export, make_export
from curation.errors import Unavailable
from curation.extractions import EXTRACT_FRAMES, extract_frames
from curation.hash_backfill import HASH_PICTURES, ask_for_hashes, hash_pictures
from curation.imports.asking import IMPORT, LIGHT_IMPORT
from curation.imports.running import ImportPlace, cancel_old, give_up_import, run_import
from curation.jobs import Chore, JobLoop
from curation.releases import FREEZE_RELEASE
from curation.spool import sweep_spool
from curation.storage_checks.asking import STORAGE_CHECK, make_asked_check
from curation.storage_checks.due import check_if_due
from curation.storage_checks.looking import Place
from curation.storage_checks.standing import standing_of
from curation.uploads import UploadPlace
from db.clock import database_now
from db.outages import told
from db.session import open_session
from reporting import configure_logging, init_sentry
from settings import Settings
from storage import open_bucket
from storage.errors import BucketError

SENDERS = 2  # of webhooks, so that one slow receiver does not hold up all others
# Of exports, as many for those of pictures as for those without, which need not wait for the others; they look more
# often than other loops, because somebody sits before a screen and waits for the first byte.
MAKERS, MAKERS_LOOK_AFTER = 2, 0.25
# Work that somebody has asked for and waits for: who is told when it has failed again and again.
GIVE_UP = {
    IMPORT: give_up_import,
    LIGHT_IMPORT: give_up_import,
    MAKE_EXPORT: give_up_export,
    MAKE_PICTURE_EXPORT: give_up_export,
    FREEZE_RELEASE: give_up_release,
}

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
    """The loops that do what nobody waits for; apart are those of webhooks, which wait for strangers, and of videos,
    of exports, releases, unhashed pictures and what is cleaned up and checked in the bucket, which take minutes."""
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
    make = partial(_make_export, spool_folder=spool_folder, kept_for=timedelta(days=settings.export_days))
    place = Place(settings.bucket_media_folder, settings.bucket_annot_folder, spool_folder)
    check = partial(_make_asked_check, place=place)
    uploads = UploadPlace(settings.bucket_media_folder, settings.default_timezone)
    bring_in = partial(_run_import, place=ImportPlace(uploads, ReviewPolicy.of(settings), spool_folder))
    sweeps: list[Chore] = [
        _each(leases.sweep),
        _each(drafts.sweep),
        _each(two_step.sweep),
        partial(cancel_old, open_session),
    ]
    loops = [
        JobLoop(open_session, works, sweeps),
        JobLoop(open_session, {DELIVERY: deliver}, [_each(deliveries.sweep)], name="webhooks"),
        *(JobLoop(open_session, {DELIVERY: deliver}, name="webhooks") for _ in range(SENDERS - 1)),
        JobLoop(
            open_session,
            {EXTRACT_FRAMES: extract, HASH_PICTURES: _hash_pictures},
            [partial(ask_for_hashes, open_session)],
            name="videos",
        ),
        *(
            JobLoop(open_session, {job: partial(bring_in, job=job)}, give_up=GIVE_UP, name="imports")
            for job in (IMPORT, LIGHT_IMPORT)
        ),
        *(
            JobLoop(
                open_session,
                {job: make},
                give_up=GIVE_UP,
                name="exports",
                idle_seconds=MAKERS_LOOK_AFTER,
            )
            for job in (MAKE_EXPORT, MAKE_PICTURE_EXPORT)
            for _ in range(MAKERS)
        ),
        JobLoop(
            open_session,
            {FREEZE_RELEASE: partial(freeze_release, open_session)},
            give_up=GIVE_UP,
            name="releases",
        ),
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


def _run_import(import_id: int, *, place: ImportPlace, job: str) -> None:
    run_import(open_session, open_bucket(), place, import_id, job=job)


def _write_annotation_file(annotation_id: int, *, folder: str) -> None:
    write_annotation_file(open_session, open_bucket(), annotation_id, folder)


def _hash_pictures(after: int) -> None:
    hash_pictures(open_session, open_bucket(), after)


def _extract_frames(extraction_id: int, *, media_folder: str, spool_folder: Path) -> None:
    extract_frames(
        open_session, open_bucket(), extraction_id, media_folder=media_folder, spool_folder=spool_folder
    )


def _make_export(export_id: int, *, spool_folder: Path, kept_for: timedelta) -> None:
    make_export(open_session, open_bucket(), export_id, spool_folder=spool_folder, kept_for=kept_for)
