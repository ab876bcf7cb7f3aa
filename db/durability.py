"""What a commit waits for."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session


def forget_if_it_crashes(session: Session) -> None:
    """Let this transaction's commit return before the disk has it: for what a later one, that waits, makes true.

    A crash of the database may lose it whole, never in part; others see it at once. SQLite always waits.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL synchronous_commit = off"))
