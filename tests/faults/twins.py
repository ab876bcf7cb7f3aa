"""F11: the same content fifty times at the same moment, over two replicas; the same key for other content."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import httpx

from tests.factories import a_jpeg
from tests.faults.registry import fault
from tests.faults.trial import PATIENCE, Caller, Trial

AT_ONCE = 50
BODIES = 10


@fault("F11", "fifty equal uploads over two replicas", sample=1, full=20)
def equal_uploads(trial: Trial) -> None:
    """Once each with a key of its own, once all with the same: one object, one row, fifty equal answers."""
    trial.site.add_replica()
    for number in range(trial.rounds):
        for keys in ([f"own-{number}-{sender}" for sender in range(AT_ONCE)], [f"one-{number}"] * AT_ONCE):
            content = a_jpeg(320, 240)
            answers = at_once(trial, [partial(_send, content, key) for key in keys])
            told = {answer.json()["media"]["id"] for answer in answers if answer.status_code in (200, 201)}
            statuses = {answer.status_code for answer in answers}
            odd = {answer.text for answer in answers if answer.status_code not in (200, 201)}
            trial.require(
                statuses <= {200, 201}, f"equal uploads were answered {sorted(statuses)} {odd or ''}"
            )
            trial.require(len(told) == 1, f"equal uploads became the media {told}")
    _require_objects(trial, 2 * trial.rounds)


@fault("F11", "one key for ten contents at the same moment", sample=1, full=20)
def one_key(trial: Trial) -> None:
    """One of them is taken, the others are refused and leave nothing; later ones too."""
    trial.site.add_replica()
    for number in range(trial.rounds):
        key = f"claimed-{number}"
        contents = [a_jpeg(320, 240) for _ in range(BODIES)]
        answers = at_once(trial, [partial(_send, content, key) for content in contents])
        statuses = sorted(answer.status_code for answer in answers)
        trial.require(
            statuses == [201] + [422] * (BODIES - 1), f"one key for {BODIES} contents was answered {statuses}"
        )
        with trial.caller() as caller:
            late = caller.upload(a_jpeg(320, 240), key=key).status_code
        trial.require(late == 422, f"a key that was used before was answered {late}")
    with trial.caller() as caller:
        found = caller.get("/media/count").json()
    trial.require(len(trial.ledger.uploads) == trial.rounds, f"{found} media for {trial.rounds} keys")


def _send(content: bytes, key: str, caller: Caller) -> httpx.Response:
    return caller.upload(content, key=key)


def at_once(trial: Trial, sends: list[Callable[[Caller], httpx.Response]]) -> list[httpx.Response]:
    """What came back from all of these, sent at the same moment and to the replicas in turn."""
    barrier = threading.Barrier(len(sends))
    answers: list[httpx.Response] = []

    def send(number: int) -> None:
        replica = trial.site.replicas[number % len(trial.site.replicas)]
        with trial.caller(replica) as caller:
            barrier.wait(PATIENCE)
            try:
                answers.append(sends[number](caller))
            except httpx.HTTPError as problem:
                trial.fail(f"one of {len(sends)} at the same moment was not answered: {problem!r}")

    senders = [threading.Thread(target=send, args=(number,), daemon=True) for number in range(len(sends))]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(2 * PATIENCE)
    trial.require(len(answers) == len(sends), f"{len(sends) - len(answers)} were not answered")
    return answers


def _require_objects(trial: Trial, wanted: int) -> None:
    stored = [path for path in (trial.site.bucket_dir / "media").rglob("*") if path.is_file()]
    trial.require(len(stored) == wanted, f"{len(stored)} objects for {wanted} contents")
