"""Locks on words: for what has no row of its own to lock."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def lock_words(session: Session, *words: str) -> None:
    """Hold a lock on some words until the transaction ends; whoever else asks for the same words waits.

    Several are taken in the same order by everybody, so that no two wait for each other. On SQLite a writing
    transaction holds the whole database already.
    """
    if session.get_bind().dialect.name == "postgresql":
        numbers = (func.hashtextextended(one, 0) for one in sorted(words))
        session.execute(select(*(func.pg_advisory_xact_lock(number) for number in numbers)))
