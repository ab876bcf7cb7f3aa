"""Carrying out a storage check: one at a time, whoever asked for it, and what came of it as a row."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from curation.storage_checks.findings import Report
from curation.storage_checks.histories import check_histories
from curation.storage_checks.leftovers import check_leftovers
from curation.storage_checks.listing import check_listing
from curation.storage_checks.looking import Looking, Place, bucket_clock
from curation.storage_checks.marker import WrongBucket, require_own
from curation.storage_checks.references import check_references
from db.models import CheckOutcome, StorageCheck, utc_now
from db.turns import HeldTurn, held_turn
from db.types import Sessions
from storage import Bucket
from storage.errors import BucketError

TURN = "storage-check"
TURN_SECONDS = 120
NOTED_EVERY = 2.0  # seconds

log = logging.getLogger(__name__)


class SomebodyElse(Exception):
    """Another process carries out a check at this moment."""


@dataclass(frozen=True)
class Result:
    """What came of a check; `problem` says why it could not look, or why it changed nothing."""

    outcome: CheckOutcome
    report: Report
    problem: str | None = None


def begin(session: Session, *, deep: bool = False, repair: bool = False, by: int | None = None) -> int:
    """A row for a check that is about to be made, by an access or by itself; returns its id."""
    check = StorageCheck(access_id=by, deep=deep, repair=repair)
    session.add(check)
    session.flush()
    return check.id


def carry_out(
    sessions: Sessions,
    bucket: Bucket,
    place: Place,
    check_id: int,
    *,
    since: datetime | None = None,
) -> Result:
    """Do what a row of a check asks for, and write down what came of it. Raises SomebodyElse."""
    with sessions(read_only=True) as session:
        check = session.get_one(StorageCheck, check_id)
    with held_turn(sessions, TURN, seconds=TURN_SECONDS) as turn:
        if turn is None:
            raise SomebodyElse("Another check is under way. Wait until it has ended.")
        looking = Looking(sessions, bucket, place, deep=check.deep, since=since)
        looking.still_here = _Pulse(looking, check_id, turn).beat
        result = _look(looking)
    _write_down(sessions, check_id, result)
    return result


def _look(looking: Looking) -> Result:
    report = looking.report
    try:
        require_own(looking.sessions, looking.bucket)
        looking.bucket_now = bucket_clock(looking.bucket)
        check_listing(looking)
        check_histories(looking)
        check_references(looking)
        check_leftovers(looking)
    except WrongBucket as problem:
        report.stopped = problem.sentence
        return Result(CheckOutcome.STOPPED, report, problem.sentence)
    except (BucketError, SQLAlchemyError, TurnLost) as problem:
        log.warning("a storage check could not look: %s", problem)
        return Result(CheckOutcome.FAILED, report, _why(problem))
    return Result(CheckOutcome.DRIFT if report.left else CheckOutcome.CLEAN, report)


class TurnLost(Exception):
    """The database was away for so long that the turn is somebody else's."""


class _Pulse:
    """Says now and then that a check goes on, and how far it has come."""

    def __init__(self, looking: Looking, check_id: int, turn: HeldTurn) -> None:
        self._looking, self._check_id, self._turn = looking, check_id, turn
        self._due = time.monotonic() + NOTED_EVERY

    def beat(self) -> None:
        """Raises TurnLost."""
        if self._turn.lost.is_set():
            raise TurnLost("It was interrupted: the database was away for too long.")
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + NOTED_EVERY
        with self._looking.sessions() as session:
            session.execute(
                update(StorageCheck)
                .where(StorageCheck.id == self._check_id)
                .values(last_seen_at=utc_now(), report=self._looking.report.as_json())
            )


def _write_down(sessions: Sessions, check_id: int, result: Result) -> None:
    with sessions() as session:
        session.execute(
            update(StorageCheck)
            .where(StorageCheck.id == check_id)
            .values(
                outcome=result.outcome,
                report={**result.report.as_json(), "problem": result.problem},
                last_seen_at=utc_now(),
                finished_at=utc_now(),
            )
        )


def _why(problem: Exception) -> str:
    if isinstance(problem, SQLAlchemyError):
        return "The database cannot be reached, or did not answer in time."
    return str(problem)
