"""What is to be done once a transaction stands, and never when it was rolled back: in memory, and at once."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

_KEY = "afterwards"


def after_commit(session: Session, act: Callable[[], None]) -> None:
    """Have something done after the transaction of this session. It must not fail, nor take time."""
    session.info.setdefault(_KEY, []).append(act)


def do_afterwards(session: Session) -> None:
    """Do what waited for the commit; the door calls it."""
    for act in session.info.pop(_KEY, ()):
        act()
