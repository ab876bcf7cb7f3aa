"""What was begun and never ended: uploads, media without content, files and parts of processes that died."""

from __future__ import annotations

import time
from datetime import timedelta

from sqlalchemy import exists, select

from curation.spool import ENDING, OLDEST
from curation.storage_checks.findings import Finding, Kind
from curation.storage_checks.looking import AT_A_TIME, GRACE, SETTLED, Looking
from curation.two_step import AWAITS_CONTENT_FOR, forsaken_media
from db.models import Blob, BlobState, Media

# Somebody sweeps every ten minutes; what is still there after an hour was not swept.
SWEPT_WITHIN = timedelta(hours=1)


def check_leftovers(looking: Looking) -> None:
    """Find what nobody will finish any more."""
    _check_uploads(looking)
    _check_unused(looking)
    _check_media(looking)
    oldest = time.time() - OLDEST.total_seconds()
    for path in looking.place.spool_folder.glob(f"*{ENDING}"):
        try:
            old = path.stat().st_mtime < oldest
        except OSError:
            continue  # its upload has ended
        if old:
            looking.report.add(Finding(Kind.FILE_LEFT_BEHIND, {"file": path.name}))
    for name in looking.bucket.unfinished():
        looking.report.add(Finding(Kind.PARTS_LEFT_BEHIND, {"key": name}))


def _check_uploads(looking: Looking) -> None:
    after = 0
    while True:
        page = (
            select(Blob.id, Blob.sha256, Blob.bucket_key)
            .where(
                Blob.state == BlobState.PENDING,
                Blob.lease_until < looking.now - SWEPT_WITHIN,
                Blob.id > after,
            )
            .order_by(Blob.id)
            .limit(AT_A_TIME)
        )
        with looking.sessions(read_only=True) as session:
            rows = session.execute(page).all()
        if not rows:
            return
        for row in rows:
            about = {"content": row.id, "sha256": row.sha256, "key": row.bucket_key}
            looking.report.add(Finding(Kind.UPLOAD_UNFINISHED, about))
        after = rows[-1].id


def _check_unused(looking: Looking) -> None:
    """Contents that no media has: it was purged just when somebody sent them again."""
    after = 0
    while True:
        page = (
            select(Blob.id, Blob.sha256, Blob.bucket_key)
            .where(
                Blob.state.in_(SETTLED),
                Blob.created_at < looking.now - GRACE,
                Blob.id > after,
                ~exists().where(Media.blob_id == Blob.id),
            )
            .order_by(Blob.id)
            .limit(AT_A_TIME)
        )
        with looking.sessions(read_only=True) as session:
            rows = session.execute(page).all()
        for row in rows:
            about = {"content": row.id, "sha256": row.sha256, "key": row.bucket_key}
            looking.report.add(Finding(Kind.CONTENT_UNUSED, about))
        if len(rows) < AT_A_TIME:
            return
        after = rows[-1].id


def _check_media(looking: Looking) -> None:
    older_than = looking.now - AWAITS_CONTENT_FOR - SWEPT_WITHIN
    with looking.sessions(read_only=True) as session:
        ids = session.scalars(forsaken_media(older_than).limit(AT_A_TIME)).all()
    for media_id in ids:
        looking.report.add(Finding(Kind.MEDIA_UNFILLED, {"media": [media_id]}))
