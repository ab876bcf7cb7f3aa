"""The command `purge` of the operator's door: the clean-up that is made every ten minutes, now."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from settings import Settings

if TYPE_CHECKING:
    from curation.clean_up import CleanedUp

LOOK_AGAIN = 1.0


class Unfinished(Exception):
    """The clean-up could not be made, or was broken off; the text says why. The next one goes on from there."""


def purge(settings: Settings, say: Callable[[str], None]) -> None:
    """Clean up now, and say what was done and what waits for its time; another process that is at it is waited for.

    Raises Unfinished.
    """
    from curation.clean_up import TURN_SECONDS, clean_up
    from curation.errors import Unavailable
    from curation.purging import read_waiting
    from db.clock import database_now
    from db.session import open_session
    from storage import open_bucket
    from storage.errors import BucketError

    grace = timedelta(days=settings.grace_days)
    with open_session(read_only=True) as session:
        now = database_now(session)
    # One that was killed a moment ago has its turn for a while yet.
    until = time.monotonic() + 2 * TURN_SECONDS
    try:
        while (done := clean_up(open_session, open_bucket(), now, grace=grace)) is None:
            if time.monotonic() >= until:
                raise Unfinished("Another process is cleaning up, and has not ended in two minutes.")
            time.sleep(LOOK_AGAIN)
    except (BucketError, Unavailable) as problem:
        raise Unfinished(f"The clean-up was broken off: {problem}") from problem
    say("\n".join(_told(done)) or "Nothing was due.")
    with open_session(read_only=True) as session:
        waiting = read_waiting(session, grace)
    say(
        f"Waiting: {waiting.media:,} withdrawn media until {settings.grace_days} days have passed"
        f" ({waiting.media_bytes:,} bytes); {waiting.trash:,} contents in the trash ({waiting.trash_bytes:,} bytes)."
    )


def _told(done: CleanedUp) -> list[str]:
    """What a clean-up has done, a sentence each; none where nothing was due."""
    counted = (
        (done.media_purged, f"Withdrawn media whose grace was over: {done.media_purged:,}."),
        (done.contents_trashed, f"Broken off uploads, now in the trash: {done.contents_trashed:,}."),
        (done.uploads_finished, f"Broken off uploads that were whole: {done.uploads_finished:,}."),
        (done.contents_missing, f"Broken off uploads whose content is missing: {done.contents_missing:,}."),
        (
            done.contents_deleted,
            f"Contents deleted for good: {done.contents_deleted:,} ({done.bytes_deleted:,} bytes).",
        ),
        (done.derived_deleted, f"Pictures drawn by an earlier version, deleted: {done.derived_deleted:,}."),
        (done.exports_expired, f"Exports whose days are over: {done.exports_expired:,}."),
        (done.export_files_deleted, f"Files of exports, deleted: {done.export_files_deleted:,}."),
        (done.keys_forgotten, f"Old idempotency keys forgotten: {done.keys_forgotten:,}."),
        (done.failed, f"Contents that could not be cleaned up, as the log says: {done.failed:,}."),
    )
    return [sentence for count, sentence in counted if count]
