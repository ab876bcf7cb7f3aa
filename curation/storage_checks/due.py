"""Checks that are made by themselves: every hour, and once a week a deep one; whichever replica looks first."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from curation.storage_checks.asking import give_up_silent
from curation.storage_checks.looking import Place
from curation.storage_checks.running import Result, SomebodyElse, Wanted, begin, carry_out, own_turn
from db.clock import database_now
from db.models import CheckOutcome, Installation, StorageCheck
from db.types import Sessions
from storage import Bucket

EVERY = timedelta(hours=1)
DEEP_EVERY = timedelta(days=7)
KEPT = timedelta(days=90)

_LOOKED = (CheckOutcome.CLEAN, CheckOutcome.DRIFT, CheckOutcome.STOPPED)


def check_if_due(sessions: Sessions, bucket: Bucket, place: Place) -> Result | None:
    """Make the check that is due, and what is harmless to put right with it; None when none is due.

    What was found before and left as it was is told of again, and left again: that is for an admin to decide.
    """
    with sessions() as session:
        give_up_silent(session)
        if _due(session) is None:
            return None
    try:
        with own_turn(sessions) as turn:
            with sessions() as session:
                # Another replica may have made it while we waited for the turn.
                wanted = _due(session)
                if wanted is None:
                    return None
                session.execute(
                    delete(StorageCheck).where(StorageCheck.started_at < database_now(session) - KEPT)
                )
                check_id = begin(session, deep=wanted.deep)
            return carry_out(sessions, bucket, place, check_id, wanted, turn)
    except SomebodyElse:
        return None


def _due(session: Session) -> Wanted | None:
    """The check that is due. The first is due an hour, and the first deep one a week, after the beginning."""
    now = database_now(session)
    begun = session.scalar(select(func.min(Installation.created_at)))
    if begun is None:
        return None
    looked = select(func.max(StorageCheck.started_at)).where(StorageCheck.outcome.in_(_LOOKED))
    if now - (session.scalar(looked.where(StorageCheck.deep)) or begun) >= DEEP_EVERY:
        return Wanted(deep=True, tidy=True)
    if now - (session.scalar(looked) or begun) >= EVERY:
        return Wanted(tidy=True)
    return None
