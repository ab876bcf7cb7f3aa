"""Many clients at work, each repeating what was not acknowledged, while something is done to the product."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import httpx

from tests.faults.trial import PATIENCE, Caller, Trial

CLIENTS = 4
WAIT_SECONDS = 0.05
Step = Callable[[Caller], httpx.Response]
Work = Sequence[Step]


def keep_busy(trial: Trial, works: Sequence[Work], *, times: int, disturb: Callable[[], None]) -> None:
    """Do all works, several at a time and the steps of each in order, and `disturb` so many times in between.

    A step is repeated until it is acknowledged; an answer that no repeat can change falls short.
    """
    total = sum(len(work) for work in works)
    moments = sorted(trial.rng.sample(range(total), min(times, total)))
    crowd = _Crowd(trial, works)
    clients = [threading.Thread(target=crowd.work, daemon=True) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for moment in moments:
        crowd.wait_for(moment)
        # Anywhere within what is under way, not only just after an answer.
        time.sleep(trial.rng.uniform(0, 0.03))
        disturb()
    for client in clients:
        client.join(PATIENCE + total)
    trial.require(crowd.done == total, f"{total - crowd.done} of {total} were never acknowledged")


class _Crowd:
    def __init__(self, trial: Trial, works: Sequence[Work]) -> None:
        self.done = 0
        self._trial = trial
        self._waiting = list(reversed(works))
        self._at_work = CLIENTS
        self._changed = threading.Condition()

    def work(self) -> None:
        """Do works until none waits, or one of them cannot be done."""
        try:
            self._do_works()
        finally:
            with self._changed:
                self._at_work -= 1
                self._changed.notify_all()

    def _do_works(self) -> None:
        with self._trial.caller() as caller:
            while True:
                with self._changed:
                    if not self._waiting:
                        return
                    work = self._waiting.pop()
                for step in work:
                    if not self._repeat(step, caller):
                        return

    def wait_for(self, done: int) -> None:
        """Return once so many steps are done, or nobody is at work any more."""
        with self._changed:
            self._changed.wait_for(lambda: self.done >= done or not self._at_work, PATIENCE)

    def _repeat(self, step: Step, caller: Caller) -> bool:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                answer = step(caller)
            except httpx.HTTPError:
                time.sleep(WAIT_SECONDS)
                continue
            if answer.status_code in (200, 201):
                with self._changed:
                    self.done += 1
                    self._changed.notify_all()
                return True
            if answer.status_code not in (429, 503):
                self._trial.fail(
                    f"{answer.request.url.path} was answered {answer.status_code}: {answer.text[:200]}"
                )
                return False
            time.sleep(WAIT_SECONDS)
        self._trial.fail("a repeat was never acknowledged")
        return False
