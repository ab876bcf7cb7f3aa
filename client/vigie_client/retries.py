"""When a request is sent again, and how long to wait before."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vigie_client.calls import Call
from vigie_client.errors import (
    Conflict,
    ContentDiffers,
    TooManyRequests,
    Unavailable,
    Unreachable,
    VigieError,
)


@dataclass(frozen=True)
class Retries:
    """How patient a client is. Seconds; `total` is for the whole of a call, waits and answers included.

    Where a file goes up or down `total` counts the waits alone: that takes as long as it takes, while bytes flow.
    Waits double from `first_wait` to `longest_wait`, each shortened at random by up to half, so that a hundred
    cameras do not come back in the same moment. A Retry-After of the server's is never undercut.
    """

    attempts: int = 8
    first_wait: float = 0.5
    longest_wait: float = 30.0
    total: float = 120.0


NEVER = Retries(attempts=1)
# A file that arrives damaged this often meets something that damages each: that is for another day.
DAMAGED_ATTEMPTS = 3


class Patience:
    """What is left of it for one call."""

    def __init__(
        self,
        call: Call[Any],
        retries: Retries,
        *,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._call = call
        self._retries = retries
        self._clock = clock
        self._chance = chance
        self._attempts = 0
        self._damaged = 0
        self._waited = 0.0
        self._began = clock()

    @property
    def spent(self) -> float:
        return self._waited if self._call.carries_a_file else self._clock() - self._began

    @property
    def is_over(self) -> bool:
        """Whether an answer that is still coming in has taken longer than all of it may take."""
        return self.spent > self._retries.total

    def wait_after(self, problem: VigieError) -> float:
        """Seconds to wait before the next attempt. Raises the problem where another would be wrong, or too late.

        May read the file of the call once more, to see whether it is still what was to be sent.
        """
        self._attempts += 1
        if self._attempts >= self._retries.attempts or not self._is_worth_repeating(problem):
            raise problem
        growing = min(self._retries.longest_wait, self._retries.first_wait * 2.0 ** (self._attempts - 1))
        wait = growing * (1 - self._chance() / 2)
        if problem.retry_after is not None:
            # As they said, and a little more for the same reason as above.
            wait = max(wait, problem.retry_after + self._chance() * self._retries.first_wait)
        if self.spent + wait > self._retries.total:
            raise problem
        self._waited += wait
        return wait

    def _is_worth_repeating(self, problem: VigieError) -> bool:
        if isinstance(problem, ContentDiffers):
            self._damaged += 1
            return (
                self._damaged < DAMAGED_ATTEMPTS
                and self._call.may_be_repeated
                and self._call.still_has_its_digest
            )
        if isinstance(problem, Conflict):
            # Something was changed at the same moment, as when the source of an upload is merged into another one.
            return problem.code == "conflict" and "Idempotency-Key" in self._call.headers
        if isinstance(problem, TooManyRequests):
            return True  # it was turned away before anything was done
        if isinstance(problem, Unreachable) and not problem.was_sent:
            return True
        return isinstance(problem, Unavailable) and self._call.may_be_repeated
