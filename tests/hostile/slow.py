"""Bodies that never come to their end, on both doors: a minute long, so only `make test-hostile` asks for them."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial

from tests.hostile.bodies import FILE
from tests.hostile.items import Ending, Ends, Item
from tests.hostile.target import Target

PATIENCE = 120.0
KIND = b"Content-Type: multipart/form-data; boundary=x\r\n"


def slow() -> Iterator[Item]:
    """Each is answered by 408, or its connection ends."""
    for door in ("API", "dashboard"):
        yield Item("slow bodies", f"{door}: a picture that stops", Ends.REFUSED, partial(_stop, door=door))
        yield Item("slow bodies", f"{door}: a byte a second", Ends.REFUSED, partial(_drip, door=door))
        yield Item("slow bodies", f"{door}: a head that stops", Ends.REFUSED, partial(_head, door=door))


def _head(target: Target, *, door: str) -> Ending:
    return _ended(_opened(target, door, b"GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: "))


def _stop(target: Target, *, door: str) -> Ending:
    return _ended(_opened(target, door, _begun(target, door)))


def _drip(target: Target, *, door: str) -> Ending:
    connection = _opened(target, door, _begun(target, door))
    connection.settimeout(1)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            connection.sendall(b"x")
            if answer := connection.recv(65_536):
                connection.close()
                return Ending(int(answer[9:12]), False, answer[:300].decode("latin-1"))
        except TimeoutError:
            continue
        except OSError:
            break
    connection.close()
    return Ending(0, time.monotonic() > deadline, "the connection ended")


def _begun(target: Target, door: str) -> bytes:
    path = b"/uploads" if door == "API" else b"/api/uploads"
    credential = target.admin.headers["Authorization"].encode()
    head = b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nAuthorization: " + credential + b"\r\n"
    return head + KIND + b"Content-Length: 1000000\r\n\r\n--x\r\n" + FILE


def _opened(target: Target, door: str, begin: bytes) -> socket.socket:
    port = target.product.api_port if door == "API" else target.product.dashboard_port
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    connection.sendall(begin)
    return connection


def _ended(connection: socket.socket) -> Ending:
    with connection, suppress(ConnectionError):
        answer = connection.recv(65_536)
        if answer:
            return Ending(int(answer[9:12]), False, answer[:300].decode("latin-1"))
    return Ending(0, False, "the connection ended")
