"""What an admin wants to know about the installation: who was here last, the database, work that failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from curation.accesses import end_everything, get_access, require_scope
from curation.events import record
from db.clock import from_now
from db.migrate import is_current
from db.models import Access, Job, JobState, LoginSession, Media, Scope, Token
from db.queries import token_seen_at
from db.types import AnySelect


@dataclass(frozen=True)
class DatabaseFacts:
    """The database as it is: `size` in bytes, None where it is not known."""

    product: str
    version: str
    current: bool  # all migrations of this code are applied
    size: int | None
    media: int


def last_seen(session: Session, access: Access) -> dict[int, datetime]:
    """When each access was last active, by its id; those that never entered are left out."""
    require_scope(access, Scope.ADMIN)
    seen: dict[int, datetime] = {}
    questions: tuple[AnySelect, ...] = (
        select(LoginSession.access_id, func.max(LoginSession.last_seen_at))
        .where(LoginSession.hashed_secret.is_not(None))
        .group_by(LoginSession.access_id),
        select(Token.access_id, func.max(token_seen_at()))
        .where(token_seen_at().is_not(None))
        .group_by(Token.access_id),
    )
    for question in questions:
        for access_id, moment in session.execute(question):
            seen[access_id] = max(moment, seen.get(access_id, moment))
    return seen


def end_login_sessions(session: Session, access: Access, access_id: int) -> Access:
    """Sign an access out of every browser and program; its password stays. Raises NotAllowed, AccessNotFound."""
    require_scope(access, Scope.ADMIN)
    ended = get_access(session, access_id)
    end_everything(session, ended)
    record(session, access, "login_sessions_ended", {"login": ended.login})
    return ended


def database_facts(session: Session, access: Access) -> DatabaseFacts:
    """Ask the database what it is and how much it holds."""
    require_scope(access, Scope.ADMIN)
    dialect = session.get_bind().dialect
    if dialect.name == "postgresql":
        version = str(session.scalar(text("SHOW server_version")))
        size = session.scalar(text("SELECT pg_database_size(current_database())"))
    else:
        version = str(session.scalar(text("SELECT sqlite_version()")))
        size = session.scalar(
            text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        )
    return DatabaseFacts(
        product={"postgresql": "PostgreSQL", "sqlite": "SQLite"}.get(dialect.name, dialect.name),
        version=version,
        current=is_current(session.get_bind().engine),
        size=None if size is None else int(size),
        media=session.scalar(select(func.count()).select_from(Media)) or 0,
    )


def count_jobs(session: Session, access: Access) -> dict[JobState, int]:
    """How many jobs stand in each state; a finished job leaves the table."""
    require_scope(access, Scope.ADMIN)
    counts = {
        state: int(count)
        for state, count in session.execute(select(Job.state, func.count()).group_by(Job.state))
    }
    return {state: counts.get(state, 0) for state in JobState}


def list_failed_jobs(session: Session, access: Access, limit: int = 100) -> Sequence[Job]:
    """Jobs that are no longer tried, newest first, each with the reason of its last failure."""
    require_scope(access, Scope.ADMIN)
    return session.scalars(
        select(Job).where(Job.state == JobState.FAILED).order_by(Job.id.desc()).limit(limit)
    ).all()


def retry_failed_jobs(session: Session, access: Access) -> int:
    """Have every failed job tried again from the start; returns how many."""
    require_scope(access, Scope.ADMIN)
    retried = session.execute(
        update(Job)
        .where(Job.state == JobState.FAILED)
        .values(state=JobState.WAITING, attempts=0, run_after=from_now(session))
        .returning(Job.id)
    ).all()
    record(session, access, "failed_jobs_retried", {"jobs": len(retried)})
    return len(retried)
