"""A relay of bytes between a client and a server, through which faults are made."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

Change = Callable[[bytes], bytes]


class Relay:
    """Listens on a port of its own and passes bytes to `port` and back; set its fields to make faults.

    `change_request` and `change_answer` may return other bytes, `before_request` is called with what begins each
    one. `cut_answer_after` closes the connection after so many bytes of answers; `hang` takes what is sent and never
    answers; `answer_first` are whole answers given instead of the server's, one for each connection.
    """

    def __init__(self, port: int) -> None:
        self.change_request: Change = bytes
        self.change_answer: Change = bytes
        self.before_request: Callable[[bytes], object] = bytes
        self.cut_answer_after: int | None = None
        self.hang = False
        self.answer_first: list[bytes] = []
        self.connections = 0
        self._server_port = port
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(client)
            if self.hang:
                continue
            if self.answer_first:
                self._start(self._answer, client, self.answer_first.pop(0))
                continue
            server = socket.create_connection(("127.0.0.1", self._server_port))
            self._open.append(server)
            self._start(self._forward, client, server)
            self._start(self._back, server, client)

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _answer(self, client: socket.socket, answer: bytes) -> None:
        with suppress(OSError), client:
            client.recv(65536)
            client.sendall(answer)
            client.shutdown(socket.SHUT_WR)
            while client.recv(65536):
                pass

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while chunk := client.recv(65536):
                self.before_request(chunk)
                server.sendall(self.change_request(chunk))
            server.shutdown(socket.SHUT_WR)

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        passed = 0
        with suppress(OSError), server, client:
            while chunk := server.recv(65536):
                chunk = self.change_answer(chunk)
                if self.cut_answer_after is not None and passed + len(chunk) > self.cut_answer_after:
                    client.sendall(chunk[: max(0, self.cut_answer_after - passed)])
                    client.shutdown(socket.SHUT_RDWR)
                    return
                client.sendall(chunk)
                passed += len(chunk)

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        for thread in self._threads:
            thread.join(timeout=10)
