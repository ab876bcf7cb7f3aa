"""A server that answers what a test wrote down for it, one line per request, and remembers what was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Line:
    """One answer; without a status the connection is cut instead."""

    status: int | None = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Scripted:
    url: str
    lines: list[Line]
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def scripted(*lines: Line) -> Iterator[Scripted]:
    """Answer these in turn; the last one again and again."""
    played: Scripted

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            played.asked.append(Asked(self.command, self.path, headers, body))
            line = played.lines.pop(0) if len(played.lines) > 1 else played.lines[0]
            if line.status is None:
                self.close_connection = True
                return
            content = line.body if isinstance(line.body, bytes) else json.dumps(line.body).encode()
            self.send_response(line.status)
            for name, value in {"Content-Length": str(len(content)), **line.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def log_message(self, *_words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    played = Scripted(f"http://127.0.0.1:{server.server_port}", list(lines))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield played
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
