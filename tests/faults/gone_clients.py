"""F12: clients that leave in the middle: what they had sent is forgotten, what they had handed in is stored once."""

from __future__ import annotations

import json
import socket
import time

from tests.factories import a_jpeg
from tests.faults.killed_submissions import a_media, a_shape
from tests.faults.killed_uploads import upload_request
from tests.faults.registry import fault
from tests.faults.trial import Trial

SHARES = (0.01, 0.5, 0.99, 1.0)
SPOOL_SECONDS = 60.0


@fault("F12", "clients that leave during an upload", sample=1, full=25)
def gone_during_an_upload(trial: Trial) -> None:
    """At 1, 50 and 99 % of the body, and right after it; politely, and with a reset."""
    slowest = 0.0
    for number in range(trial.rounds):
        for share in trial.some(SHARES, 2):
            content, key = a_jpeg(1280, 960), f"gone-{number}-{share}"
            head, body = upload_request(trial, content, key)
            _send_and_leave(trial, head + body[: int(len(body) * share)], reset=number % 2 == 1)
            slowest = max(slowest, _await_empty_spool(trial))
            with trial.caller() as caller:
                first = caller.upload(content, key=key)
                again = caller.upload(content, key=key)
            trial.require(
                first.status_code in (200, 201)
                and again.json()["media"]["id"] == first.json()["media"]["id"],
                f"after {share:.0%} of the body the repeats were answered {first.status_code}, {again.status_code}",
            )
    trial.note(f"the slowest spool file was gone after {slowest:.1f} s")


@fault("F12", "clients that leave during a submission", sample=2, full=50)
def gone_during_a_submission(trial: Trial) -> None:
    for number in range(trial.rounds):
        with trial.caller() as caller:
            media_id = a_media(caller)
            client_id = f"gone-amid-{number}"
            body = json.dumps({"client_id": client_id, "shapes": [a_shape(0.3)]}).encode()
            head = (
                f"POST /media/{media_id}/annotations HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                f"Authorization: Bearer {trial.site.token}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            ).encode()
            share = trial.rng.choice(SHARES)
            _send_and_leave(trial, head + body[: int(len(body) * share)], reset=number % 2 == 1)
            answer = caller.submit(media_id, client_id, shapes=[a_shape(0.3)])
            trial.require(answer.status_code in (200, 201), f"a repeat was answered {answer.status_code}")
            stored = len(caller.get(f"/media/{media_id}/annotations").json())
            trial.require(stored == 1, f"after {share:.0%} of a submission there are {stored} annotations")


def _send_and_leave(trial: Trial, sent: bytes, *, reset: bool) -> None:
    with socket.create_connection(("127.0.0.1", trial.site.api.port), timeout=30) as connection:
        connection.sendall(sent)
        # Let the server get hold of what was sent; whether it has is no matter.
        time.sleep(trial.rng.uniform(0, 0.05))
        if reset:
            linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def _await_empty_spool(trial: Trial) -> float:
    """Seconds until no spool file is left."""
    spool, began = trial.site.data_dir / "spool", time.monotonic()
    while spool.is_dir() and any(spool.iterdir()):
        if time.monotonic() - began > SPOOL_SECONDS:
            trial.fail(f"a spool file is there {SPOOL_SECONDS:.0f} s after its client has left")
            break
        time.sleep(0.02)
    return time.monotonic() - began
