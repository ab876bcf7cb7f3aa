"""Whether requests can be served, found out in a bounded time: what hangs is left behind, and counts as a no."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from curation.errors import Unavailable
from curation.storage_checks.marker import require_own
from curation.storage_checks.standing import standing_of
from db import migrate
from db.durability import forget_if_it_crashes
from db.outages import told
from db.session import open_session
from storage import Bucket
from storage.errors import BucketError

# For both probes together: whoever asks waits no longer.
PATIENCE = 4.0
# How long an answer counts: strangers may ask, and each question writes to the database.
FRESH_SECONDS = 1.0
# Whoever waits for an answer that comes at the last moment still gets it.
MOMENT = 0.5
NO_DATABASE = "The database cannot be reached."
NO_BUCKET = "The bucket cannot be reached."

log = logging.getLogger(__name__)


class Attempt:
    """One question, asked in a thread of its own that nobody has to wait for."""

    def __init__(self, ask: Callable[[], None]) -> None:
        self._ended = threading.Event()
        self._problem: Exception | None = None
        self._ask = ask
        threading.Thread(target=self._run, name="readiness", daemon=True).start()

    @property
    def has_ended(self) -> bool:
        return self._ended.is_set()

    def answer(self, until: float) -> None:
        """Return when all is well. Raises what was raised, TimeoutError when there is no answer yet."""
        if not self._ended.wait(max(0.0, until - time.monotonic())):
            raise TimeoutError("no answer in time")
        if self._problem is not None:
            raise self._problem

    def _run(self) -> None:
        try:
            self._ask()
        except Exception as problem:
            self._problem = problem
        finally:
            self._ended.set()


class Readiness:
    """Both questions, asked for all who want to know at a time. Of those that hang there is one each."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._attempts: dict[str, Attempt] = {}
        self._found_at = float("-inf")
        self._refusal: str | None = None

    def require(self, bucket: Bucket) -> None:
        """Raise Unavailable, with no detail for strangers, unless database and bucket can be used."""
        came = time.monotonic()
        until = came + PATIENCE
        if not self._asking.acquire(timeout=PATIENCE + MOMENT):
            raise Unavailable(NO_DATABASE)
        try:
            # Who waited for somebody's answer takes it, however long it has to wait for its turn to read it.
            if self._found_at < came - FRESH_SECONDS:
                self._refusal = self._refused(bucket, until)
                self._found_at = time.monotonic()
            refusal = self._refusal
        finally:
            self._asking.release()
        if refusal is not None:
            raise Unavailable(refusal)

    def _refused(self, bucket: Bucket, until: float) -> str | None:
        """Why requests cannot be served, in a sentence for strangers; None when they can."""
        database = self._begin("database", _ask_database)
        stored = self._begin("bucket", lambda: _ask_bucket(bucket))
        try:
            database.answer(until)
        except Unavailable as problem:
            return problem.sentence
        except (SQLAlchemyError, TimeoutError) as problem:
            log.error("not ready, database: %s", told(problem))
            return NO_DATABASE
        try:
            stored.answer(until)
        except (BucketError, SQLAlchemyError, Unavailable, TimeoutError) as problem:
            log.error("not ready, bucket: %s", told(problem))
            return NO_BUCKET
        return None

    def _begin(self, name: str, ask: Callable[[], None]) -> Attempt:
        running = self._attempts.get(name)
        if running is None or running.has_ended:
            running = self._attempts[name] = Attempt(ask)
        return running


def _ask_database() -> None:
    """Migrated, and it takes what is written: a replica for reading, or a full disk, serves nobody."""
    if not migrate.is_current():
        raise Unavailable("The database waits for its migration.")
    with open_session() as session:
        forget_if_it_crashes(session)
        session.execute(text("UPDATE installation SET name = name"))


def _ask_bucket(bucket: Bucket) -> None:
    """There, of the right name, and it has passed its self-test since this process began."""
    standing_of(bucket).require(open_session, bucket)
    bucket.check()
    require_own(open_session, bucket)
