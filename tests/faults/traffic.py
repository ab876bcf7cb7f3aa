"""Clients that go on sending while something fails, as ours do: each thing again until it is acknowledged."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

import httpx

from tests.factories import a_jpeg
from tests.faults.trial import Caller, Trial

PAUSE_SECONDS = 0.2
LAST_SECONDS = 60.0  # for what is under way when the others have stopped
CROWD = 20  # as many as the database has connections for


class Traffic:
    """Runs in its `with` block: every client registers a picture, answers it, and takes the next.

    At the end each has finished what it had begun, or the trial falls short.
    """

    def __init__(self, trial: Trial, clients: int = 3) -> None:
        self._trial = trial
        self._stopping = threading.Event()
        self._deadline = float("inf")
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(clients)]

    def __enter__(self) -> Traffic:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._deadline = time.monotonic() + LAST_SECONDS
        self._stopping.set()
        for thread in self._threads:
            thread.join(LAST_SECONDS + 30)

    def _run(self) -> None:
        with self._trial.caller() as caller:
            while not self._stopping.is_set():
                media_id = self._register(caller)
                if media_id is not None:
                    self._answer(caller, media_id)

    def _register(self, caller: Caller) -> int | None:
        content, key = a_jpeg(), uuid.uuid4().hex
        answer = self._until_taken(lambda: caller.upload(content, key=key))
        return answer.json()["media"]["id"] if answer is not None else None

    def _answer(self, caller: Caller, media_id: int) -> None:
        client_id = str(uuid.uuid4())
        self._until_taken(lambda: caller.submit(media_id, client_id))

    def _until_taken(self, send: Callable[[], httpx.Response]) -> httpx.Response | None:
        while True:
            try:
                answer = send()
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code in (200, 201):
                return answer
            if answer is not None and answer.status_code != 503:
                self._trial.fail(f"{answer.url.path} was answered {answer.status_code}: {answer.text[:200]}")
                return None
            if time.monotonic() > self._deadline:
                self._trial.fail("something was not taken for a minute after the fault")
                return None
            time.sleep(PAUSE_SECONDS)


def all_at_once(trial: Trial, path: str = "/media?limit=1", crowd: int = CROWD) -> None:
    """As many requests at once as there are connections: none of them is held by a request that has ended."""

    def ask(_number: int) -> int:
        with trial.caller() as caller:
            return caller.get(path).status_code

    with ThreadPoolExecutor(crowd) as threads:
        answered = list(threads.map(ask, range(crowd)))
    trial.require(set(answered) == {200}, f"{crowd} at once after the fault were answered {sorted(answered)}")
