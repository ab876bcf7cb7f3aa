"""A proxy between an S3 client and its server that understands HTTP, through which a bucket is made to misbehave."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

WAIT_SECONDS = 90
# Of one connection alone, or written anew by whoever sends.
HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})


@dataclass(frozen=True)
class Request:
    """What the client asked."""

    method: str
    path: str  # with the query
    headers: dict[str, str]
    body: bytes

    @property
    def is_object(self) -> bool:
        """Whether it is about one object, and not about the bucket."""
        return "/" in urlsplit(self.path).path.strip("/")


@dataclass(frozen=True)
class Answer:
    """What the client is told; `announced` is the length in the header where it is not that of the body."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    announced: int | None = None


Forward = Callable[[Request], Answer]
Rule = Callable[[Request, Forward], Answer]


def pass_on(request: Request, forward: Forward) -> Answer:
    """The rule of a proxy that does nothing."""
    return forward(request)


def refusing(status: int, code: str, *, times: int | None = None, method: str | None = None) -> Rule:
    """Answer with an error of S3's, so often (None: always), to one method or to all."""
    left = times
    lock = threading.Lock()

    def rule(request: Request, forward: Forward) -> Answer:
        nonlocal left
        with lock:
            refused = (method is None or request.method == method) and left != 0
            if refused and left is not None:
                left -= 1
        if not refused:
            return forward(request)
        body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>No.</Message></Error>".encode()
        return Answer(status, {"Content-Type": "application/xml"}, body)

    return rule


def changing(change: Callable[[Answer], Answer], *, method: str) -> Rule:
    """Let the server answer, and tell the client something else about its objects."""

    def rule(request: Request, forward: Forward) -> Answer:
        answer = forward(request)
        if request.method != method or not request.is_object or answer.status >= 300:
            return answer
        return change(answer)

    return rule


def cut_short(answer: Answer) -> Answer:
    """Half of the body, though the whole was announced."""
    return replace(answer, body=answer.body[: len(answer.body) // 2], announced=len(answer.body))


def with_other_bytes(answer: Answer) -> Answer:
    """A body of the same length whose middle byte is another."""
    if not answer.body:
        return answer
    body = bytearray(answer.body)
    body[len(body) // 2] ^= 0xFF
    return replace(answer, body=bytes(body))


def with_wrong_etag(answer: Answer) -> Answer:
    """The ETag of something else."""
    headers = {name: value for name, value in answer.headers.items() if name.lower() != "etag"}
    return replace(answer, headers={**headers, "ETag": '"00000000000000000000000000000000"'})


def with_wrong_length(answer: Answer) -> Answer:
    """The length of something shorter."""
    length = len(answer.body) if answer.announced is None else answer.announced
    return replace(answer, announced=length - 1)


def both(first: Rule, second: Rule) -> Rule:
    """Two faults at once."""
    return lambda request, forward: first(request, lambda passed: second(passed, forward))


class S3Proxy:
    """Listens on a port of its own; `rule` decides what becomes of each request, and may be changed at any time."""

    def __init__(self, port: int) -> None:
        self.rule: Rule = pass_on
        self.requests = 0
        self._server_port = port
        self._httpd = _Server(("127.0.0.1", 0), _handler_of(self))
        self._thread = threading.Thread(target=self._httpd.serve_forever, name="s3-proxy", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._httpd.server_address[1]}"

    def answer(self, request: Request) -> Answer:
        self.requests += 1
        return self.rule(request, self._forward)

    def _forward(self, request: Request) -> Answer:
        """Ask the server. The signature covers `Host`, so the client's own is kept."""
        connection = http.client.HTTPConnection("127.0.0.1", self._server_port, timeout=WAIT_SECONDS)
        try:
            connection.putrequest(request.method, request.path, skip_host=True, skip_accept_encoding=True)
            for name, value in request.headers.items():
                if name.lower() not in ("connection", "expect"):
                    connection.putheader(name, value)
            connection.endheaders(request.body)
            found = connection.getresponse()
            body = found.read()
            length = found.getheader("Content-Length") if request.method == "HEAD" else None
            return Answer(found.status, dict(found.getheaders()), body, int(length) if length else None)
        finally:
            connection.close()

    def close(self) -> None:
        self._httpd.shutdown()
        self._httpd.server_close()
        self._thread.join(timeout=10)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed, as they are here, is nothing to tell."""


def _handler_of(proxy: S3Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _relay(self) -> None:
            headers = dict(self.headers.items())
            body = self.rfile.read(int(headers.get("Content-Length", 0)))
            try:
                answer = proxy.answer(Request(self.command, self.path, headers, body))
            except OSError:
                answer = Answer(502)
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            length = len(answer.body) if answer.announced is None else answer.announced
            if answer.status != 204:
                self.send_header("Content-Length", str(length))
            if self.command != "HEAD" and length != len(answer.body):
                self.close_connection = True
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _relay

        def handle_expect_100(self) -> bool:
            self.send_response_only(100)
            self.end_headers()
            return True

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
