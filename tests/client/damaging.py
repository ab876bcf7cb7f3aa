"""A way to the server that damages what passes: each damage hits one request, in turn; after that all is well."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

Damage = Callable[[bytes], bytes]


def flipped(body: bytes) -> bytes:
    """One byte of the file is another one."""
    at = body.index(b"\xff\xd8\xff") + 100
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]


def cut_short(body: bytes) -> bytes:
    """The last bytes are missing, the boundary that ends the body among them."""
    return body[:-60]


@contextmanager
def damaging(api: str, *damages: Damage) -> Iterator[str]:
    """The address of such a way to `api`."""
    left = list(damages)

    class Handler(BaseHTTPRequestHandler):
        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            if self.path == "/uploads" and left:
                body = left.pop(0)(body)
            headers = {
                name: value
                for name, value in self.headers.items()
                if name.lower() not in ("host", "content-length", "connection")
            }
            answer = httpx.request(self.command, f"{api}{self.path}", content=body, headers=headers)
            self.send_response(answer.status_code)
            self.send_header("Content-Type", answer.headers["content-type"])
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = pass_on

        def log_message(self, *_words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
