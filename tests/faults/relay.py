"""A relay of bytes between a client and a server, through which faults are made.

It passes bytes and understands none of them, so it stands before a database as well as before a bucket.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

Change = Callable[[bytes], bytes]

CHUNK_BYTES = 65536
LOOK_SECONDS = 0.02  # how often a halted connection looks whether it may go on


class Relay:
    """Listens on a port of its own and passes bytes to a server and back; set its fields to make faults.

    `hang` takes what is sent and passes nothing, on connections old and new, until it is False again: so does a
    frozen machine. `delay` is waited before each piece of an answer, `bytes_per_second` limits each direction of each
    connection. `change_request` and `change_answer` may return other bytes, `before_request` is called with what
    begins each one. `cut_answer_after` closes a connection after so many bytes of answers. `answer_first` are whole
    answers given instead of the server's, one for each connection.

    `lose_answer_to` cuts the connection that sends these bytes when the server has answered them, and
    `lose_request` before the server has seen them; each does so once, after `let_pass` times. `lost` counts both.
    """

    def __init__(self, server: int | Path) -> None:
        """`server` is a port of this machine, or the path of a socket."""
        self.hang = False
        self.delay = 0.0
        self.bytes_per_second: float | None = None
        self.change_request: Change = bytes
        self.change_answer: Change = bytes
        self.before_request: Callable[[bytes], object] = bytes
        self.cut_answer_after: int | None = None
        self.answer_first: list[bytes] = []
        self.lose_answer_to: bytes | None = None
        self.lose_request: bytes | None = None
        self.let_pass = 0
        self.lost = 0
        self.connections = 0
        self._server = server
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="relay", daemon=True)
        self._thread.start()
        self.port = 0
        self._listener: asyncio.Server | None = None
        self.accept()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def accept(self) -> None:
        """Listen, as at the beginning; on the same port as before."""
        self._do(self._listen())

    def refuse(self) -> None:
        """Cut every connection, and refuse new ones until `accept`."""
        self._do(self._stop_listening())

    def cut(self) -> None:
        """Cut every connection that is open now."""
        self._do(self._cut())

    def close(self) -> None:
        """Stop for good; harmless when repeated."""
        if self._loop.is_closed():
            return
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    def _do(self, act: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(act, self._loop).result(timeout=10)

    async def _listen(self) -> None:
        if self._listener is None:
            self._listener = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
            self.port = self._listener.sockets[0].getsockname()[1]

    async def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        await self._cut()

    async def _cut(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def _end(self) -> None:
        await self._stop_listening()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        opened = [writer]
        try:
            if self.answer_first:
                await self._answer(reader, writer, self.answer_first.pop(0))
                return
            await self._may_go_on()
            to_server = await self._reach_server()
            opened.append(to_server[1])
            self._open.add(to_server[1])
            await self._relay((reader, writer), to_server)
        except (
            OSError,
            asyncio.CancelledError,
        ):  # either end has gone, or the relay ends: the other sees it go
            pass
        finally:
            for opened_writer in opened:
                self._open.discard(opened_writer)
                opened_writer.transport.abort()

    async def _reach_server(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._server, Path):
            return await asyncio.open_unix_connection(str(self._server))
        return await asyncio.open_connection("127.0.0.1", self._server)

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes
    ) -> None:
        await reader.read(CHUNK_BYTES)
        writer.write(answer)
        await writer.drain()
        writer.write_eof()
        while await reader.read(CHUNK_BYTES):
            pass

    async def _relay(
        self,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        """Both directions, until the server has said everything or either of them is cut."""
        connection = _Connection(self)
        forward = asyncio.create_task(connection.forward(client[0], server[1]))
        back = asyncio.create_task(connection.back(server[0], client[1]))
        try:
            await asyncio.wait({forward, back}, return_when=asyncio.FIRST_EXCEPTION)
            for done in (forward, back):
                if done.done():
                    done.result()
        finally:
            for task in (forward, back):
                task.cancel()
            await asyncio.gather(forward, back, return_exceptions=True)

    async def _may_go_on(self) -> None:
        while self.hang:
            await asyncio.sleep(LOOK_SECONDS)


class _Connection:
    """One connection through the relay."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._passed = 0
        self._answer_is_lost = False

    async def forward(self, client: asyncio.StreamReader, server: asyncio.StreamWriter) -> None:
        while chunk := await client.read(CHUNK_BYTES):
            await self._relay._may_go_on()
            self._relay.before_request(chunk)
            chunk = self._relay.change_request(chunk)
            self._lose(chunk)
            await self._send(chunk, server)
        with suppress(OSError):
            server.write_eof()

    def _lose(self, chunk: bytes) -> None:
        relay = self._relay
        words = relay.lose_request or relay.lose_answer_to
        if not words or words not in chunk:
            return
        if relay.let_pass:
            relay.let_pass -= 1
            return
        relay.lost += 1
        if relay.lose_request:
            relay.lose_request = None
            raise ConnectionAbortedError
        relay.lose_answer_to = None
        self._answer_is_lost = True

    async def back(self, server: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        relay = self._relay
        while chunk := await server.read(CHUNK_BYTES):
            if self._answer_is_lost:
                raise ConnectionAbortedError
            if relay.delay:
                await asyncio.sleep(relay.delay)
            await relay._may_go_on()
            chunk = relay.change_answer(chunk)
            limit = relay.cut_answer_after
            if limit is not None and self._passed + len(chunk) > limit:
                client.write(chunk[: max(0, limit - self._passed)])
                await client.drain()
                client.close()
                raise ConnectionAbortedError
            await self._send(chunk, client)
            self._passed += len(chunk)
        client.write_eof()
        # The client has heard everything: what it says from now on nobody hears.
        raise ConnectionResetError

    async def _send(self, chunk: bytes, writer: asyncio.StreamWriter) -> None:
        rate = self._relay.bytes_per_second
        if rate is None:
            writer.write(chunk)
            await writer.drain()
            return
        step = max(1, int(rate / 20))
        for start in range(0, len(chunk), step):
            piece = chunk[start : start + step]
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(len(piece) / rate)
