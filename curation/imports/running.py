"""The job of an import: does what its state says, slice by slice, until there is nothing left to do.

One process at a time has an import's turn. What is done is written with its outcome in one transaction, so whoever
is killed is followed by somebody who goes on from there.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from curation import jobs
from curation.acts import ReviewPolicy
from curation.errors import CurationError, Refused
from curation.events import record
from curation.imports.asking import IMPORT
from curation.imports.kinds import steps_of
from curation.imports.staging import clear_staged
from curation.imports.taking_back import (
    CHANGING,
    remove_made_sources,
    retire_made,
    settle_waiting,
    take_back_entries,
)
from curation.imports.views import OVER
from curation.imports.work import AWAY, NOT_DONE, ImportWork, Interrupted
from curation.jobs import NotYet, kept_alive
from curation.kill_points import reached
from curation.uploads import UploadPlace
from db.clock import from_now
from db.gaps import Gaps
from db.models import Access, Import, ImportItem, ImportOutcome, ImportState, Shape, utc_now
from db.turns import HeldTurn, held_turn, new_holder
from db.types import Sessions
from storage import Bucket

SLICE = 200
TURN_SECONDS = 60.0
LOOK_AGAIN = 2.0  # seconds, while another process is at it
NOTED_EVERY = 1.0  # seconds
ASKED_EVERY = 0.5
STAGED_FOR = timedelta(days=7)
MOST_READINGS = 3
AT_WORK = (ImportState.READING, ImportState.COMMITTING, ImportState.UNDOING)
READINGS = (
    "readings"  # among the options of an import: by which processes one was begun that has not come to an end
)
PROCESS = new_holder()

UNREADABLE = "What was sent could not be read to its end. Nothing was changed."
GIVEN_UP = (
    "Reading it ended the process that read it, again and again, so it was given up: it may be too large."
)
OLD = "It was not committed within a week, so what had been sent was deleted."
DISABLED = "Whoever began this import may not enter any more."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ImportPlace:
    """Where imports put things and by which rules, from the settings, handed in by the door."""

    uploads: UploadPlace
    policy: ReviewPolicy
    spool_folder: Path


def run_import(
    sessions: Sessions, bucket: Bucket, place: ImportPlace, import_id: int, *, job: str = IMPORT
) -> None:
    """Do what an import waits for, as a job of this name.

    Raises NotYet while another process is at it, and what database and bucket raise.
    """
    with held_turn(sessions, f"import {import_id}", seconds=TURN_SECONDS) as turn:
        if turn is None:
            raise NotYet(LOOK_AGAIN, "Another process is at it.")
        with kept_alive(sessions, job, import_id):
            while (work := _find_work(sessions, bucket, place, import_id, turn)) is not None:
                try:
                    _do(work.state, work)
                except Interrupted:
                    if turn.lost.is_set():
                        raise NotYet(LOOK_AGAIN, "Another process has taken it over.") from None
                    if jobs.is_ending():
                        raise NotYet(0, "This process is about to end.") from None


def give_up_import(session: Session, import_id: int, error: Exception) -> bool:
    """Its job is tried no more: say so, unless it rests. Whoever began it may go on with it where it is."""
    found = session.get(Import, import_id, with_for_update=True)
    if found is None or found.state not in AT_WORK:
        return False
    failed = UNREADABLE if found.state == ImportState.READING else NOT_DONE
    found.error = jobs.AWAY_TOO_LONG if isinstance(error, AWAY) else failed
    found.state, found.finished_at = ImportState.FAILED, utc_now()
    return True


def cancel_old(sessions: Sessions) -> int:
    """Give up imports that nobody has committed for a week; returns how many."""
    waiting = (ImportState.RECEIVING, ImportState.READY, ImportState.FAILED)
    with sessions() as session:
        old = session.scalars(
            select(Import)
            .where(
                Import.state.in_(waiting),
                Import.committed_at.is_(None),
                Import.created_at < from_now(session, -STAGED_FOR),
            )
            .limit(SLICE)
            .with_for_update(skip_locked=True)
        ).all()
        for found in old:
            found.state, found.error, found.finished_at = ImportState.CANCELLED, OLD, utc_now()
            jobs.add_again(session, IMPORT, found.id)
    return len(old)


@dataclass(frozen=True)
class _Work(ImportWork):
    state: ImportState = ImportState.READING


def _find_work(
    sessions: Sessions, bucket: Bucket, place: ImportPlace, import_id: int, turn: HeldTurn
) -> _Work | None:
    """What is to be done now; None when the import rests."""
    with sessions(read_only=True) as session:
        found = session.get(Import, import_id)
        if found is None:
            return None
        by = found.options.get("undone_by") if found.state == ImportState.UNDOING else None
        access = session.get_one(Access, by or found.access_id)
        session.expunge_all()
    if found.state in OVER:
        clear_staged(bucket, import_id)
    if found.state not in AT_WORK:
        return None
    watch = _Watch(sessions, import_id, found.state, turn)
    if access.disabled_at is not None:
        watch.fail(DISABLED)
        return None
    return _Work(
        sessions=sessions,
        bucket=bucket,
        access=access,
        import_id=import_id,
        options=found.options,
        policy=place.policy,
        place=place.uploads,
        spool_folder=place.spool_folder,
        still_wanted=watch.still_wanted,
        note=watch.note,
        fail=watch.fail,
        kind=found.kind,
        format=found.format,
        prefix=found.bucket_prefix or "",
        state=found.state,
    )


def _do(state: ImportState, work: ImportWork) -> None:
    try:
        match state:
            case ImportState.READING:
                _read(work)
            case ImportState.COMMITTING:
                _commit(work)
            case _:
                _undo(work)
    except (Interrupted, *AWAY):
        raise
    except CurationError as problem:
        work.fail(problem.sentence)
    except Exception:  # it would only fail again, with everybody waiting
        log.exception("import %s failed while %s", work.import_id, state.value)
        work.fail(UNREADABLE if state == ImportState.READING else NOT_DONE)


def _read(work: ImportWork) -> None:
    with _counted(work):
        preview = steps_of(work.kind).read(work)
        reached("import.read")
    with work.sessions() as session:
        found = _held(session, work.import_id, ImportState.READING)
        entries = select(func.count()).where(ImportItem.import_id == work.import_id)
        found.preview, found.state, found.error = dict(preview), ImportState.READY, None
        found.format = preview.get("format", found.format)
        found.done = found.total = session.scalar(entries) or 0
        found.counts = _count(session, work.import_id)


@contextmanager
def _counted(work: ImportWork) -> Iterator[None]:
    """Note which process reads, for as long as that lasts: any other that still stands there has died meanwhile.

    A file that ends the process that reads it would end the next one too, and everybody's work with it. One that lived
    on, and could not say so because the database was away, is this one again. Raises Refused.
    """
    with work.sessions() as session:
        found = _held(session, work.import_id, ImportState.READING)
        died = [process for process in found.options.get(READINGS, ()) if process != PROCESS]
        found.options = {**found.options, READINGS: [*died, PROCESS]}
    try:
        if len(died) >= MOST_READINGS:
            raise Refused(GIVEN_UP)
        yield
    finally:
        with work.sessions() as session:
            held = select(Import).where(Import.id == work.import_id).with_for_update()
            for found in session.scalars(held.execution_options(populate_existing=True)):
                found.options = {name: value for name, value in found.options.items() if name != READINGS}


def _commit(work: ImportWork) -> None:
    steps = steps_of(work.kind)
    total, done = _progress(work, ImportOutcome.WAITING)
    with steps.applying(work) as apply:
        for item_ids in _slices(work, (ImportOutcome.WAITING,)):
            work.still_wanted()
            apply(item_ids)
            reached("import.slice")
            done += len(item_ids)
            work.note(done, total)
    work.still_wanted()
    with work.sessions() as session:
        found = _held(session, work.import_id, ImportState.COMMITTING)
        session.execute(
            update(ImportItem)
            .where(ImportItem.import_id == found.id, ImportItem.outcome == ImportOutcome.WAITING)
            .values(outcome=ImportOutcome.FAILED, why=NOT_DONE)
        )
        found.state, found.finished_at = ImportState.DONE, utc_now()
        found.done, found.counts = total, _count(session, found.id)
        record(session, work.access, "import_finished", {"import": found.id, **found.counts})


def _undo(work: ImportWork) -> None:
    for item_ids in _slices(work, (ImportOutcome.WAITING,)):
        work.still_wanted()
        with work.sessions() as session:
            settle_waiting(session, work.import_id, item_ids)
    total, done = _progress(work, ImportOutcome.UNDONE)
    for item_ids in _slices(work, CHANGING, newest_first=True):
        work.still_wanted()
        with work.sessions() as session:
            take_back_entries(session, work.access, work.import_id, item_ids)
        reached("import.slice")
        done += len(item_ids)
        work.note(done, total)
    with work.sessions() as session:
        found = _held(session, work.import_id, ImportState.UNDOING)
        retire_made(session, work.access, found)
        remove_made_sources(session, found.id)
        found.state, found.undone_at, found.finished_at = ImportState.UNDONE, utc_now(), utc_now()
        found.done, found.counts = total, _count(session, found.id)


def _progress(work: ImportWork, over: ImportOutcome) -> tuple[int, int]:
    """How many entries there are, and how many a step before that was interrupted has done."""
    with work.sessions(read_only=True) as session:
        of_import = select(func.count()).where(ImportItem.import_id == work.import_id)
        total = session.scalar(of_import) or 0
        same = session.scalar(of_import.where(ImportItem.outcome == over)) or 0
    done = total - same if over == ImportOutcome.WAITING else same
    work.note(done, total)
    return total, done


def _slices(
    work: ImportWork, outcomes: tuple[ImportOutcome, ...], *, newest_first: bool = False
) -> Iterator[list[int]]:
    """The ids of entries with these outcomes in their order, each once, so many at a time."""
    column = ImportItem.position
    wanted = select(ImportItem.id, column).where(
        ImportItem.import_id == work.import_id, ImportItem.outcome.in_(outcomes)
    )
    wanted = wanted.order_by(column.desc() if newest_first else column).limit(SLICE)
    last: int | None = None
    while True:
        page = wanted if last is None else wanted.where(column < last if newest_first else column > last)
        with work.sessions(read_only=True) as session:
            rows = session.execute(page).all()
        if not rows:
            return
        yield [row.id for row in rows]
        last = rows[-1].position


def _count(session: Session, import_id: int) -> dict[str, int]:
    """How many entries have come to what, and what came with those that stand."""
    by_outcome = session.execute(
        select(ImportItem.outcome, func.count())
        .where(ImportItem.import_id == import_id)
        .group_by(ImportItem.outcome)
    )
    counts = {outcome.value: number for outcome, number in by_outcome}
    stand = (ImportItem.import_id == import_id, ImportItem.outcome != ImportOutcome.UNDONE)
    counts["answers"] = session.scalar(select(func.count(ImportItem.annotation_id)).where(*stand)) or 0
    shapes = (
        select(func.count(Shape.id))
        .join(ImportItem, ImportItem.annotation_id == Shape.annotation_id)
        .where(*stand)
    )
    restored = session.scalar(select(func.count()).where(*stand, ImportItem.before["restored"].as_boolean()))
    if restored:
        counts["restored"] = restored
    counts["shapes"] = session.scalar(shapes) or 0
    return counts


def _held(session: Session, import_id: int, state: ImportState) -> Import:
    """The import, held, if it still is in this state. Raises Interrupted."""
    wanted = select(Import).where(Import.id == import_id, Import.state == state).with_for_update()
    found = session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise Interrupted
    return found


class _Watch:
    """Whether an import is still to be gone on with, and how far it is, asked and written now and then."""

    def __init__(self, sessions: Sessions, import_id: int, state: ImportState, turn: HeldTurn) -> None:
        self._sessions, self._import_id, self._state, self._turn = sessions, import_id, state, turn
        self._asked_at = self._noted_at = 0.0
        self._gaps = Gaps(sessions)

    def still_wanted(self) -> None:
        """Raise Interrupted once it is cancelled, another process is at it, or this one ends; lets others write."""
        self._gaps.leave()
        if self._turn.lost.is_set() or jobs.is_ending():
            raise Interrupted
        if time.monotonic() - self._asked_at < ASKED_EVERY:
            return
        with self._sessions(read_only=True) as session:
            state = session.scalar(select(Import.state).where(Import.id == self._import_id))
        if state != self._state:
            raise Interrupted
        self._asked_at = time.monotonic()

    def note(self, done: int, total: int | None) -> None:
        """Write down how far it is, about once a second."""
        if time.monotonic() - self._noted_at < NOTED_EVERY:
            return
        self._write(done=done, total=total)
        self._noted_at = time.monotonic()

    def fail(self, sentence: str) -> None:
        """Write down why it could not be done."""
        self._write(state=ImportState.FAILED, error=sentence, finished_at=utc_now())

    def _write(self, **values: Any) -> None:
        with self._sessions() as session:
            session.execute(
                update(Import)
                .where(Import.id == self._import_id, Import.state == self._state)
                .values(**values)
            )
