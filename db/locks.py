"""Locks on words: for what has no row of its own to lock."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def lock_words(session: Session, words: str) -> None:
    """Hold a lock on some words until the transaction ends; whoever else asks for the same words waits.

    On SQLite a writing transaction holds the whole database already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(words, 0))))
