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
from datetime import datetime, timedelta

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

AWAY_TOO_LONG = "The database or the bucket was away for too long. Try again when they are back."

Work = Callable[[int], None]  # takes the subject's id
# Writes down, for whoever asked, why work on a subject is tried no more; False when nobody waits for it.
GiveUp = Callable[[Session, int, Exception], bool]
Chore = Callable[[], object]

log = logging.getLogger(__name__)

_here = threading.local()


class NotYet(Exception):
    """Raised by work that wants to be tried again after so many seconds, however often it has been tried.

    It has not failed, so this is no attempt.
    """

    def __init__(self, seconds: float, why: str) -> None:
        super().__init__(why)
        self.seconds = seconds


def add(session: Session, name: str, subject_id: int) -> None:
    """Ask for work, in the transaction that makes it necessary."""
    session.add(Job(name=name, subject_id=subject_id, run_after=from_now(session)))


def add_again(session: Session, name: str, subject_id: int) -> None:
    """Ask for work that may be waiting or under way already: then it is done once more after that.

    Whoever asks holds the subject, so that no two ask at the same moment.
    """
    wanted = select(Job).where(Job.name == name, Job.subject_id == subject_id).with_for_update()
    job = session.scalar(wanted.execution_options(populate_existing=True))
    if job is None:
        add(session, name, subject_id)
        return
    job.run_after = from_now(session)
    if job.state == JobState.FAILED:
        job.state, job.attempts = JobState.WAITING, 0


def run_one(sessions: Sessions, works: Mapping[str, Work], give_up: Mapping[str, GiveUp] = {}) -> bool:
    """Take the next job and do it; says whether there was one.

    One that fails the last time stays as failed, unless there is somebody to tell, who may ask for it again.
    """
    # Looking first costs no lock, and most looks find nothing.
    with sessions(read_only=True) as session:
        if session.scalar(_due(session, list(works))) is None:
            return False
    with sessions() as session:
        job = _take(session, list(works))
    if job is None:
        return False
    job_id, name, subject_id, attempts, run_after = job
    try:
        works[name](subject_id)
    except NotYet as wish:
        with sessions() as session:
            postponed = session.scalar(_still_ours(job_id, attempts).with_for_update())
            if postponed is not None:
                postponed.state, postponed.attempts = JobState.WAITING, attempts - 1
                postponed.run_after = from_now(session, timedelta(seconds=wish.seconds))
                postponed.error = str(wish)[:500]
                postponed.lease_until = None
        return True
    except Exception as error:  # a job must never end the loop; its row keeps the reason
        log.warning("job %s %s failed, attempt %s: %s", name, subject_id, attempts, told(error))
        with sessions() as session:
            failed = session.scalar(_still_ours(job_id, attempts))
            if failed is None:
                return True
            asked_again = failed.run_after != run_after
            last = attempts >= MAX_ATTEMPTS and not asked_again
            # Whoever asks has the subject first and then its job, and so has this.
            if last and name in give_up and give_up[name](session, subject_id, error):
                session.delete(failed)
                return True
            failed.state = JobState.FAILED if last else JobState.WAITING
            if asked_again:
                failed.attempts = 0
            else:
                failed.run_after = from_now(session, timedelta(seconds=min(2**attempts, 600)))
            failed.error = told(error)[:500]
            failed.lease_until = None
        return True
    with sessions() as session:
        done = session.scalar(_still_ours(job_id, attempts).with_for_update())
        if done is not None and done.run_after == run_after:
            session.delete(done)
        elif done is not None:  # asked for again meanwhile
            done.state, done.attempts, done.lease_until = JobState.WAITING, 0, None
    return True


def _still_ours(job_id: int, attempts: int) -> Select[Job]:
    """The job, unless it has ended, or its lease did and somebody else has taken it: then it is theirs."""
    return select(Job).where(Job.id == job_id, Job.attempts == attempts, Job.state == JobState.RUNNING)


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


def _take(session: Session, names: list[str]) -> tuple[int, str, int, int, datetime] | None:
    job = session.scalar(_due(session, names).with_for_update(skip_locked=True))
    if job is None:
        return None
    job.state = JobState.RUNNING
    job.lease_until = from_now(session, LEASE)
    job.attempts += 1
    return job.id, job.name, job.subject_id, job.attempts, job.run_after


@contextmanager
def kept_alive(sessions: Sessions, name: str, subject_id: int) -> Iterator[None]:
    """For work that takes minutes: its lease is renewed until the block ends, or the process does.

    A process that was halted until somebody else took the job renews nothing of theirs.
    """
    done = threading.Event()
    running = (Job.name == name, Job.subject_id == subject_id, Job.state == JobState.RUNNING)
    with sessions(read_only=True) as session:
        attempts = session.scalar(select(Job.attempts).where(*running))

    def renew() -> None:
        while not done.wait(LEASE.total_seconds() / 4):
            try:
                with sessions() as session:
                    session.execute(
                        update(Job)
                        .where(*running, Job.attempts == attempts)
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


def is_ending() -> bool:
    """Whether the loop that does this thread's work was asked to end, so that long work had better stop with NotYet."""
    stopping: threading.Event | None = getattr(_here, "stopping", None)
    return stopping is not None and stopping.is_set()


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
        give_up: Mapping[str, GiveUp] = {},
        name: str = "jobs",
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._sessions = sessions
        self._works = works
        self._give_up = give_up
        self._chores = chores
        self._idle_seconds = idle_seconds
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
        _here.stopping = self._stopping
        while not self._stopping.is_set():
            try:
                if time.monotonic() >= self._chores_due:
                    self._chores_due = time.monotonic() + CHORES_SECONDS
                    self._do_chores()
                busy = run_one(self._sessions, self._works, self._give_up)
            except Exception as error:  # the database is away: wait, and look again
                log.warning("the jobs loop cannot reach the database: %s", told(error))
                self._stopping.wait(5)
                continue
            if not busy:
                self._stopping.wait(self._idle_seconds)

    def _do_chores(self) -> None:
        for chore in self._chores:
            if self._stopping.is_set():
                return
            try:
                chore()
            except Exception as error:  # the others are done all the same, and this one again in a while
                log.warning("a chore of %s failed: %s", self._thread.name, told(error))
