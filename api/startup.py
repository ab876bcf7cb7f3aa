"""What a serving process does once, before its first request."""

from __future__ import annotations

import logging
import threading
from functools import partial

from curation import drafts, leases, two_step
from curation.accesses import dummy_hash
from curation.annotation_files import write_annotation_file
from curation.annotations import ANNOTATION_FILE
from curation.jobs import JobLoop
from curation.spool import sweep_spool
from db.session import open_session
from reporting import configure_logging, init_sentry
from settings import Settings
from storage import open_bucket
from storage.errors import BucketError

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


def start_jobs(settings: Settings) -> JobLoop:
    """The loop that does what nobody waits for."""
    works = {
        ANNOTATION_FILE: partial(_write_annotation_file, folder=settings.bucket_annot_folder),
    }
    loop = JobLoop(open_session, works, [leases.sweep, drafts.sweep, two_step.sweep])
    loop.start()
    return loop


def _write_annotation_file(annotation_id: int, *, folder: str) -> None:
    write_annotation_file(open_session, open_bucket(), annotation_id, folder)
