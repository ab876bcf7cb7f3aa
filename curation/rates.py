"""How often somebody may send something: counted in the database, so that all replicas count together.

A count is of one minute of the database's clock. One row per sender and minute is all there is; the clean-up takes
old ones away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from curation.errors import TooFast
from db.models import Access, Rate, Scope
from db.upsert import insert_into

MINUTE = 60  # seconds


@dataclass(frozen=True)
class Rates:
    """How many uploads, and as many predictions, are taken of one access in a minute; 0 is without a limit."""

    people: int
    devices: int

    def of(self, access: Access) -> int:
        return self.devices if access.scope == Scope.DEVICE else self.people


def count_upload(session: Session, access: Access, rates: Rates, now: datetime) -> None:
    """Count one upload of this access. Raises TooFast, with the seconds to wait; what is refused is not counted."""
    _count(session, f"upload {access.id}", rates.of(access), now)


def count_prediction(session: Session, access: Access, rates: Rates, now: datetime) -> None:
    """Count one delivery of predictions, be it of one or of a hundred. Raises TooFast as uploads do."""
    _count(session, f"predict {access.id}", rates.of(access), now)


def _count(session: Session, subject: str, allowed: int, now: datetime) -> None:
    if not allowed:
        return
    seconds = int(now.timestamp())
    statement = insert_into(session, Rate).values(subject=subject, minute=seconds // MINUTE, count=1)
    # One statement counts and says how many: of two replicas at the same moment, one waits for the other.
    counted = session.execute(
        statement.on_conflict_do_update(
            index_elements=[Rate.subject, Rate.minute],
            set_={"count": Rate.count + 1},
            where=Rate.count < allowed,
        ).returning(Rate.count)
    ).first()
    if counted is None:
        wait = MINUTE - seconds % MINUTE
        raise TooFast(
            f"More than {allowed} in a minute are not taken from one access. Wait {wait} seconds; nothing was stored.",
            retry_after=wait,
        )
