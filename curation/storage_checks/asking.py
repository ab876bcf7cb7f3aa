"""Asking for a storage check, and looking at those that were made (admins)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from curation import jobs
from curation.accesses import require_scope
from curation.errors import Conflict, NotFound
from curation.events import record
from curation.jobs import NotYet, kept_alive
from curation.paging import Section, decode_cursor, read_page
from curation.storage_checks.findings import INTERRUPTED
from curation.storage_checks.looking import Place
from curation.storage_checks.running import TURN, SomebodyElse, Wanted, begin, carry_out, own_turn
from db.clock import database_now
from db.locks import lock_words
from db.models import Access, CheckOutcome, Job, Scope, StorageCheck
from db.turns import turn_until
from db.types import AnyRow, AnySelect, Sessions
from storage import Bucket

STORAGE_CHECK = "storage_check"
PAGE_SIZE = 50
# A check says more often than this that it goes on.
SILENT = timedelta(minutes=5)
WAIT_FOR_OTHERS = 5.0  # seconds


@dataclass(frozen=True)
class CheckView:
    """A check: who asked for it (nobody when it was due by itself), what it did, and what came of it.

    Everything found is counted by its kind in `found`, and of each kind there are `examples`. `foreign` is how many
    objects of the bucket are none of ours. `problem` says why it could not look, or why it changed nothing.
    """

    id: int
    asked_by: str | None
    deep: bool
    repair: bool
    outcome: str
    problem: str | None
    looked_at: dict[str, int]
    found: dict[str, int]
    repaired: dict[str, int]
    examples: dict[str, list[dict[str, Any]]]
    foreign: int
    foreign_examples: list[str]
    started_at: datetime
    last_seen_at: datetime
    finished_at: datetime | None

    @property
    def is_running(self) -> bool:
        return self.finished_at is None


@dataclass(frozen=True)
class CheckPage:
    items: list[CheckView]
    next_cursor: str | None


def ask_for_check(session: Session, access: Access, *, deep: bool, repair: bool) -> CheckView:
    """Have a check made by whichever process is free. Raises Conflict while another one is under way."""
    require_scope(access, Scope.ADMIN)
    lock_words(session, TURN)
    give_up_silent(session)
    running = select(StorageCheck.id).where(StorageCheck.outcome == CheckOutcome.RUNNING).limit(1)
    if session.scalar(running) is not None or turn_until(session, TURN) is not None:
        raise Conflict("Another check is under way. Wait until it has ended.")
    check_id = begin(session, deep=deep, repair=repair, by=access.id)
    jobs.add(session, STORAGE_CHECK, check_id)
    record(session, access, "storage_check_asked_for", {"check": check_id, "deep": deep, "repair": repair})
    session.flush()
    return get_check(session, access, check_id)


def make_asked_check(sessions: Sessions, bucket: Bucket, place: Place, check_id: int) -> None:
    """Make a check that somebody has asked for; harmless to repeat. Raises NotYet while another one is made."""
    with sessions(read_only=True) as session:
        check = session.get(StorageCheck, check_id)
    if check is None or check.outcome != CheckOutcome.RUNNING:
        return
    wanted = Wanted(deep=check.deep, repair=check.repair)
    try:
        with kept_alive(sessions, STORAGE_CHECK, check_id), own_turn(sessions) as turn:
            carry_out(sessions, bucket, place, check_id, wanted, turn)
    except SomebodyElse as problem:
        raise NotYet(WAIT_FOR_OTHERS, str(problem)) from problem


def get_check(session: Session, access: Access, check_id: int) -> CheckView:
    """One check. Raises NotFound."""
    require_scope(access, Scope.ADMIN)
    row = session.execute(_CHECKS.where(StorageCheck.id == check_id)).first()
    if row is None:
        raise NotFound(f"There is no storage check {check_id}.")
    return _view(row)


def list_checks(
    session: Session, access: Access, *, cursor: str | None = None, limit: int = PAGE_SIZE
) -> CheckPage:
    """All checks, newest first. Raises UnknownFilter."""
    require_scope(access, Scope.ADMIN)
    sections = [Section((StorageCheck.id,), descending=True)]
    after = decode_cursor(cursor, sections) if cursor else None
    page = read_page(session, [_CHECKS], sections, after, limit, lambda row, _section: (row.id,))
    return CheckPage([_view(row) for row in page.rows], page.next_cursor)


def last_clean(session: Session, access: Access) -> datetime | None:
    """When the last check that found nothing wrong ended."""
    require_scope(access, Scope.ADMIN)
    return session.scalar(
        select(StorageCheck.finished_at)
        .where(StorageCheck.outcome == CheckOutcome.CLEAN)
        .order_by(StorageCheck.id.desc())
        .limit(1)
    )


def give_up_silent(session: Session) -> None:
    """Write down of checks whose process was killed that nothing came of them."""
    waits = exists().where(Job.name == STORAGE_CHECK, Job.subject_id == StorageCheck.id)
    now = database_now(session)
    silent = (
        update(StorageCheck)
        .where(StorageCheck.outcome == CheckOutcome.RUNNING, StorageCheck.last_seen_at < now - SILENT, ~waits)
        .values(
            outcome=CheckOutcome.FAILED,
            report={"problem": INTERRUPTED},
            finished_at=now,
        )
    )
    session.execute(silent)


_CHECKS: AnySelect = select(
    StorageCheck.id,
    Access.login,
    StorageCheck.deep,
    StorageCheck.repair,
    StorageCheck.outcome,
    StorageCheck.report,
    StorageCheck.started_at,
    StorageCheck.last_seen_at,
    StorageCheck.finished_at,
).outerjoin(Access, Access.id == StorageCheck.access_id)


def _view(row: AnyRow) -> CheckView:
    report: dict[str, Any] = row.report
    foreign = report.get("foreign", {})
    return CheckView(
        id=row.id,
        asked_by=row.login,
        deep=row.deep,
        repair=row.repair,
        outcome=row.outcome.value,
        problem=report.get("problem"),
        looked_at=report.get("looked_at", {}),
        found=report.get("found", {}),
        repaired=report.get("repaired", {}),
        examples=report.get("examples", {}),
        foreign=foreign.get("objects", 0),
        foreign_examples=foreign.get("examples", []),
        started_at=row.started_at,
        last_seen_at=row.last_seen_at,
        finished_at=row.finished_at,
    )
