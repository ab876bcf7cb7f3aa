"""Work that nobody waits for, as rows: taken one at a time under a lease, repeated until it succeeds.

Any number of replicas may run the loop and any of them may be killed: a job whose lease has ended is
taken again, so its work must be harmless to repeat. What is due, and whose lease has ended, is said by the
database's clock: a replica whose own is ahead must not take what another one is doing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from db.clock import from_now
from db.models import Job, JobState
from db.outages import told
from db.types import Sessions

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 20
IDLE_SECONDS = 1.0
CHORES_SECONDS = 600.0

Work = Callable[[int], None]  # takes the subject's id
Chore = Callable[[], object]

log = logging.getLogger(__name__)


class NotYet(Exception):
    """Raised by work that wants to be tried again after so many seconds, however often it has been tried."""

    def __init__(self, seconds: float, why: str) -> None:
        super().__init__(why)
        self.seconds = seconds


def add(session: Session, name: str, subject_id: int) -> None:
    """Ask for work, in the transaction that makes it necessary."""
    session.add(Job(name=name, subject_id=subject_id, run_after=from_now(session)))


def run_one(sessions: Sessions, works: Mapping[str, Work]) -> bool:
    """Take the next job and do it; says whether there was one."""
    # Looking first costs no lock, and most looks find nothing.
    with sessions(read_only=True) as session:
        if session.scalar(_due(session, list(works))) is None:
            return False
    with sessions() as session:
        job = _take(session, list(works))
    if job is None:
        return False
    job_id, name, subject_id, attempts = job
    try:
        works[name](subject_id)
    except NotYet as wish:
        with sessions() as session:
            postponed = session.get(Job, job_id)
            if postponed is not None:
                postponed.state = JobState.WAITING
                postponed.run_after = from_now(session, timedelta(seconds=wish.seconds))
                postponed.error = str(wish)[:500]
                postponed.lease_until = None
        return True
    except Exception as error:  # a job must never end the loop; its row keeps the reason
        log.warning("job %s %s failed, attempt %s: %s", name, subject_id, attempts, told(error))
        with sessions() as session:
            failed = session.get(Job, job_id)
            if failed is not None:
                failed.state = JobState.FAILED if attempts >= MAX_ATTEMPTS else JobState.WAITING
                failed.run_after = from_now(session, timedelta(seconds=min(2**attempts, 600)))
                failed.error = told(error)[:500]
                failed.lease_until = None
        return True
    with sessions() as session:
        done = session.get(Job, job_id)
        if done is not None:
            session.delete(done)
    return True


def _due(session: Session, names: list[str]) -> Select[Job]:
    now = from_now(session)
    return (
        select(Job)
        .where(
            Job.name.in_(names),
            or_(
                (Job.state == JobState.WAITING) & (Job.run_after <= now),
                (Job.state == JobState.RUNNING) & (Job.lease_until < now),
            ),
        )
        .order_by(Job.id)
        .limit(1)
    )


def _take(session: Session, names: list[str]) -> tuple[int, str, int, int] | None:
    job = session.scalar(_due(session, names).with_for_update(skip_locked=True))
    if job is None:
        return None
    job.state = JobState.RUNNING
    job.lease_until = from_now(session, LEASE)
    job.attempts += 1
    return job.id, job.name, job.subject_id, job.attempts


@contextmanager
def kept_alive(sessions: Sessions, name: str, subject_id: int) -> Iterator[None]:
    """For work that takes minutes: its lease is renewed until the block ends, or the process does."""
    done = threading.Event()

    def renew() -> None:
        while not done.wait(LEASE.total_seconds() / 4):
            try:
                with sessions() as session:
                    session.execute(
                        update(Job)
                        .where(Job.name == name, Job.subject_id == subject_id, Job.state == JobState.RUNNING)
                        .values(lease_until=from_now(session, LEASE))
                    )
            except Exception as error:  # the work itself will find out, or be done again
                log.warning("the lease of %s %s was not renewed: %s", name, subject_id, told(error))

    thread = threading.Thread(target=renew, name=f"lease of {name}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


class JobLoop:
    """A thread that runs jobs until it is stopped, and now and then its chores.

    Every replica does the chores: they must be as harmless to repeat as jobs are, and may meet each other.
    """

    def __init__(
        self,
        sessions: Sessions,
        works: Mapping[str, Work],
        chores: Sequence[Chore] = (),
        *,
        name: str = "jobs",
    ) -> None:
        self._sessions = sessions
        self._works = works
        self._chores = chores
        self._chores_due = time.monotonic()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop_soon(self) -> None:
        """Ask the loop to end after what it is doing now."""
        self._stopping.set()

    def stop(self) -> None:
        self.stop_soon()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if time.monotonic() >= self._chores_due:
                    self._chores_due = time.monotonic() + CHORES_SECONDS
                    self._do_chores()
                busy = run_one(self._sessions, self._works)
            except Exception as error:  # the database is away: wait, and look again
                log.warning("the jobs loop cannot reach the database: %s", told(error))
                self._stopping.wait(5)
                continue
            if not busy:
                self._stopping.wait(IDLE_SECONDS)

    def _do_chores(self) -> None:
        for chore in self._chores:
            if self._stopping.is_set():
                return
            try:
                chore()
            except Exception as error:  # the others are done all the same, and this one again in a while
                log.warning("a chore of %s failed: %s", self._thread.name, told(error))
