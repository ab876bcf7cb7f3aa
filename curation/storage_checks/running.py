"""Carrying out a storage check: one at a time, whoever asked for it, and what came of it as a row."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from curation.errors import TooMuchDiffers, Unavailable, WrongBucket
from curation.events import record
from curation.storage_checks.brakes import require_plausible
from curation.storage_checks.findings import DATABASE_AWAY, INTERRUPTED, Report
from curation.storage_checks.histories import check_histories
from curation.storage_checks.leftovers import check_leftovers
from curation.storage_checks.listing import check_listing
from curation.storage_checks.looking import Looking, Place, bucket_clock
from curation.storage_checks.marker import require_own
from curation.storage_checks.references import check_references
from curation.storage_checks.repair import repair
from db.clock import database_now
from db.models import Access, CheckOutcome, StorageCheck
from db.outages import told
from db.turns import HeldTurn, held_turn
from db.types import Sessions
from storage import Bucket
from storage.errors import BucketError

TURN = "storage-check"
TURN_SECONDS = 30
NOTED_EVERY = 2.0  # seconds

log = logging.getLogger(__name__)


class SomebodyElse(Exception):
    """Another process carries out a check at this moment."""


@dataclass(frozen=True)
class Wanted:
    """What a check shall do.

    `deep` reads every object; `repair` puts right what can be, `many` of it too, and `tidy` only what is harmless;
    `since` leaves out what was stored and answered before.
    """

    deep: bool = False
    repair: bool = False
    tidy: bool = False
    many: bool = False
    since: datetime | None = None


@dataclass(frozen=True)
class Result:
    """What came of a check; `problem` says why it could not look, or why it changed nothing."""

    outcome: CheckOutcome
    report: Report
    problem: str | None = None


@contextmanager
def own_turn(sessions: Sessions) -> Iterator[HeldTurn]:
    """The turn of whoever checks. Raises SomebodyElse."""
    with held_turn(sessions, TURN, seconds=TURN_SECONDS) as turn:
        if turn is None:
            raise SomebodyElse("Another check is under way. Wait until it has ended.")
        yield turn


def begin(session: Session, *, deep: bool = False, repair: bool = False, by: int | None = None) -> int:
    """A row for a check that is about to be made, by an access or by itself; returns its id."""
    now = database_now(session)
    check = StorageCheck(access_id=by, deep=deep, repair=repair, started_at=now, last_seen_at=now)
    session.add(check)
    session.flush()
    return check.id


def make_check(sessions: Sessions, bucket: Bucket, place: Place, wanted: Wanted) -> Result:
    """A check from its beginning to its end. Raises SomebodyElse, and then there is no row of it."""
    with own_turn(sessions) as turn:
        with sessions() as session:
            check_id = begin(session, deep=wanted.deep, repair=wanted.repair)
        return carry_out(sessions, bucket, place, check_id, wanted, turn)


def carry_out(
    sessions: Sessions, bucket: Bucket, place: Place, check_id: int, wanted: Wanted, turn: HeldTurn
) -> Result:
    """Make the check of a row in one's own turn, and write down what came of it."""
    looking = Looking(sessions, bucket, place, deep=wanted.deep, since=wanted.since)
    looking.still_here = _Pulse(looking, check_id, turn).beat
    try:
        _look_and_repair(looking, wanted)
        outcome, problem = CheckOutcome.DRIFT if looking.report.left else CheckOutcome.CLEAN, None
    except (WrongBucket, TooMuchDiffers) as stopped:
        outcome, problem = CheckOutcome.STOPPED, stopped.sentence
    except (BucketError, SQLAlchemyError, Unavailable) as error:
        log.warning("a storage check could not look: %s", told(error))
        outcome, problem = CheckOutcome.FAILED, _why(error)
    result = Result(outcome, looking.report, problem)
    _write_down(sessions, check_id, result)
    return result


def _look_and_repair(looking: Looking, wanted: Wanted) -> None:
    """The check itself. Raises WrongBucket, TooMuchDiffers when a brake stops it, and what it cannot look past."""
    require_own(looking.sessions, looking.bucket)
    with looking.sessions(read_only=True) as session:
        looking.now = database_now(session)
    looking.bucket_now = bucket_clock(looking.bucket)
    check_listing(looking)
    check_histories(looking)
    check_references(looking)
    check_leftovers(looking)
    if wanted.repair or wanted.tidy:
        require_plausible(looking.report, many=wanted.many, weighty=wanted.repair)
        repair(looking, weighty=wanted.repair)


class _Pulse:
    """Says now and then that a check goes on, and how far it has come."""

    def __init__(self, looking: Looking, check_id: int, turn: HeldTurn) -> None:
        self._looking, self._check_id, self._turn = looking, check_id, turn
        self._due = time.monotonic() + NOTED_EVERY

    def beat(self) -> None:
        """Raises Unavailable when the database was away for so long that the turn is somebody else's."""
        if self._turn.lost.is_set():
            raise Unavailable(INTERRUPTED)
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + NOTED_EVERY
        with self._looking.sessions() as session:
            session.execute(
                update(StorageCheck)
                .where(StorageCheck.id == self._check_id)
                .values(last_seen_at=database_now(session), report=self._looking.report.as_json())
            )


def _write_down(sessions: Sessions, check_id: int, result: Result) -> None:
    with sessions() as session:
        now = database_now(session)
        check = session.get_one(StorageCheck, check_id)
        check.outcome, check.last_seen_at, check.finished_at = result.outcome, now, now
        check.report = {**result.report.as_json(), "problem": result.problem}
        if result.report.repaired:
            by = session.get(Access, check.access_id) if check.access_id is not None else None
            repaired = check.report["repaired"]
            record(session, by, "storage_repaired", {"check": check.id, **repaired})


def _why(problem: Exception) -> str:
    return DATABASE_AWAY if isinstance(problem, SQLAlchemyError) else str(problem)
