"""Turns: work that only one process may do at a time, however many replicas there are.

A turn ends by the database's clock, so that a process that was killed holds nobody up for longer than it had asked
for. Who works for longer than that renews it, and stops when the turn has become somebody else's.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from db.clock import database_now
from db.models import Turn
from db.outages import told
from db.types import Sessions
from db.upsert import insert_into

log = logging.getLogger(__name__)


def new_holder() -> str:
    """A name for who takes turns; nobody else has it."""
    return secrets.token_hex(16)


def take_turn(session: Session, name: str, holder: str, seconds: float) -> bool:
    """Take a turn, or go on with one's own, for so many seconds from now; False while it is somebody else's."""
    now = database_now(session)
    statement = insert_into(session, Turn).values(
        name=name, holder=holder, expires_at=now + timedelta(seconds=seconds)
    )
    taken = statement.on_conflict_do_update(
        index_elements=["name"],
        set_={"holder": statement.excluded.holder, "expires_at": statement.excluded.expires_at},
        where=or_(Turn.holder == holder, Turn.expires_at <= now),
    ).returning(Turn.name)
    return session.scalar(taken) is not None


def renew_turn(session: Session, name: str, holder: str, seconds: float) -> bool:
    """Make one's turn last for so many seconds from now; False when it is one's own no more."""
    renewed = session.execute(
        update(Turn)
        .where(Turn.name == name, Turn.holder == holder)
        .values(expires_at=database_now(session) + timedelta(seconds=seconds))
        .returning(Turn.name)
    )
    return renewed.first() is not None


def give_back_turn(session: Session, name: str, holder: str) -> None:
    """End one's turn; harmless when it has become somebody else's."""
    session.execute(delete(Turn).where(Turn.name == name, Turn.holder == holder))


def turn_until(session: Session, name: str) -> datetime | None:
    """When the turn that somebody has at this moment ends, unless nobody has it."""
    now = database_now(session)
    return session.scalar(select(Turn.expires_at).where(Turn.name == name, Turn.expires_at > now))


@dataclass
class HeldTurn:
    """A turn that is renewed in the background; `lost` is set once it is somebody else's."""

    holder: str
    kept_until: float  # by the clock that no one can set
    lost: threading.Event = field(default_factory=threading.Event)

    def lasts(self, seconds: float) -> bool:
        """Whether it is still one's own for so long, whatever stopped this process meanwhile."""
        return not self.lost.is_set() and time.monotonic() + seconds < self.kept_until


@contextmanager
def held_turn(sessions: Sessions, name: str, *, seconds: float) -> Iterator[HeldTurn | None]:
    """Have a turn for as long as the block lasts, or None at once while it is somebody else's.

    No transaction is open meanwhile. Whoever finds `lost` set must stop: the database was away for longer than
    `seconds`, and somebody else may be at work.
    """
    turn = HeldTurn(new_holder(), kept_until=time.monotonic() + seconds)
    with sessions() as session:
        taken = take_turn(session, name, turn.holder, seconds)
    if not taken:
        yield None
        return
    done = threading.Event()
    keeper = threading.Thread(
        target=_keep, args=(sessions, name, turn, seconds, done), name=f"turn {name}", daemon=True
    )
    keeper.start()
    try:
        yield turn
    finally:
        done.set()
        keeper.join()
        with sessions() as session:
            give_back_turn(session, name, turn.holder)


def _keep(sessions: Sessions, name: str, turn: HeldTurn, seconds: float, done: threading.Event) -> None:
    while not done.wait(seconds / 4):
        begun = time.monotonic()
        try:
            with sessions() as session:
                if not renew_turn(session, name, turn.holder, seconds):
                    turn.lost.set()
                    return
            turn.kept_until = begun + seconds
        except Exception as error:  # the database is away: until the turn ends it is still ours
            log.warning("the turn %s was not renewed: %s", name, told(error))
            if time.monotonic() >= turn.kept_until:
                turn.lost.set()
                return
