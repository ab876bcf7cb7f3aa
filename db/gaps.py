"""Gaps: where one writes at a time, somebody who writes for long lets others in now and then.

SQLite has no queue. Who waits looks again each tenth of a second, and never finds the moment between two transactions
of one who goes on at once: after some seconds it gives up, be it a person's save or the renewal of that one's own turn.
"""

from __future__ import annotations

import time

from db.types import Sessions

EVERY = 1.0  # seconds
LONG_ENOUGH = 0.12


class Gaps:
    """The pauses of somebody who writes for long, each about a second; none where others can write meanwhile."""

    def __init__(self, sessions: Sessions, *, every: float = EVERY, seconds: float = LONG_ENOUGH) -> None:
        with sessions(read_only=True) as session:
            self._one_writes = session.get_bind().dialect.name == "sqlite"
        self._every, self._seconds = every, seconds
        self._last = time.monotonic()

    def leave(self) -> None:
        """Wait a moment when it is time for that; no transaction is open meanwhile."""
        if self._one_writes and time.monotonic() - self._last >= self._every:
            time.sleep(self._seconds)
            self._last = time.monotonic()
