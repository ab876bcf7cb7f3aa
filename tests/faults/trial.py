"""One fault at one place: the installation, what it promised, what it answered, how long it took."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from tests.faults.ground import Ground
from tests.faults.ledger import Ledger
from tests.faults.registry import Fault, Place
from tests.faults.site import Replica, Site

HANG_SECONDS = 15.0
UPLOAD_HANG_SECONDS = 60.0
RECOVERY_SECONDS = 5.0
PATIENCE = 90.0

Choice = TypeVar("Choice")


@dataclass
class Trial:
    """What a fault function gets. `rng` gives the same numbers for the same seed, fault and place."""

    fault: Fault
    place: Place
    rounds: int
    seed: int
    ground: Ground
    site: Site
    # How many times as long as promised something may take here: a machine that runs other tests beside is no judge.
    slack: float = 1.0
    ledger: Ledger = field(default_factory=Ledger)
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    hangs: int = 0
    slowest_recovery: float | None = None

    def __post_init__(self) -> None:
        self.rng = random.Random(f"{self.seed} {self.fault.name} {self.fault.title} {self.place}")

    @property
    def is_full(self) -> bool:
        """Whether it is made as often as is promised."""
        return self.rounds == self.fault.full

    def some(self, choices: Sequence[Choice], number: int = 1) -> list[Choice]:
        """All of them when it is made in full; in a sample so many, which the seed chooses."""
        return list(choices) if self.is_full else self.rng.sample(choices, number)

    def fail(self, sentence: str) -> None:
        """A goal falls short; the fault goes on, and the run ends non-zero."""
        self.failures.append(sentence)

    def require(self, holds: object, sentence: str) -> None:
        if not holds:
            self.fail(sentence)

    def note(self, sentence: str) -> None:
        """Something measured, printed below the table."""
        self.notes.append(sentence)

    def caller(
        self, replica: Replica | None = None, token: str | None = None, timeout: float = PATIENCE
    ) -> Caller:
        """A program with a token (an admin's unless said otherwise) whose answers are looked at."""
        return Caller(self, (replica or self.site.api).address, token or self.site.token, timeout)

    def await_recovery(
        self, works: Callable[[], bool] | None = None, *, within: float = RECOVERY_SECONDS
    ) -> float:
        """Seconds from now to the first success; more than `within` falls short. Called when the fault has ended.

        Without `works` it is a list of media, from the first replica.
        """
        began = time.monotonic()
        with self.caller(timeout=PATIENCE) as caller:
            while not _succeeds(works or (lambda: caller.get("/media?limit=1").status_code == 200)):
                if time.monotonic() - began > PATIENCE:
                    break
                time.sleep(0.05)
        seconds = time.monotonic() - began
        self.slowest_recovery = max(self.slowest_recovery or 0.0, seconds)
        self.require(
            seconds <= within * self.slack, f"the first success came {seconds:.1f} s after the fault"
        )
        return seconds

    def replay(self) -> str:
        """The command that makes this fault again in the same way."""
        full = " --full" if self.is_full else ""
        return (
            f"python -m tests.faults{full} --seed {self.seed} --only {self.fault.name} "
            f"--database {self.place.database} --bucket {self.place.bucket}"
        )


def _succeeds(works: Callable[[], bool]) -> bool:
    try:
        return works()
    except httpx.HTTPError:
        return False


class Caller(httpx.Client):
    """A program with a token. Hangs are counted; an answer that no client should see is a failure of the trial."""

    def __init__(self, trial: Trial, address: str, token: str, timeout: float) -> None:
        self._trial = trial
        super().__init__(
            base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=timeout, trust_env=False
        )

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        began = time.monotonic()
        try:
            answer = super().send(request, **options)
        finally:
            most = UPLOAD_HANG_SECONDS if request.url.path == "/uploads" else HANG_SECONDS
            if time.monotonic() - began > most * self._trial.slack:
                self._trial.hangs += 1
        self._look_at(request, answer)
        return answer

    def upload(self, content: bytes, name: str = "IMG_0001.jpg", *, key: str | None = None) -> httpx.Response:
        """Send one picture and write its acknowledgement down; what came back, whatever it is."""
        headers = {"Idempotency-Key": key} if key else {}
        answer = self.post("/uploads", files={"file": (name, content)}, headers=headers)
        if answer.status_code in (200, 201):
            self._trial.ledger.uploaded(answer.json()["media"]["id"], hashlib.sha256(content).hexdigest())
        return answer

    def bring(self, media_id: int, content: bytes) -> httpx.Response:
        """Send the content of a media that waits for it, and write its acknowledgement down; what came back."""
        answer = self.post(f"/media/{media_id}/upload", files={"file": ("IMG_0001.jpg", content)})
        if answer.status_code in (200, 201):
            self._trial.ledger.uploaded(media_id, hashlib.sha256(content).hexdigest())
        return answer

    def submit(self, media_id: int, client_id: str, **body: Any) -> httpx.Response:
        """Send one answer and write its acknowledgement down; what came back, whatever it is."""
        answer = self.post(f"/media/{media_id}/annotations", json={"client_id": client_id, **body})
        if answer.status_code in (200, 201):
            self._trial.ledger.submitted(client_id, answer.json()["annotation"]["id"])
        return answer

    def review(self, media_id: int, client_id: str, decision: str, **body: Any) -> httpx.Response:
        """Send one decision and write its acknowledgement down; what came back, whatever it is."""
        given = {"media_id": media_id, "client_id": client_id, "decision": decision, **body}
        answer = self.post("/reviews", json=given)
        if answer.status_code in (200, 201):
            self._trial.ledger.reviewed(client_id, answer.json()["review"]["id"])
        return answer

    def _look_at(self, request: httpx.Request, answer: httpx.Response) -> None:
        if answer.status_code < 500:
            return
        what = f"{request.method} {request.url.path} was answered {answer.status_code}"
        if answer.status_code not in (503, 507):
            self._trial.fail(what)
        elif (
            answer.status_code == 503 and "retry-after" not in answer.headers and request.url.path != "/ready"
        ):
            self._trial.fail(f"{what} without Retry-After")
        if not answer.is_stream_consumed:
            return
        if any(word in answer.text for word in ("Traceback", "sqlalchemy", "psycopg", "sqlite3", "botocore")):
            self._trial.fail(f"{what} with its insides: {answer.text[:200]}")
