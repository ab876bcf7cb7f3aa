"""F1: the server is killed during an upload; the client sends it again with the same key."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress

import httpx

from tests.factories import a_jpeg
from tests.faults.busy import keep_busy
from tests.faults.registry import EVERYWHERE, fault
from tests.faults.trial import Caller, Trial

SLICES = 20
STEPS = (
    *("upload.spooled", "upload.claimed", "upload.put", "upload.confirmed", "upload.shown"),
    *("upload.committed", "upload.answered"),
)


@fault("F1", "server killed at a slice of an upload", sample=2, full=50, places=EVERYWHERE)
def killed_at_a_slice(trial: Trial) -> None:
    """The body goes out in slices; with one of them the server dies, and starts again."""
    for number in range(trial.rounds):
        content, key = a_jpeg(640, 480), f"slice-{number}"
        _send_slices(trial, content, key, die_at=trial.rng.randrange(SLICES + 1))
        trial.site.start()
        with trial.caller() as caller:
            _require_one(trial, caller.upload(content, key=key), caller.upload(content, key=key))


@fault("F1", "server killed at each step of an upload", sample=1, full=10, places=EVERYWHERE)
def killed_at_a_step(trial: Trial) -> None:
    for number in range(trial.rounds):
        for step in trial.some(STEPS, 2):
            content, key = a_jpeg(640, 480), f"{step}-{number}"

            def send(caller: Caller, content: bytes = content, key: str = key) -> httpx.Response:
                return caller.upload(content, key=key)

            _die_at(trial, step, send)


@fault("F1", "server killed at each step of the second of two steps", sample=0, full=5, places=EVERYWHERE)
def killed_at_a_step_of_two(trial: Trial) -> None:
    """`POST /media` has made the media, and its content is on the way; it has no key, the media is one."""
    for _ in range(trial.rounds):
        for step in STEPS[:-1]:
            content = a_jpeg(640, 480)
            with trial.caller() as caller:
                media_id = caller.post("/media", json={}).json()["id"]

            def send(caller: Caller, content: bytes = content, media_id: int = media_id) -> httpx.Response:
                return caller.bring(media_id, content)

            _die_at(trial, step, send)
            with trial.caller() as caller:
                picture = caller.get(f"/media/{media_id}/picture", params={"size": "original"})
            trial.require(picture.content == content, f"media {media_id} has not the bytes that were sent")


@fault("F1", "server killed amid many uploads", sample=2, full=100, places=EVERYWHERE)
def killed_amid_many(trial: Trial) -> None:
    """Twenty uploads for each kill: at 100 kills the 2,000 that are promised."""

    def one(number: int) -> Callable[[Caller], httpx.Response]:
        content = a_jpeg(64 + number % 7, 48)
        return lambda caller: caller.upload(content, key=f"many-{number}")

    works = [[one(number)] for number in range(20 * trial.rounds)]
    keep_busy(trial, works, times=trial.rounds, disturb=trial.site.start_again)


def _die_at(trial: Trial, step: str, send: Callable[[Caller], httpx.Response]) -> None:
    """Send to a server that dies at this step, then twice to one that does not: all say the same media."""
    trial.site.start_again(VIGIE_KILL_AT=step)
    answers = []
    with trial.caller() as caller, suppress(httpx.HTTPError):
        answers.append(send(caller))
    trial.site.api.wait_for_end(10)
    trial.site.start()
    with trial.caller() as caller:
        _require_one(trial, *answers, send(caller), send(caller))


def _require_one(trial: Trial, *answers: httpx.Response) -> None:
    statuses = [answer.status_code for answer in answers]
    if set(statuses) - {200, 201}:
        trial.fail(f"an upload and its repeats were answered {statuses}")
        return
    told = [answer.json() for answer in answers]
    media = {one.get("media", one)["id"] for one in told}
    trial.require(len(media) == 1, f"an upload and its repeats became the media {media}")


def _send_slices(trial: Trial, content: bytes, key: str, *, die_at: int) -> None:
    head, body = upload_request(trial, content, key)
    step = -(-len(body) // SLICES)
    address = ("127.0.0.1", trial.site.api.port)
    with socket.create_connection(address, timeout=30) as connection, suppress(OSError):
        connection.sendall(head)
        for number in range(SLICES + 1):
            if number == die_at:
                trial.site.api.kill()
            connection.sendall(body[number * step : (number + 1) * step])


def upload_request(trial: Trial, content: bytes, key: str) -> tuple[bytes, bytes]:
    """The head and the body of an upload, to be sent as slowly and as partly as a fault wants."""
    body = (
        b'--slices\r\nContent-Disposition: form-data; name="file"; filename="IMG_0001.jpg"\r\n\r\n'
        + content
        + b"\r\n--slices--\r\n"
    )
    head = (
        f"POST /uploads HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {trial.site.token}\r\n"
        f"Idempotency-Key: {key}\r\nContent-Type: multipart/form-data; boundary=slices\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode(), body
