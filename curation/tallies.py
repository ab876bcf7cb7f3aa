"""How often things have happened in this process since it began, for whoever watches over it."""

from __future__ import annotations

import enum
import threading
from collections import Counter
from functools import partial

from sqlalchemy.orm import Session

from db.afterwards import after_commit


class Tally(enum.StrEnum):
    """What is counted, each by how it went."""

    UPLOADS = "uploads"  # registered, already_here, restored
    ACTS = "acts"  # submitted, or the decision; an answer that was accepted as it was handed in is both
    SIGN_IN_FAILURES = "sign_in_failures"  # password, be it for no login that exists


_counts: Counter[tuple[Tally, str]] = Counter()
_lock = threading.Lock()


def count(tally: Tally, how: str) -> None:
    """Count something that has happened."""
    with _lock:
        _counts[tally, how] += 1


def count_once_stored(session: Session, tally: Tally, how: str) -> None:
    """Count what this transaction writes, if it is not rolled back."""
    after_commit(session, partial(count, tally, how))


def read_tallies() -> dict[tuple[Tally, str], int]:
    """All counts as they are now."""
    with _lock:
        return dict(_counts)
