"""F1: the server is killed during an upload; the client sends it again with the same key."""

from __future__ import annotations

import socket
from contextlib import suppress

from tests.factories import a_jpeg
from tests.faults.registry import fault
from tests.faults.trial import Trial

SLICES = 20


@fault("F1", "server killed at a slice of an upload", sample=3, full=50)
def killed_at_a_slice(trial: Trial) -> None:
    """The body goes out in slices; with one of them the server dies, and starts again."""
    for number in range(trial.rounds):
        content = a_jpeg(640, 480)
        key = f"{trial.fault.name}-slices-{number}"
        _send_slices(trial, content, key, die_at=trial.rng.randrange(SLICES + 1))
        trial.site.start()
        with trial.caller() as caller:
            first = caller.upload(content, key=key)
            again = caller.upload(content, key=key)
        trial.require(first.status_code in (200, 201), f"the retry was answered {first.status_code}")
        trial.require(
            again.json()["media"]["id"] == first.json()["media"]["id"], "a repeat has another media"
        )


def _send_slices(trial: Trial, content: bytes, key: str, *, die_at: int) -> None:
    boundary = "slices"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="IMG_0001.jpg"\r\n\r\n'.encode()
        + content
        + f"\r\n--{boundary}--\r\n".encode()
    )
    head = (
        f"POST /uploads HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {trial.site.token}\r\n"
        f"Idempotency-Key: {key}\r\nContent-Type: multipart/form-data; boundary={boundary}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    step = -(-len(body) // SLICES)
    address = ("127.0.0.1", trial.site.api.port)
    with socket.create_connection(address, timeout=30) as connection, suppress(OSError):
        connection.sendall(head.encode())
        for number in range(SLICES + 1):
            if number == die_at:
                trial.site.api.kill()
            connection.sendall(body[number * step : (number + 1) * step])
