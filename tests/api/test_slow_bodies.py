"""Senders who go silent or only drip: told so, let go, and nothing is kept of what they sent."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from sqlalchemy import func, select

from api import create_api
from api.connections import ImpatientConnection
from api.slow_bodies import SlowBodies
from db.models import Blob, Media, Scope
from db.session import open_session
from settings import get_settings
from tests.factories import a_jpeg
from tests.product import free_port

SILENCE, WINDOW, LEAST = 0.5, 1.0, 1_000
HEAD, REST = 0.7, 0.9
PATIENCE = 20.0


class Hasty(ImpatientConnection):
    head_seconds = HEAD
    rest_seconds = REST


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path, sqlite_template) -> str:
    """What is slow here is the network: one database is enough."""
    path = tmp_path / "vigie.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def port(installation) -> Iterator[int]:
    """The public door on a real socket, with little patience."""
    api = create_api(get_settings(), takes_cookies=False)
    app = SlowBodies(api, silence=SILENCE, least=LEAST, window=WINDOW)
    number = free_port()
    server = uvicorn.Server(
        uvicorn.Config(app, port=number, http=Hasty, log_level="critical", lifespan="off", log_config=None)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield number
    server.should_exit = True
    thread.join(PATIENCE)


@pytest.fixture
def connect(port) -> Iterator[Callable[[], socket.socket]]:
    opened = []

    def open_one() -> socket.socket:
        opened.append(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
        return opened[-1]

    yield open_one
    for connection in opened:
        connection.close()


def head(path: str, headers: dict[str, str], length: int, kind: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {length}", f"Content-Type: {kind}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def read_to_the_end(connection: socket.socket) -> tuple[int, dict]:
    """Status and JSON of the one answer; returns only once the server has closed."""
    content = b""
    while part := connection.recv(65536):
        content += part
    start, _, body = content.partition(b"\r\n\r\n")
    return int(start.split()[1]), json.loads(body)


MULTIPART = "multipart/form-data; boundary=x"
FILE = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'


def assert_nothing_is_left(installation) -> None:
    deadline = time.monotonic() + PATIENCE
    while list((installation.data_dir / "spool").glob("*")):
        assert time.monotonic() < deadline, "the spool was never emptied"
        time.sleep(0.02)
    with open_session(read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(Media)) == 0
        assert session.scalar(select(func.count()).select_from(Blob)) == 0


@pytest.mark.parametrize(
    ("path", "kind", "begin"),
    [
        ("/uploads", MULTIPART, FILE + a_jpeg()[:500]),
        ("/archives", MULTIPART, FILE + b"PK\x03\x04"),
        ("/media/", "application/json", b'{"file_name": '),
        ("/login/access-token", "application/x-www-form-urlencoded", b"username=a"),
        ("/uploads", MULTIPART, b""),
    ],
    ids=["a picture", "an archive", "JSON", "a form", "not a byte"],
)
def test_a_body_that_stops_coming_is_refused_and_leaves_nothing(
    connect, caller, installation, path, kind, begin
):
    connection = connect()
    connection.sendall(head(path, caller(), 100_000, kind) + begin)
    status, said = read_to_the_end(connection)
    assert (status, said["code"]) == (408, "too_slow")
    assert_nothing_is_left(installation)


def test_a_body_that_drips_is_refused_though_it_never_stops(connect, caller, installation):
    connection = connect()
    connection.sendall(head("/uploads", caller(), 100_000, MULTIPART) + FILE)
    done = threading.Event()

    def drip() -> None:
        while not done.wait(0.05):
            try:
                connection.sendall(b"x")
            except OSError:
                return

    dripping = threading.Thread(target=drip)
    dripping.start()
    status, said = read_to_the_end(connection)
    done.set()
    dripping.join(PATIENCE)
    assert (status, said["code"]) == (408, "too_slow")
    assert_nothing_is_left(installation)


def test_a_chunked_body_without_an_end_is_refused(connect, caller, installation):
    connection = connect()
    start = head("/uploads", caller(), 0, MULTIPART).replace(
        b"Content-Length: 0", b"Transfer-Encoding: chunked"
    )
    connection.sendall(start + b"%x\r\n%s\r\n" % (len(FILE), FILE))
    assert read_to_the_end(connection)[0] == 408
    assert_nothing_is_left(installation)


def test_the_refusal_is_told_in_the_language_of_the_caller(connect, caller):
    connection = connect()
    connection.sendall(head("/uploads", {**caller(), "Accept-Language": "fr"}, 100_000, MULTIPART))
    assert read_to_the_end(connection)[1]["detail"].startswith("Le corps de la requête")


def test_a_slow_but_steady_picture_is_taken(connect, caller):
    content = a_jpeg(640, 480)
    body = FILE + content + b"\r\n--x--\r\n"
    connection = connect()
    connection.sendall(head("/uploads", {**caller(), "Connection": "close"}, len(body), MULTIPART))
    # Longer than a window, with pauses shorter than the silence.
    step = len(body) // 12 + 1
    for at in range(0, len(body), step):
        time.sleep(0.15)
        connection.sendall(body[at : at + step])
    assert read_to_the_end(connection)[0] == 201


def test_a_head_that_never_ends_costs_its_connection(connect):
    for begin in (b"", b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: "):
        connection = connect()
        connection.sendall(begin)
        assert connection.recv(100) == b""


def test_the_second_request_of_a_connection_has_to_come_in_time_as_well(connect):
    connection = connect()
    connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    connection.sendall(b"GET /health")
    rest = b""
    while part := connection.recv(65536):
        rest += part
    assert not rest.startswith(b"HTTP")


def test_who_goes_on_sending_what_was_refused_is_answered_first_and_closed_then(connect, caller):
    connection = connect()
    connection.sendall(head("/uploads", caller(Scope.VIEWER), 100_000_000, MULTIPART))
    assert connection.recv(65536).startswith(b"HTTP/1.1 403")
    with pytest.raises(OSError):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            connection.sendall(b"x" * 1000)
            time.sleep(0.01)


def test_a_slow_answer_is_no_slow_body(connect, caller):
    """Waiting for the next request, and for whoever reads slowly, is not waiting for a body."""
    connection = connect()
    token = caller()["Authorization"]
    for _ in range(2):
        connection.sendall(f"GET /me HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\n\r\n".encode())
        time.sleep(SILENCE * 2)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
